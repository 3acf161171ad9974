// Which files of a snapshot are manifests to read, and which show that the source is something else.

import KubernetesModel
import StructuredData

/// The files to read, in the snapshot's order.
struct SourceSelection {
    private(set) var files: [SourceFile] = []
    /// Manifests by their name, whether they are selected or not.
    private var candidates = 0
    private let root: String

    /// Adds a finding for every file that cannot be read for what it is: kustomizations, charts, links, submodules,
    /// Git LFS pointers, files that are too large.
    init(_ snapshot: SourceSnapshot, source: Application.Source, into findings: inout FindingList) {
        root = snapshot.path
        let filter: SourceFilter
        do throws(GlobList.Problem) {
            filter = try SourceFilter(source)
        } catch {
            findings.append(Finding(message: error.description, location: SourceLocation(file: root.isEmpty ? "." : root)))
            return
        }
        var charts: [String] = []
        var selected: [SourceFile] = []
        for file in snapshot.files {
            let path = relative(file.path)
            if file.isManifest { candidates += 1 }
            guard filter.selects(path, isFolder: file.kind == .submodule) else { continue }
            if let problem = file.problem {
                findings.append(Finding(message: problem, location: SourceLocation(file: file.path)))
            } else if file.isChart {
                charts.append(file.folder)
                findings.append(Finding(message: SourceFile.chartProblem(file.folder), location: SourceLocation(file: file.path)))
            } else if file.isManifest, file.kind == .file {
                selected.append(file)
            }
        }
        // What a chart is made of is no manifest; the finding at Chart.yaml says all there is to say.
        files = charts.isEmpty ? selected : selected.filter { file in !charts.prefix(100).contains { file.isPart(ofChart: $0) } }
    }

    /// Why there is nothing to apply, when no file was wrong and no object came out.
    func emptiness(_ snapshot: SourceSnapshot) -> Finding {
        let place = root.isEmpty ? "the source" : quotedForPeople(root)
        let reason =
            if !files.isEmpty {
                "the manifests of \(place) (\(amount(files.count, "file"))) hold no object"
            } else if candidates > 0 {
                "spec.source.include and exclude select none of the manifests of \(place) (\(amount(candidates, "file"))); "
                    + "files whose name begins with a dot are read only if included"
            } else if snapshot.otherFiles > 0 {
                "\(place) holds no manifest (\(amount(snapshot.otherFiles, "file")), neither .yaml nor .yml nor .json)"
            } else {
                "\(place) is empty"
            }
        return Finding(
            message: "\(reason); an empty source would remove everything, so nothing is done (belay delete removes on purpose)",
            location: SourceLocation(file: root.isEmpty ? "." : root))
    }

    private func relative(_ path: String) -> String {
        if root.isEmpty { return path }
        if path.hasSameBytes(as: root) { return lastSegment(of: path) }
        let prefix = root + "/"
        return path.utf8.starts(with: prefix.utf8) ? String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : path
    }
}

/// `include` and `exclude` of an Application.
struct SourceFilter {
    private let include: GlobList
    private let exclude: GlobList

    init(_ source: Application.Source) throws(GlobList.Problem) {
        include = try GlobList(source.include)
        exclude = try GlobList(source.exclude)
    }

    /// - Parameter path: from the Application's path.
    func selects(_ path: String, isFolder: Bool) -> Bool {
        if exclude.contains(path, isFolder: isFolder) { return false }
        if !include.isEmpty { return include.contains(path, isFolder: isFolder) }
        return !path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.first == UInt8(ascii: ".") }
    }
}

extension SourceFile {
    var isManifest: Bool { SourceFile.extensions.contains { path.utf8.suffix($0.utf8.count).elementsEqual($0.utf8) } }

    private static let extensions = [".yaml", ".yml", ".json"]

    var name: String { lastSegment(of: path) }

    /// Without a slash at its end; empty for the root.
    var folder: String { String(decoding: path.utf8.dropLast(name.utf8.count), as: UTF8.self).droppingLastSlash }

    /// What the file is instead of a manifest; nil when it may be one.
    fileprivate var problem: String? {
        switch kind {
        case .submodule: return "is a Git submodule, which is not read; copy the manifests into this repository, or exclude it"
        case .symlink:
            // A link without an extension may lead to a folder of manifests; one to anything else is no concern of ours.
            guard isManifest || !name.utf8.dropFirst().contains(UInt8(ascii: ".")) else { return nil }
            return "is a symbolic link, which is not followed; put the file itself here, or exclude it"
        case .file: break
        }
        if isKustomization {
            let folder = folder.isEmpty ? "." : folder
            return "is a kustomization inside of a plain directory, whose files are applied as they are; "
                + "let spec.source.path lead to \(folder), or exclude it"
        }
        guard isManifest else { return nil }
        if isTooLarge { return "has \(size) bytes, which is more than is read of one file; split it, or exclude it" }
        if bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
            return "is a Git LFS pointer, not the manifest itself; Git LFS is not supported: commit the manifest to Git directly"
        }
        return nil
    }

    /// By its name, unless it is an object of Flux, whose kind has the same name.
    var isKustomization: Bool {
        guard KustomizationFile.names.contains(where: { $0.hasSameBytes(as: name) }) else { return false }
        return !hasLine(beginningWith: "apiVersion: kustomize.toolkit.fluxcd.io/")
    }

    /// A `Chart.yaml` that is no object of Kubernetes.
    fileprivate var isChart: Bool {
        guard kind == .file, name.hasSameBytes(as: "Chart.yaml") || name.hasSameBytes(as: "Chart.yml") else { return false }
        return !hasLine(beginningWith: "kind:")
    }

    private func hasLine(beginningWith text: String) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: text.utf8) }
    }

    fileprivate static func chartProblem(_ folder: String) -> String {
        let folder = folder.isEmpty ? "." : folder
        return "belongs to a Helm chart, which is not supported; commit the output of \"helm template \(folder)\" "
            + "and let spec.source.path lead to it, or exclude the chart"
    }

    fileprivate func isPart(ofChart folder: String) -> Bool {
        let prefix = folder.isEmpty ? "" : folder + "/"
        guard path.utf8.starts(with: prefix.utf8) else { return false }
        let rest = path.utf8.dropFirst(prefix.utf8.count)
        if ["templates/", "charts/", "ci/"].contains(where: { rest.starts(with: $0.utf8) }) { return true }
        return !rest.contains(UInt8(ascii: "/")) && rest.starts(with: "values".utf8)
    }
}

private func amount(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

private func lastSegment(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? path
}

extension String {
    fileprivate var droppingLastSlash: String { utf8.last == UInt8(ascii: "/") ? String(decoding: utf8.dropLast(), as: UTF8.self) : self }
}
