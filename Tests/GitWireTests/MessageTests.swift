// Every message survives being a frame; every frame that is no message is refused.

import GitWire
import StructuredData
import Testing

@Suite("Messages")
struct MessageTests {
    static var repository: WireRepository {
        var repository = WireRepository(location: "https://example.com/x.git", cacheKey: "0af3", startsAnew: true)
        repository.username = "ada"
        repository.password = "s\u{0}e\"cret\u{1F511}"
        repository.sshKeyFile = "/key"
        repository.hostKeys = [WireRepository.HostKey(type: "ssh-ed25519", base64: "AAAA")]
        return repository
    }

    static let requests: [WireRequest] = [
        .hello(WireHello(cache: "/cache")),
        .hello(WireHello(version: 7, cache: "/cache", systemAuthorities: "/etc/ssl/ca.pem", moreAuthorities: [1, 2, 3])),
        .references(WireRepository(location: "/repo", isLocal: true)),
        .resolve(repository, .head), .resolve(repository, .branch("main")), .resolve(repository, .tag("v1")),
        .resolve(repository, .commit("abc")), .resolve(repository, .name("refs/x")), .resolve(repository, .unspecified("")),
        .snapshot(
            repository, .head, path: "deploy/é", stopsAtKustomization: true,
            WireLimits(fileSize: 1, totalSize: 2, entries: 3, received: .max)),
        .trees(repository, .branch("main"), paths: ["deploy/é", "", "b"], received: 4), .trees(repository, .head, paths: [], received: 0),
        .trees(repository, .head, paths: [""], received: 0),
        .entries(repository, .commit("00"), paths: ["base/é", ""], WireLimits(fileSize: 1, totalSize: 2, entries: 3, received: .max)),
        .identities(repository, .head, paths: ["deploy/é", "", "b"], received: 4),
    ]

    static let responses: [WireResponse] = [
        .hello(version: 1, library: "1.5.1"),
        .progress(.waiting, received: 0), .progress(.connecting, received: 0), .progress(.receiving, received: .max),
        .progress(.reading, received: 1),
        .file(WireFile(path: "a.yaml", id: "00", kind: .file, size: 3, bytes: [0, 0xFF, 1])),
        .file(WireFile(path: "b.yaml", id: "00", kind: .symlink, size: 3, isTooLarge: true)),
        .references([WireNamedReference(name: "refs/heads/main", id: "00")]), .references([]),
        .unknownHostKey(WireRepository.HostKey(type: "ssh-rsa", base64: "AAAA"), sha256: "xyz"),
        .done,
        .revision(WireRevision(commit: "00", name: "main", subject: "s", author: "a", date: "d", committed: "c")),
        .snapshot(WireRevision(commit: "00", name: ""), treeID: "11", otherFiles: 5, origin: ""),
        .entry(.file(WireFile(path: "a.sh", id: "00", kind: .file, size: 3, bytes: [0, 0xFF, 1]))),
        .entry(.file(WireFile(path: "b", id: "00", kind: .submodule, size: 0, isTooLarge: true))), .entry(.folder("base/é")),
        .entry(.folder("")), .entry(.absent("a")), .identities(["folder", "absent", "00"]), .identities([]),
        .trees([.success("11"), .failure(WireFailure(.pathNotFound, "there is no é"))]), .trees([]),
        .commit(WireRevision(commit: "00", name: "main"), origin: "https://example.com/x.git"),
        .failure(WireFailure(.authentication, "no")),
    ]

    @Test("Requests come back as they were", arguments: requests)
    func request(_ request: WireRequest) throws {
        var reader = FrameReader()
        reader.append(try request.frame.encoded())
        let frame = try #require(try reader.next())
        #expect(try WireRequest(frame) == request)
    }

    @Test("Responses come back as they were", arguments: responses)
    func response(_ response: WireResponse) throws {
        var reader = FrameReader()
        reader.append(try response.frame.encoded())
        let frame = try #require(try reader.next())
        #expect(try WireResponse(frame) == response)
    }

    @Test("A message with any member missing or of another kind is refused")
    func incomplete() throws {
        for frame in Self.requests.map(\.frame) + Self.responses.map(\.frame) {
            for key in frame.head.object?.keys ?? [] where key != "systemAuthorities" {
                for broken in [nil, Value.array([1]), .null] as [Value?] {
                    if key == "items", broken == .array([1]) { continue }
                    var head = frame.head
                    head.set(broken, at: [key])
                    let changed = Frame(head: head, body: frame.body)
                    #expect((try? WireRequest(changed)) == nil && (try? WireResponse(changed)) == nil, "\(head)")
                }
            }
        }
    }

    @Test("Paths that do not end, that are no UTF-8, or that are too many are refused")
    func paths() throws {
        let frame = WireRequest.trees(Self.repository, .head, paths: ["a"], received: 1).frame
        let many = Array(repeating: "a", count: WireRequest.maximumPaths)
        #expect(try WireRequest(WireRequest.trees(Self.repository, .head, paths: many, received: 1).frame).frame.body.count == 10_000)
        for body in [Array("a".utf8), [0xFF, 0], Array("a\0b".utf8)] + [
            WireRequest.trees(Self.repository, .head, paths: many + ["b"], received: 1).frame.body
        ] {
            #expect(throws: WireError.self) { try WireRequest(Frame(head: frame.head, body: body)) }
        }
    }

    @Test("Unknown types are refused")
    func unknown() {
        let frame = Frame(head: ["type": "reboot"])
        #expect(throws: WireError.self) { try WireRequest(frame) }
        #expect(throws: WireError.self) { try WireResponse(frame) }
    }
}
