// `buildMetadata`: kustomize's own annotations of where an object comes from and what changed it.

import StructuredData

/// What the annotations say, gathered while an object is built. Source: kustomize's `Origin` and `Transformations`.
struct BuildTrace: Sendable {
    /// YAML, as kustomize writes it.
    private(set) var origin: String
    private(set) var transformations: [String] = []

    /// Of an object that stands in a file.
    init(file: String, from root: String) { origin = "path: \(BuildTrace.relative(file, from: root))\n" }

    /// Of an object that a generator made.
    init(generator kind: String, in file: String, from root: String) {
        origin = BuildTrace.configuration(kind, file, root).map { $0 + "\n" }.joined()
    }

    /// - Parameter transformation: as ``transformation(_:in:from:)`` says it.
    mutating func add(_ transformation: String) { transformations.append(transformation) }

    /// What is said of a transformer in every object that it went over.
    static func transformation(_ transformer: String, in file: String, from root: String) -> String {
        configuration(transformer, file, root).enumerated().map { ($0 == 0 ? "- " : "  ") + $1 + "\n" }.joined()
    }

    private static func configuration(_ kind: String, _ file: String, _ root: String) -> [String] {
        ["configuredIn: \(relative(file, from: root))", "configuredBy:", "  apiVersion: builtin", "  kind: \(kind)"]
    }

    /// A path from the repository's root as it is written from one of its folders.
    static func relative(_ path: String, from folder: String) -> String {
        let parts = path.split(separator: "/")
        let start = folder.split(separator: "/")
        let shared = zip(parts, start).prefix { $0 == $1 }.count
        return (start.dropFirst(shared).map { _ in ".." } + parts.dropFirst(shared)).joined(separator: "/")
    }
}

extension Resource {
    /// Writes what `buildMetadata` of the outermost kustomization asks for, at the place where it asks.
    /// - Throws: ``BuildProblem`` where that becomes too much.
    mutating func annotate(_ wishes: [PlacedText], _ limits: BuildLimits) throws(BuildProblem) {
        for wish in wishes {
            switch wish.text {
            case "originAnnotations":
                guard let trace else { continue }
                write("config.kubernetes.io/origin", trace.origin, in: "annotations", wish.place)
            case "transformerAnnotations":
                guard let trace, !trace.transformations.isEmpty else { continue }
                let size = trace.transformations.reduce(0) { $0 + $1.utf8.count }
                try limits.add(textOf: size, "the annotation of what changed \(subject)", at: wish.place)
                write("alpha.config.kubernetes.io/transformations", trace.transformations.joined(), in: "annotations", wish.place)
            case "managedByLabel":
                write("app.kubernetes.io/managed-by", "kustomize-\(BuildTrace.version)", in: "labels", wish.place)
            default: continue
            }
        }
    }

    private mutating func write(_ key: String, _ text: String, in map: String, _ place: SourceLocation) {
        node.set(Node(.scalar(.string(text)), at: place), at: ["metadata", map, key])
    }
}

extension BuildTrace {
    /// The kustomize whose rules are followed.
    static let version = "v5.8.1"
}
