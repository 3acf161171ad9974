// What GitSource asks belay-git: one hello, then one request at a time, each answered before the next is sent.

import StructuredData

/// The version of the protocol; both sides must have the same one, since both come from one release.
package let wireVersion: Int64 = 3

/// The first message: what holds for all requests of this worker.
package struct WireHello: Sendable, Equatable {
    package var version: Int64
    /// The directory of bare caches, the only place where the worker writes.
    package var cache: String
    /// The file with the system's certificate authorities; nil leaves the library's default.
    package var systemAuthorities: String?
    /// More authorities as PEM, trusted besides the system's.
    package var moreAuthorities: [UInt8]

    package init(version: Int64 = wireVersion, cache: String, systemAuthorities: String? = nil, moreAuthorities: [UInt8] = []) {
        self.version = version
        self.cache = cache
        self.systemAuthorities = systemAuthorities
        self.moreAuthorities = moreAuthorities
    }
}

/// Where a repository is and what opens it.
package struct WireRepository: Sendable, Equatable {
    /// A URL, or with `isLocal` an absolute path.
    package var location: String
    package var isLocal: Bool
    /// The name of the bare cache below the cache directory; hexadecimal digits.
    package var cacheKey: String
    /// The cache was found damaged: move it aside and start anew.
    package var startsAnew: Bool
    package var username: String?
    package var password: String?
    package var sshKeyFile: String?
    /// Public keys that this server may show, as in `known_hosts`, base64.
    package var hostKeys: [HostKey]

    package struct HostKey: Sendable, Equatable {
        package var type: String
        package var base64: String
        package init(type: String, base64: String) {
            self.type = type
            self.base64 = base64
        }
    }

    package init(location: String, isLocal: Bool = false, cacheKey: String = "", startsAnew: Bool = false) {
        self.location = location
        self.isLocal = isLocal
        self.cacheKey = cacheKey
        self.startsAnew = startsAnew
        hostKeys = []
    }
}

/// What of a repository is meant.
package enum WireReference: Sendable, Equatable {
    case head
    case branch(String)
    case tag(String)
    case commit(String)
    case name(String)
    /// Full ref, 40 hex digits, branch, tag, in this order.
    case unspecified(String)

    var kindAndName: (String, String) {
        switch self {
        case .head: ("head", "")
        case .branch(let name): ("branch", name)
        case .tag(let name): ("tag", name)
        case .commit(let name): ("commit", name)
        case .name(let name): ("name", name)
        case .unspecified(let name): ("unspecified", name)
        }
    }

    init(kind: String, name: String) throws(WireError) {
        switch kind {
        case "head": self = .head
        case "branch": self = .branch(name)
        case "tag": self = .tag(name)
        case "commit": self = .commit(name)
        case "name": self = .name(name)
        case "unspecified": self = .unspecified(name)
        default: throw WireError("unknown kind of reference: \(kind)")
        }
    }
}

/// How much may be read; beyond any of them the request fails, except for single files, which are reported as too large.
package struct WireLimits: Sendable, Equatable {
    /// Bytes of one manifest.
    package var fileSize: Int64
    /// Bytes of all manifests together.
    package var totalSize: Int64
    /// Entries of all trees below the path, files that are no manifests included.
    package var entries: Int64
    /// Bytes received in one fetch.
    package var received: Int64

    package init(fileSize: Int64, totalSize: Int64 = 48 << 20, entries: Int64 = 200_000, received: Int64 = 4 << 30) {
        self.fileSize = fileSize
        self.totalSize = totalSize
        self.entries = entries
        self.received = received
    }
}

