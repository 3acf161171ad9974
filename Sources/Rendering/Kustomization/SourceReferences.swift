// What kustomizations name, found by reading their files alone: so that it is read together, and not as the build comes by.

import StructuredData

/// The paths that a kustomization and those below it name, as far as their files were read. What is wrong with them the build says.
struct SourceReferences {
    private let folder: String
    private let files: SharedFiles
    /// By the path of a kustomization's file: what it names, from the root.
    private var named: [String: [String]] = [:]

    init(folder: String, sharing files: SharedFiles) {
        self.folder = folder
        self.files = files
    }

    /// What is named and was not read yet.
    mutating func unread(in entries: [String: SourceEntry]) -> Set<String> {
        var unread: Set<String> = []
        var folders = [folder]
        var seen: Set<String> = [folder]
        while let folder = folders.popLast() {
            for name in KustomizationFile.names {
                let path = KustomizationFile.path(name, in: folder)
                guard let entry = entries[path] else {
                    unread.insert(path)
                    continue
                }
                guard case .file(let file) = entry else { continue }
                for path in references(of: file) {
                    switch entries[path] {
                    case nil: unread.insert(path)
                    case .folder: if seen.insert(path).inserted { folders.append(path) }
                    case .file, .absent: break
                    }
                }
            }
        }
        return unread.filter { !$0.isEmpty }
    }

    private mutating func references(of file: SourceFile) -> [String] {
        if let known = named[file.path] { return known }
        var paths: [String] = []
        if file.kind == .file, !file.isTooLarge, let kustomization = try? files.kustomization(file) {
            for text in kustomization.references where !RemoteReference.isURL(text) {
                let place = SourceLocation(file: file.path)
                if let path = try? SourceTree.resolve(text, from: file.folder, purpose: "", at: place) { paths.append(path) }
            }
        }
        named[file.path] = paths
        return paths
    }
}

extension KustomizationFile {
    /// All that is, or may be, a path of the repository; as it is written.
    fileprivate var references: [String] {
        var texts = (resources + components + crds + configurations + generators + transformers + validators).map(\.text)
        texts += (patches + jsonPatches).compactMap { $0.path?.text }
        // A patch itself, or the file that holds it.
        texts += strategicMergePatches.compactMap { $0.path?.text ?? $0.inline?.string }
        texts += replacements.compactMap { $0.path?.text }
        for generator in configMaps + secrets {
            texts += generator.envs.map(\.text)
            texts += generator.files.map { GeneratorArguments.path(ofFile: $0.text) }
        }
        return texts
    }
}
