// `buildMetadata`: kustomize's own annotations of where an object comes from and what changed it.

import StructuredData

/// What the annotations say, gathered while an object is built. Source: kustomize's `Origin` and `Transformations`.
struct BuildTrace: Sendable {
    /// YAML, as kustomize writes it.
    private(set) var origin: String
    private(set) var transformations: [String] = []

    /// Of an object that stands in a file.
    init(file: String, from root: String) { origin = "path: \(BuildTrace.relative(file, from: root))\n" }

    /// What changed or made an object: a field of a kustomization, or an object that configures a plugin.
    struct Configuration: Sendable {
        var kind: String
        /// From the repository's root.
        var file: String
        /// Of a plugin.
        var name = ""
        var namespace = ""
    }

    /// Of an object that a generator made.
    init(generator: Configuration, from root: String) {
        origin = BuildTrace.lines(generator, root).map { $0 + "\n" }.joined()
    }

    /// - Parameter transformation: as ``transformation(_:from:)`` says it.
    mutating func add(_ transformation: String) { transformations.append(transformation) }

    /// What is said of a transformer in every object that it went over.
    static func transformation(_ transformer: Configuration, from root: String) -> String {
        lines(transformer, root).enumerated().map { ($0 == 0 ? "- " : "  ") + $1 + "\n" }.joined()
    }

    private static func lines(_ configuration: Configuration, _ root: String) -> [String] {
        var lines = [
            "configuredIn: \(relative(configuration.file, from: root))", "configuredBy:", "  apiVersion: builtin",
            "  kind: \(configuration.kind)",
        ]
        for (field, text) in [("name", configuration.name), ("namespace", configuration.namespace)] where !text.isEmpty {
            lines += YAML.write([field: .string(text)]).split(separator: "\n").map { "  \($0)" }
        }
        return lines
    }

    /// A path from the repository's root as it is written from one of its folders.
    static func relative(_ path: String, from folder: String) -> String {
        let slash = UInt8(ascii: "/")
        let parts = path.utf8.split(separator: slash)
        let start = folder.utf8.split(separator: slash)
        let shared = zip(parts, start).prefix { $0.elementsEqual($1) }.count
        let rest = parts.dropFirst(shared).map { String(decoding: $0, as: UTF8.self) }
        return (start.dropFirst(shared).map { _ in ".." } + rest).joined(separator: "/")
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
