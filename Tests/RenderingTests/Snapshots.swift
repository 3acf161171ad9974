// Snapshots for tests: from folders of fixtures and from texts.

import Foundation
import StructuredData

enum Snapshots {
    /// All files below a folder, as GitSource would give them.
    static func folder(_ root: URL, path: String = "") throws -> SourceSnapshot {
        var files: [SourceFile] = []
        var others = 0
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted { $0.precedesByBytes($1) }
        for name in paths where path.isEmpty || name == path || name.hasPrefix(path + "/") {
            let url = root.appendingPathComponent(name)
            let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
            if type == .typeSymbolicLink {
                files.append(SourceFile(path: name, blobID: "", kind: .symlink, bytes: []))
            } else if type == .typeRegular {
                if [".yaml", ".yml", ".json", "Kustomization"].contains(where: { name.hasSuffix($0) }) {
                    files.append(SourceFile(path: name, blobID: "", bytes: Array(try Data(contentsOf: url))))
                } else {
                    others += 1
                }
            }
        }
        return SourceSnapshot(revision: "dir@tree:0", commit: nil, treeID: "0", path: path, files: files, otherFiles: others)
    }

    static func files(_ files: [(path: String, bytes: [UInt8])], path: String = "") -> SourceSnapshot {
        SourceSnapshot(
            revision: "dir@tree:0", commit: nil, treeID: "0", path: path,
            files: files.map { SourceFile(path: $0.path, blobID: "", bytes: $0.bytes) }, otherFiles: 0)
    }

    static func texts(_ texts: [String: String], path: String = "") -> SourceSnapshot {
        files(texts.sorted { $0.key.precedesByBytes($1.key) }.map { ($0.key, Array($0.value.utf8)) }, path: path)
    }
}

/// The seconds of processor time that `body` takes on this thread: what else the machine does is not counted.
func processorSeconds(_ body: () -> Void) -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    body()
    return now() - start
}