/// One question to belay-git.
package enum WireRequest: Sendable, Equatable {
    case hello(WireHello)
    /// All refs of the repository, for choosing among them.
    case references(WireRepository)
    /// The commit that a reference stands for, without reading its tree.
    case resolve(WireRepository, WireReference)
    /// The manifests below a path (without slashes at its ends) at a reference.
    /// - Parameter stopsAtKustomization: of a folder with a kustomization only what stands at its names is sent, as entries.
    case snapshot(WireRepository, WireReference, path: String, stopsAtKustomization: Bool, WireLimits)
    /// The tree ids of paths (as above, at most `maximumPaths`) at a reference. - Parameter received: the limit of one fetch in bytes.
    case trees(WireRepository, WireReference, paths: [String], received: Int64)
    /// What stands at paths (as above, at most `maximumPaths`) at a reference, files of any name with their bytes. Of a folder also what
    /// stands at the names of a kustomization in it is sent.
    case entries(WireRepository, WireReference, paths: [String], WireLimits)
    /// What stands at paths, without reading it. - Parameter received: as in `trees`.
    case identities(WireRepository, WireReference, paths: [String], received: Int64)

    /// How many paths one request may ask for.
    package static let maximumPaths = 5000
}

extension WireRequest {
    /// The frame that says this.
    package var frame: Frame {
        switch self {
        case .hello(let hello):
            var head: Object = ["type": "hello", "version": .int(hello.version), "cache": .string(hello.cache)]
            head["systemAuthorities"] = hello.systemAuthorities.map { .string($0) }
            return Frame(head: .object(head), body: hello.moreAuthorities)
        case .references(let repository):
            return Frame(head: ["type": "references", "repository": Self.value(of: repository)])
        case .resolve(let repository, let reference):
            return Frame(head: .object(Self.head("resolve", repository, reference)))
        case .snapshot(let repository, let reference, let path, let stopsAtKustomization, let limits):
            var head = Self.head("snapshot", repository, reference)
            Self.add(limits, to: &head)
            head["path"] = .string(path)
            head["stopsAtKustomization"] = .bool(stopsAtKustomization)
            return Frame(head: .object(head))
        case .trees(let repository, let reference, let paths, let received):
            return Self.frame("trees", repository, reference, paths, received: received)
        case .entries(let repository, let reference, let paths, let limits):
            var head = Self.head("entries", repository, reference)
            Self.add(limits, to: &head)
            return Frame(head: .object(head), body: Self.body(paths))
        case .identities(let repository, let reference, let paths, let received):
            return Self.frame("identities", repository, reference, paths, received: received)
        }
    }

    /// Reads what a frame says.
    /// - Throws: ``WireError`` for anything that `frame` does not make.
    package init(_ frame: Frame) throws(WireError) {
        let head = Fields(frame.head)
        switch try head.string("type") {
        case "hello":
            self = .hello(
                WireHello(
                    version: try head.int("version"), cache: try head.string("cache"),
                    systemAuthorities: head.optionalString("systemAuthorities"), moreAuthorities: frame.body))
        case "references":
            self = .references(try Self.repository(head))
        case "resolve":
            self = .resolve(try Self.repository(head), try Self.reference(head))
        case "snapshot":
            self = .snapshot(
                try Self.repository(head), try Self.reference(head), path: try head.string("path"),
                stopsAtKustomization: try head.bool("stopsAtKustomization"), try Self.limits(head))
        case "trees":
            self = .trees(
                try Self.repository(head), try Self.reference(head), paths: try Self.paths(frame.body),
                received: try head.int("received"))
        case "entries":
            self = .entries(
                try Self.repository(head), try Self.reference(head), paths: try Self.paths(frame.body), try Self.limits(head))
        case "identities":
            self = .identities(
                try Self.repository(head), try Self.reference(head), paths: try Self.paths(frame.body),
                received: try head.int("received"))
        case let type:
            throw WireError("unknown request: \(type)")
        }
    }

    private static func head(_ type: String, _ repository: WireRepository, _ reference: WireReference) -> Object {
        let (kind, name) = reference.kindAndName
        return ["type": .string(type), "repository": value(of: repository), "kind": .string(kind), "name": .string(name)]
    }

