// The files of one commit under one path, as GitSource read them and Rendering reads them: bytes with their names and ids.

/// One file of a snapshot.
package struct SourceFile: Sendable {
    package enum Kind: Sendable { case file, symlink, submodule }
    /// From the repository's root, as Git has it; bytes that are no UTF-8 are shown escaped.
    package var path: String
    /// Git's blob id, 40 hex digits; the key of the parse cache.
    package var blobID: String
    package var kind: Kind
    /// Empty for symlinks and submodules, and where `isTooLarge`.
    package var bytes: [UInt8]
    /// Bytes in the repository; more than the limit where `isTooLarge`.
    package var size: Int
    package var isTooLarge: Bool

    package init(path: String, blobID: String, kind: Kind = .file, bytes: [UInt8], size: Int? = nil, isTooLarge: Bool = false) {
        self.path = path
        self.blobID = blobID
        self.kind = kind
        self.bytes = bytes
        self.size = size ?? bytes.count
        self.isTooLarge = isTooLarge
    }
}

/// What stands at one path of a commit.
package enum SourceEntry: Sendable {
    case file(SourceFile)
    case folder
    /// Nothing, or nothing that can be read: a folder on the way is a link or a submodule.
    case absent

    /// What tells it from another one at the same path: Git's id of a file, with a word before it of a link or submodule; `folder` or
    /// `absent`.
    package var identity: String {
        switch self {
        case .file(let file):
            switch file.kind {
            case .file: file.blobID
            case .symlink: "symlink \(file.blobID)"
            case .submodule: "submodule \(file.blobID)"
            }
        case .folder: "folder"
        case .absent: "absent"
        }
    }
}

/// All files under the Application's path at one revision.
package struct SourceSnapshot: Sendable {
    /// Who made the commit and what it says; nil where files were read as they lie.
    package struct Commit: Sendable, Equatable {
        package var id: String
        /// First line only.
        package var subject: String
        package var author: String
        /// When it was written, RFC 3339.
        package var date: String
        /// When it came to stand where it does (the committer's time), RFC 3339; empty where that is not known.
        package var committed: String
        package init(id: String, subject: String, author: String, date: String, committed: String = "") {
            self.id = id
            self.subject = subject
            self.author = author
            self.date = date
            self.committed = committed
        }
    }
    /// `main@sha1:3f2c1ab…`, or `dir@tree:…`.
    package var revision: String
    package var commit: Commit?
    /// Git's tree id of `path` (for a directory read as it lies, Git's hash over the files read); of a kustomization
    /// ``treeID(ofReads:)``.
    package var treeID: String
    /// The path asked for, from the root, without slashes at its ends.
    package var path: String
    /// In Git's order (bytes of the path). Manifests (`.yaml .yml .json`) and kustomizations with their bytes.
    package var files: [SourceFile]
    /// Files that are no manifests: counted, not read.
    package var otherFiles: Int
    /// Of a kustomization: what it refers to, by path from the root, wherever in the repository; with its own file. `files` is empty then.
    /// Once it is built, its own file is all that is kept.
    package var entries: [String: SourceEntry] = [:]
    /// Of a kustomization: what its build looked at, by path from the root, with what was found there (``SourceEntry/identity``). A commit
    /// that leaves all of it as it is changes nothing.
    package var reads: [String: String] = [:]
    /// Of a kustomization: the objects that it comes to, in their order; nil where it was not built, or cannot be.
    package var built: [YAMLDocument]?
    /// Of a repository on this machine: the URL that it was cloned from, without credentials; nil where it has none.
    package var origin: String?

    package init(revision: String, commit: Commit?, treeID: String, path: String, files: [SourceFile], otherFiles: Int) {
        self.revision = revision
        self.commit = commit
        self.treeID = treeID
        self.path = path
        self.files = files
        self.otherFiles = otherFiles
    }
}

extension SourceSnapshot {
    /// The paths of the files that were read, in Git's order.
    package var readFiles: [String] {
        if entries.isEmpty { return files.map(\.path) }
        return reads.filter { $0.value != "folder" && $0.value != "absent" }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What stands for Git's tree id where a source is more than one folder: 40 hexadecimal digits, the first of SHA-256 over path, a zero
    /// byte, identity and a newline of each, sorted by the bytes of the path.
    package static func treeID(ofReads reads: [String: String]) -> String {
        var bytes: [UInt8] = []
        for (path, identity) in reads.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            bytes += path.utf8
            bytes.append(0)
            bytes += identity.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return String(Digest(of: bytes).description.prefix(40))
    }
}
