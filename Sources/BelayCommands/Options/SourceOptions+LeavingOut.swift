// What to type when a source holds files that are no manifests of it: findings name a file from the repository's root, and patterns
// are relative to the path, so the patterns are spelled out.

import KubernetesModel
import Reconciliation
import StructuredData

extension SourceOptions {
    /// - Returns: nil where no finding is of a kind that leaving files out would mend.
    func leavingOutHint(_ errors: [SyncReport.ReportedError]) -> String? {
        if dir != nil, errors.contains(where: { $0.message.contains("leads out of the repository") }) {
            return
                "with --dir only that folder is read: let it hold all that the kustomization refers to, and name the kustomization's own "
                + "folder with " + (files.isEmpty ? "--path" : "spec.source.path")
        }
        let mendable = errors.filter { error in Self.signs.contains { error.message.contains($0) } }
        guard !mendable.isEmpty else { return nil }
        guard files.isEmpty else {
            return "what is no manifest of this Application is left out by spec.source.exclude, and a narrower spec.source.path reads less"
        }
        var patterns: [String] = []
        for error in mendable {
            guard let file = error.location?.file, let pattern = pattern(file), !patterns.contains(pattern) else { continue }
            patterns.append(pattern)
        }
        // Of twins one is to stay, and only a person knows which.
        let choosesItself = mendable.allSatisfy { $0.message.contains(Self.signs[0]) }
        guard choosesItself, (1...3).contains(patterns.count) else {
            return "--path FOLDER reads one folder only, --exclude PATTERN leaves files out (as in .gitignore, relative to --path)"
        }
        return "to leave out what is no manifest: " + patterns.map { "--exclude \($0)" }.joined(separator: " ")
    }

    /// Words of the findings that leaving a file out would mend.
    private static let signs = ["exclude", "one object can have only one", "is served by the cluster, and no"]

    /// The pattern for just this file; nil for names that a shell or a pattern would read as more.
    private func pattern(_ file: String) -> String? {
        let root = Application.Source.normalizedPath(path ?? "")
        let prefix = root.isEmpty ? "" : root + "/"
        guard file.utf8.starts(with: prefix.utf8) else { return nil }
        let rest = file.utf8.dropFirst(prefix.utf8.count)
        let isPlain = rest.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-._/".utf8.contains(byte)
            }
        }
        return isPlain && !rest.isEmpty ? "/" + String(decoding: rest, as: UTF8.self) : nil
    }
}
