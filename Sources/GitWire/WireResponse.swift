// What belay-git answers: progress while it works, files one by one, and one last message that ends the answer.

import StructuredData

/// The commit that a reference stands for.
package struct WireRevision: Sendable, Equatable {
    /// 40 hex digits.
    package var commit: String
    /// `main`, `v1.2`, or a full ref; empty for a bare commit or a detached HEAD.
    package var name: String
    package var subject: String
    package var author: String
    /// When it was written, RFC 3339.
    package var date: String
    /// When it came to stand where it does (the committer's time), RFC 3339.
    package var committed: String

    package init(commit: String, name: String, subject: String = "", author: String = "", date: String = "", committed: String = "") {
        self.commit = commit
        self.name = name
        self.subject = subject
        self.author = author
        self.date = date
        self.committed = committed
    }
}

/// One entry of a tree: in a snapshot a manifest by its name, in an answer to `entries` any file.
package struct WireFile: Sendable, Equatable {
    package enum Kind: String, Sendable { case file, symlink, submodule }
    /// From the repository's root; of a snapshot printable: bytes that are no UTF-8 and control characters stand as `\xNN`.
    package var path: String
    /// 40 hex digits.
    package var id: String
    package var kind: Kind
    package var size: Int64
    /// Larger than the limit: `bytes` is empty.
    package var isTooLarge: Bool
    package var bytes: [UInt8]

    package init(path: String, id: String, kind: Kind, size: Int64, isTooLarge: Bool = false, bytes: [UInt8] = []) {
        self.path = path
        self.id = id
        self.kind = kind
        self.size = size
        self.isTooLarge = isTooLarge
        self.bytes = bytes
    }
}

/// What stands at one path that was asked for; the path as it was asked.
package enum WireEntry: Sendable, Equatable {
    case file(WireFile)
    case folder(String)
    /// Nothing, or the path leads through what is no folder: a file, a link, a submodule.
    case absent(String)
}

/// A ref and what it points to.
package struct WireNamedReference: Sendable, Equatable {
    package var name: String
    /// 40 hex digits; of an annotated tag the commit behind it.
    package var id: String
    package init(name: String, id: String) {
        self.name = name
        self.id = id
    }
}

/// Why a request failed. The codes are those of `GitSourceError`.
package struct WireFailure: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case invalidURL, invalidReference, invalidPath, invalidConfiguration, referenceNotFound, ambiguousReference
        case pathNotFound, notARepository, unreadable, unsupported
        case unreachable, tls, authentication, hostKey, redirect, timeout
        case tooLarge, corrupt, cache, worker
    }
    package var code: Code
    package var message: String
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// What a worker is doing; named in the error when its time is up.
package enum WirePhase: String, Sendable {
    /// Waiting for another process that uses the same cache.
    case waiting
    /// Talking to the server: connecting, agreeing on what is missing.
    case connecting
    case receiving
    /// Reading what is on this machine.
    case reading
}

/// One message of an answer.
package enum WireResponse: Sendable, Equatable {
    /// Answers the hello. - Parameter library: libgit2's version.
    case hello(version: Int64, library: String)
    /// - Parameter received: bytes so far.
    case progress(WirePhase, received: Int64)
    case file(WireFile)
    /// Some of the refs; several messages of this kind may come.
    case references([WireNamedReference])
    /// Some of the answers to `trees`, in the order of its paths: a tree id of 40 hex digits, or why there is none.
    case trees([Result<String, WireFailure>])
    /// What stands at one path, in an answer to `entries` or `snapshot`.
    case entry(WireEntry)
    /// Some of the answers to `identities`, in the order of its paths, each as `SourceEntry.identity` spells it.
    case identities([String])
    /// The server showed a key that is not among `hostKeys`. Ends the answer.
    case unknownHostKey(WireRepository.HostKey, sha256: String)
    /// Ends the answer to `references`.
    case done
    /// Ends the answer to `resolve`.
    case revision(WireRevision)
    /// Ends the answer to `snapshot`, after its files in Git's order.
    /// - Parameter origin: where a repository on this machine was cloned from, as `GitNames.remoteName` spells it; may be empty.
    case snapshot(WireRevision, treeID: String, otherFiles: Int64, origin: String)
    /// Ends the answers to `trees`, `entries` and `identities`.
    /// - Parameter origin: as in `snapshot`.
    case commit(WireRevision, origin: String)
    /// Ends any answer.
    case failure(WireFailure)

    package var isLast: Bool {
        switch self {
        case .progress, .file, .references, .trees, .entry, .identities: false
        case .hello, .unknownHostKey, .done, .revision, .snapshot, .commit, .failure: true
        }
    }
}