    private static func frame(
        _ type: String, _ repository: WireRepository, _ reference: WireReference, _ paths: [String], received: Int64
    ) -> Frame {
        var head = head(type, repository, reference)
        head["received"] = .int(received)
        return Frame(head: .object(head), body: body(paths))
    }

    private static func add(_ limits: WireLimits, to head: inout Object) {
        head["fileSize"] = .int(limits.fileSize)
        head["totalSize"] = .int(limits.totalSize)
        head["entries"] = .int(limits.entries)
        head["received"] = .int(limits.received)
    }

    private static func limits(_ head: Fields) throws(WireError) -> WireLimits {
        WireLimits(
            fileSize: try head.int("fileSize"), totalSize: try head.int("totalSize"), entries: try head.int("entries"),
            received: try head.int("received"))
    }

    private static func reference(_ head: Fields) throws(WireError) -> WireReference {
        try WireReference(kind: head.string("kind"), name: head.string("name"))
    }

    private static func body(_ paths: [String]) -> [UInt8] { paths.flatMap { Array($0.utf8) + [0] } }

    private static func value(of repository: WireRepository) -> Value {
        var object: Object = [
            "location": .string(repository.location), "isLocal": .bool(repository.isLocal),
            "cacheKey": .string(repository.cacheKey), "startsAnew": .bool(repository.startsAnew),
            "hostKeys": .array(repository.hostKeys.map { .array([.string($0.type), .string($0.base64)]) }),
        ]
        object["username"] = repository.username.map { .string($0) }
        object["password"] = repository.password.map { .string($0) }
        object["sshKeyFile"] = repository.sshKeyFile.map { .string($0) }
        return .object(object)
    }

    /// Paths with a zero byte after each.
    private static func paths(_ bytes: [UInt8]) throws(WireError) -> [String] {
        guard bytes.last ?? 0 == 0 else { throw WireError("the last path has no end") }
        var paths: [String] = []
        for part in bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false) where !bytes.isEmpty {
            guard let path = String(validating: part, as: UTF8.self) else { throw WireError("a path is no UTF-8") }
            guard paths.count < maximumPaths else { throw WireError("more than \(maximumPaths) paths") }
            paths.append(path)
        }
        return paths
    }

    private static func repository(_ head: Fields) throws(WireError) -> WireRepository {
        let fields = Fields(head.value["repository"] ?? .null)
        var repository = WireRepository(
            location: try fields.string("location"), isLocal: try fields.bool("isLocal"), cacheKey: try fields.string("cacheKey"),
            startsAnew: try fields.bool("startsAnew"))
        repository.username = fields.optionalString("username")
        repository.password = fields.optionalString("password")
        repository.sshKeyFile = fields.optionalString("sshKeyFile")
        for key in try fields.array("hostKeys") {
            guard let type = key[0]?.string, let base64 = key[1]?.string else { throw WireError("a host key is no pair of strings") }
            repository.hostKeys.append(WireRepository.HostKey(type: type, base64: base64))
        }
        return repository
    }
}

/// The members of a head, each of the kind that is expected.
struct Fields {
    let value: Value
    init(_ value: Value) { self.value = value }

    func string(_ name: String) throws(WireError) -> String {
        guard let string = value[name]?.string else { throw WireError("\(name) is missing or no string") }
        return string
    }

    func optionalString(_ name: String) -> String? { value[name]?.string }

    func int(_ name: String) throws(WireError) -> Int64 {
        guard let int = value[name]?.int else { throw WireError("\(name) is missing or no integer") }
        return int
    }

    func bool(_ name: String) throws(WireError) -> Bool {
        guard let bool = value[name]?.bool else { throw WireError("\(name) is missing or no boolean") }
        return bool
    }

    func array(_ name: String) throws(WireError) -> [Value] {
        guard let array = value[name]?.array else { throw WireError("\(name) is missing or no list") }
        return array
    }
}
