// The repository as a kustomization sees it: paths from its folder, nothing outside, and a record of all that was looked at.

import StructuredData

/// Not for several threads: one build reads it.
final class SourceTree {
    private let entries: [String: SourceEntry]
    /// What was looked at, whether it was there or not, with what was found: a commit that leaves all of it as it is changes nothing.
    private(set) var reads: [String: String] = [:]
    private var lookups = 0
    /// What the build may cost.
    let limits: BuildLimits

    /// A file is read once, however often it is referred to, also by other builds.
    private let files: SharedFiles
    private var texts: [String: SourceText] = [:]
    /// The kustomizations whose nodes were counted.
    private var counted: Set<String> = []

    /// How often anything may be looked up: kustomizations that refer to each other over and over must come to an end.
    static let maximumLookups = 60_000

    init(_ snapshot: SourceSnapshot, sharing files: SharedFiles = SharedFiles(), limits: BuildLimits = BuildLimits()) {
        entries = snapshot.entries
        self.files = files
        self.limits = limits
    }

    /// - Parameter path: from the repository's root, as ``resolve(_:from:at:)`` gives it.
    /// - Throws: ``BuildProblem`` with `missing` where it was not read yet.
    func entry(_ path: String, at place: SourceLocation) throws(BuildProblem) -> SourceEntry {
        guard let entry = path.isEmpty ? .folder : entries[path] else {
            var problem = BuildProblem("\(path) was not read", at: place)
            problem.missing = [path]
            throw problem
        }
        reads[path] = entry.identity
        lookups += 1
        guard lookups <= SourceTree.maximumLookups else {
            throw BuildProblem(
                "kustomizations refer to each other over and over: more than \(SourceTree.maximumLookups) files and folders are looked up; "
                    + "name a base once, in the kustomization that all others refer to", at: place)
        }
        return entry
    }

    /// The file at a path.
    /// - Parameter purpose: what it is for: `the patch`, `the resource`.
    /// - Throws: ``BuildProblem`` where there is none, or none that is read.
    func file(_ path: String, purpose: PathPurpose, at place: SourceLocation) throws(BuildProblem) -> SourceFile {
        switch try entry(path, at: place) {
        case .absent:
            throw BuildProblem("\(purpose.subject(path)) is not in the repository: correct the path, or add the file", at: place)
        case .folder: throw BuildProblem("\(purpose.subject(path)) is a folder, and must be a file: name a file in it", at: place)
        case .file(let file):
            switch file.kind {
            case .symlink:
                throw BuildProblem(
                    "\(purpose.subject(path)) is a symbolic link, which is not followed: put the file itself there", at: place)
            case .submodule:
                throw BuildProblem(
                    "\(purpose.subject(path)) is a Git submodule, which is not read: copy what is needed into this repository", at: place)
            case .file: break
            }
            if file.isTooLarge {
                throw BuildProblem(
                    "\(purpose.subject(path)) has \(file.size) bytes, which is more than is read of one file: divide it, or keep it elsewhere",
                    at: place)
            }
            return file
        }
    }

    /// The documents of a file that ``file(_:purpose:at:)`` gave.
    /// - Throws: ``BuildProblem`` where it is no YAML, or too much with all that was read before.
    func documents(_ file: SourceFile, _ dialect: YAMLDialect = .kustomize) throws(BuildProblem) -> [Node] {
        let (nodes, count) = try files.documents(file, dialect)
        try limits.add(nodes: count, at: SourceLocation(file: file.path, line: 1, column: 1))
        return nodes
    }

    /// A kustomization's own file, likewise.
    /// - Throws: ``BuildProblem`` as ``KustomizationFile/init(_:)``.
    func kustomization(_ file: SourceFile) throws(BuildProblem) -> KustomizationFile {
        let kustomization = try files.kustomization(file)
        guard counted.insert(file.path).inserted else { return kustomization }
        try limits.add(nodes: kustomization.nodes, at: SourceLocation(file: file.path, line: 1, column: 1))
        return kustomization
    }

    /// The text at the place of a node; it was looked at before, when the node was read.
    func text(at place: SourceLocation) -> SourceText? {
        if let known = texts[place.file] { return known }
        guard case .file(let file)? = entries[place.file], file.kind == .file, !file.isTooLarge else { return nil }
        let text = SourceText(file.bytes)
        texts[place.file] = text
        return text
    }

    /// A path as a kustomization writes it, from the repository's root.
    ///
    /// - Parameters:
    ///   - folder: of the kustomization, from the root, without slashes at its ends.
    ///   - purpose: what it is for.
    /// - Throws: ``BuildProblem`` where it is no path, or leads out of the repository.
    static func resolve(_ text: String, from folder: String, purpose: PathPurpose, at place: SourceLocation) throws(BuildProblem) -> String
    {
        if text.isEmpty {
            throw BuildProblem("\(purpose.name) has an empty path: write it from this folder, or remove the entry", at: place)
        }
        if PathPurpose.hasLines(text) {
            throw BuildProblem(
                "\(purpose.name) that is named here is a text of several lines, and must be a path: put it into a file, and name the file",
                at: place)
        }
        // By bytes: a slash with an accent behind it is a slash.
        let slash = UInt8(ascii: "/")
        if text.utf8.first == slash {
            throw BuildProblem("\(purpose.subject(text)) is an absolute path: write it from this folder, as ../base", at: place)
        }
        var parts = folder.utf8.split(separator: slash).map { String(decoding: $0, as: UTF8.self) }
        for part in text.utf8.split(separator: slash).map({ String(decoding: $0, as: UTF8.self) }) {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else {
                    throw BuildProblem(
                        "\(purpose.subject(text)) leads out of the repository, where nothing is read: copy it into this repository",
                        at: place)
                }
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// Whether a path is in a folder or below it.
    static func isInside(_ path: String, _ folder: String) -> Bool {
        folder.isEmpty || path == folder || path.utf8.starts(with: (folder + "/").utf8)
    }
}