extension WireResponse {
    /// The frame that says this.
    package var frame: Frame {
        switch self {
        case .hello(let version, let library):
            return Frame(head: ["type": "hello", "version": .int(version), "library": .string(library)])
        case .progress(let phase, let received):
            return Frame(head: ["type": "progress", "phase": .string(phase.rawValue), "received": .int(received)])
        case .file(let file):
            return Self.frame("file", file)
        case .entry(.file(let file)):
            return Self.frame("entry", file)
        case .entry(.folder(let path)):
            return Frame(head: ["type": "entry", "path": .string(path), "kind": "folder"])
        case .entry(.absent(let path)):
            return Frame(head: ["type": "entry", "path": .string(path), "kind": "absent"])
        case .identities(let identities):
            return Frame(head: ["type": "identities", "items": .array(identities.map { .string($0) })])
        case .references(let references):
            return Frame(head: [
                "type": "references", "items": .array(references.map { .array([.string($0.name), .string($0.id)]) }),
            ])
        case .trees(let trees):
            return Frame(head: ["type": "trees", "items": .array(trees.map(Self.value(of:)))])
        case .unknownHostKey(let key, let sha256):
            return Frame(head: [
                "type": "unknownHostKey", "keyType": .string(key.type), "key": .string(key.base64), "sha256": .string(sha256),
            ])
        case .done:
            return Frame(head: ["type": "done"])
        case .revision(let revision):
            return Frame(head: ["type": "revision", "revision": Self.value(of: revision)])
        case .snapshot(let revision, let treeID, let otherFiles, let origin):
            return Frame(head: [
                "type": "snapshot", "revision": Self.value(of: revision), "treeID": .string(treeID), "otherFiles": .int(otherFiles),
                "origin": .string(origin),
            ])
        case .commit(let revision, let origin):
            return Frame(head: ["type": "commit", "revision": Self.value(of: revision), "origin": .string(origin)])
        case .failure(let failure):
            return Frame(head: ["type": "failure", "code": .string(failure.code.rawValue), "message": .string(failure.message)])
        }
    }

    /// Reads what a frame says.
    /// - Throws: ``WireError`` for anything that `frame` does not make.
    package init(_ frame: Frame) throws(WireError) {
        let head = Fields(frame.head)
        switch try head.string("type") {
        case "hello":
            self = .hello(version: try head.int("version"), library: try head.string("library"))
        case "progress":
            guard let phase = WirePhase(rawValue: try head.string("phase")) else { throw WireError("unknown phase") }
            self = .progress(phase, received: try head.int("received"))
        case "file":
            self = .file(try Self.file(head, frame.body))
        case "entry":
            switch try head.string("kind") {
            case "folder": self = .entry(.folder(try head.string("path")))
            case "absent": self = .entry(.absent(try head.string("path")))
            default: self = .entry(.file(try Self.file(head, frame.body)))
            }
        case "identities":
            var identities: [String] = []
            for item in try head.array("items") {
                guard let identity = item.string else { throw WireError("an identity is no string") }
                identities.append(identity)
            }
            self = .identities(identities)
        case "references":
            var references: [WireNamedReference] = []
            for item in try head.array("items") {
                guard let name = item[0]?.string, let id = item[1]?.string else { throw WireError("a ref is no pair of strings") }
                references.append(WireNamedReference(name: name, id: id))
            }
            self = .references(references)
        case "trees":
            var trees: [Result<String, WireFailure>] = []
            for item in try head.array("items") { trees.append(try Self.tree(item)) }
            self = .trees(trees)
        case "unknownHostKey":
            let key = WireRepository.HostKey(type: try head.string("keyType"), base64: try head.string("key"))
            self = .unknownHostKey(key, sha256: try head.string("sha256"))
        case "done":
            self = .done
        case "revision":
            self = .revision(try Self.revision(head))
        case "snapshot":
            self = .snapshot(
                try Self.revision(head), treeID: try head.string("treeID"), otherFiles: try head.int("otherFiles"),
                origin: try head.string("origin"))
        case "commit":
            self = .commit(try Self.revision(head), origin: try head.string("origin"))
        case "failure":
            self = .failure(try Self.failure(head))
        case let type:
            throw WireError("unknown answer: \(type)")
        }
    }

    private static func frame(_ type: String, _ file: WireFile) -> Frame {
        Frame(
            head: [
                "type": .string(type), "path": .string(file.path), "id": .string(file.id), "kind": .string(file.kind.rawValue),
                "size": .int(file.size), "isTooLarge": .bool(file.isTooLarge),
            ], body: file.bytes)
    }

    private static func file(_ head: Fields, _ body: [UInt8]) throws(WireError) -> WireFile {
        guard let kind = WireFile.Kind(rawValue: try head.string("kind")) else { throw WireError("unknown kind of file") }
        return WireFile(
            path: try head.string("path"), id: try head.string("id"), kind: kind, size: try head.int("size"),
            isTooLarge: try head.bool("isTooLarge"), bytes: body)
    }

    private static func value(of tree: Result<String, WireFailure>) -> Value {
        switch tree {
        case .success(let id): ["id": .string(id)]
        case .failure(let failure): ["code": .string(failure.code.rawValue), "message": .string(failure.message)]
        }
    }

    private static func tree(_ item: Value) throws(WireError) -> Result<String, WireFailure> {
        let fields = Fields(item)
        if let id = fields.optionalString("id") { return .success(id) }
        return .failure(try failure(fields))
    }

    private static func failure(_ fields: Fields) throws(WireError) -> WireFailure {
        guard let code = WireFailure.Code(rawValue: try fields.string("code")) else { throw WireError("unknown error code") }
        return WireFailure(code, try fields.string("message"))
    }

    private static func value(of revision: WireRevision) -> Value {
        [
            "commit": .string(revision.commit), "name": .string(revision.name), "subject": .string(revision.subject),
            "author": .string(revision.author), "date": .string(revision.date),
            "committed": .string(revision.committed),
        ]
    }

    private static func revision(_ head: Fields) throws(WireError) -> WireRevision {
        let fields = Fields(head.value["revision"] ?? .null)
        return WireRevision(
            commit: try fields.string("commit"), name: try fields.string("name"), subject: try fields.string("subject"),
            author: try fields.string("author"), date: try fields.string("date"),
            committed: try fields.string("committed"))
    }
}
