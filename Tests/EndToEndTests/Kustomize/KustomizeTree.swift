// The trees of Tests/Kustomize: kustomizations with all that they stand on, one document each.

import Foundation
import StructuredData
import TestSupport

@testable import Rendering

/// Files by path, and which folder of them is built.
struct KustomizeTree: Sendable {
    var name: String
    /// Empty for the root.
    var path: String
    var files: [String: [UInt8]]
    /// By kustomize's version, why what it builds is something else; a reason of the guide's table.
    var differs: [String: String] = [:]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Kustomize")

    /// The files of Tests/Kustomize, by what they are about.
    static let topics: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func trees(about topic: String) throws -> [KustomizeTree] {
        let file = folder.appendingPathComponent("\(topic).yaml")
        return try YAML.read(Array(try Data(contentsOf: file)), file: file.lastPathComponent).map { document in
            func texts(_ field: String) -> [String: String] {
                let entries = document.value[field]?.object?.entries ?? []
                return Dictionary(entries.map { ($0.key, $0.value.string ?? "") }) { first, _ in first }
            }
            var tree = KustomizeTree(
                name: document.value["name"]?.string ?? "", path: document.value["path"]?.string ?? "",
                files: texts("files").mapValues { Array($0.utf8) }, differs: texts("differs"))
            for (path, base64) in texts("binary") { tree.files[path] = Array(Data(base64Encoded: base64) ?? Data()) }
            guard !tree.name.isEmpty, !tree.files.isEmpty else {
                throw TestSupportError("\(document.location): a tree without name or files")
            }
            return tree
        }
    }

    /// The files below a folder as they lie.
    init(name: String, path: String, folder: URL) throws {
        self.name = name
        self.path = path
        files = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            if let bytes = FileManager.default.contents(atPath: folder.appendingPathComponent(file).path) { files[file] = Array(bytes) }
        }
    }

    init(name: String, path: String, files: [String: [UInt8]], differs: [String: String] = [:]) {
        self.name = name
        self.path = path
        self.files = files
        self.differs = differs
    }

    /// Writes the files below a folder.
    func write(to folder: String) throws {
        for (path, bytes) in files {
            let file = URL(fileURLWithPath: folder).appendingPathComponent(path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
    }

    /// Builds the tree as Belay does.
    func build() -> Result<[YAMLDocument], RenderingFailure> {
        var snapshot = SourceSnapshot(revision: "", commit: nil, treeID: "", path: path, files: [], otherFiles: 0)
        do throws(RenderingFailure) {
            while true {
                let result = try Kustomization.build(snapshot)
                if result.missing.isEmpty { return .success(result.documents) }
                for path in result.missing { snapshot.entries[path] = entry(path) }
            }
        } catch {
            return .failure(error)
        }
    }

    private func entry(_ path: String) -> SourceEntry {
        if let bytes = files[path] { return .file(SourceFile(path: path, blobID: "", bytes: bytes)) }
        return files.keys.contains { $0.hasPrefix(path + "/") } ? .folder : .absent
    }
}
