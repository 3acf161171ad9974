// The client against a server that throttles, cuts, redirects, lies and forgets.

import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import TestSupport
import Testing

@Suite("client under fault", .timeLimit(.minutes(20)))
struct ClientFaultTests {
    private static let configMaps = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)
    private static let object = #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"n","uid":"u"}}"#
    private static let body: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "n"]]
    private static let notFound =
        #"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","details":{"name":"a","kind":"configmaps"},"code":404}"#

    /// The pauses that a client asked for instead of sleeping.
    private final class Pauses: Sendable {
        private let list = Mutex<[Duration]>([])
        var all: [Duration] { list.withLock { $0 } }
        func add(_ pause: Duration) { list.withLock { $0.append(pause) } }
    }

    private struct Setup {
        var client: KubernetesClient
        var server: FaultServer
        var pauses: Pauses
    }

    private func withClient<Result>(
        _ script: @escaping FaultServer.Script, change: (inout ClusterConnection) -> Void = { _ in }, concurrency: Int = 4,
        _ body: (Setup) async throws -> Result
    ) async throws -> Result {
        try await FaultServer.with(script) { server in
            var connection = ClusterConnection(server: "http://127.0.0.1:\(server.port)", credential: .token("secret-token"))
            change(&connection)
            let pauses = Pauses()
            let client = try KubernetesClient(connection: connection, concurrency: concurrency) { pause in
                try Task.checkCancellation()
                pauses.add(pause)
                await Task.yield()
            }
            do {
                let result = try await body(Setup(client: client, server: server, pauses: pauses))
                await client.shutdown()
                return result
            } catch {
                await client.shutdown()
                throw error
            }
        }
    }

    private func failure(_ body: () async throws -> some Any) async throws -> ClientError {
        let error = try #require(await #expect(throws: ClientError.self) { _ = try await body() })
        #expect(!error.message.contains("secret-token"))
        return error
    }

    private func expect(_ code: ClientError.Code, _ body: () async throws -> some Any) async throws {
        let error = try await failure(body)
        #expect(error.code == code)
    }

    private func get(_ client: KubernetesClient) async throws -> Unstructured? {
        try await client.get(Self.configMaps, namespace: "n", name: "a")
    }

    private func apply(_ client: KubernetesClient) async throws -> KubernetesClient.WriteAnswer {
        try await client.apply(Self.configMaps, body: Self.body, fieldManager: "belay:n/a", force: false, class: .managed)
    }

    @Test("a request says what it has to")
    func requests() async throws {
        try await withClient({ _, _ in .json(Self.object, headers: [("warning", #"299 - "w1""#), ("Warning", #"299 - "w2""#)]) }) {
            setup async throws in
            let client = setup.client
            #expect(try await get(client)?.name == "a")
            #expect(try await apply(client).warnings == ["w1", "w2"])
            _ = try await client.apply(Self.configMaps, body: Self.body, fieldManager: "m", force: true, dryRun: true, class: .managed)
            _ = try await client.update(Self.configMaps, body: Self.body, fieldManager: "m", class: .own)
            _ = try await client.create(Self.configMaps, body: Self.body, fieldManager: "m", class: .own)
            _ = try await client.jsonPatch(Self.configMaps, namespace: "n", name: "a", patch: [], fieldManager: "m", class: .managed)
            _ = try await client.delete(
                Self.configMaps, namespace: "n", name: "a", options: .init(uid: "u", resourceVersion: "7"), class: .managed)
            let seen = setup.server.seen
            let path = "/api/v1/namespaces/n/configmaps"
            #expect(
                seen.map { "\($0.method) \($0.uri)" } == [
                    "GET \(path)/a", "PATCH \(path)/a?fieldManager=belay%3An%2Fa&force=false&fieldValidation=Strict",
                    "PATCH \(path)/a?fieldManager=m&force=true&fieldValidation=Strict&dryRun=All",
                    "PUT \(path)/a?fieldManager=m&fieldValidation=Strict", "POST \(path)?fieldManager=m&fieldValidation=Strict",
                    "PATCH \(path)/a?fieldManager=m&fieldValidation=Strict", "DELETE \(path)/a",
                ])
            #expect(seen.allSatisfy { $0.headers["authorization"] == "Bearer secret-token" && $0.headers["user-agent"] == "belay" })
            #expect(seen[1].headers["content-type"] == "application/apply-patch+yaml")
            #expect(seen[5].headers["content-type"] == "application/json-patch+json")
            #expect(try JSON.read(Array(seen[6].body.utf8)).at("preconditions", "uid") == "u")
            #expect(try JSON.read(Array(seen[6].body.utf8))["propagationPolicy"] == "Background")
            let counts = client.requestCounts
            #expect(counts.get == 1 && counts.apply == 1 && counts.dryRun == 1 && counts.update == 1 && counts.create == 1)
            #expect(counts.patch == 1 && counts.delete == 1 && counts.total == 7)
            #expect(counts.writes == [.managed: 3, .own: 2])
        }
    }

    @Test("an apply body survives the server's YAML reader")
    func applyBody() async throws {
        try await withClient({ _, _ in .json(Self.object) }) { setup async throws in
            var body = Self.body
            let text = "a\u{7F}b\u{85}c\u{9F}d\u{A0}é\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}😀\u{1}\"\\"
            body.set(["k": .string(text)], at: ["data"])
            _ = try await setup.client.apply(Self.configMaps, body: body, fieldManager: "m", force: false, class: .managed)
            let sent = try #require(setup.server.seen.first?.body)
            #expect(sent.contains("a\\u007fb\\u0085c\\u009fd\u{A0}é\\u2028\\u2029\\ufeff\\ufffe\\uffff😀"))
            #expect(try JSON.read(Array(sent.utf8)).at("data", "k") == .string(text))
        }
    }

    @Test("a null that the server refuses is left out, every other null stays")
    func refusedNulls() async throws {
        let refusal = """
            {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Invalid","code":422,"message":"no","details":{"name":"a","causes":[
            {"reason":"FieldValueTypeInvalid","message":"must be of type object: null","field":"spec.csi.cephfs"},
            {"reason":"FieldValueTypeInvalid","message":"must be of type string: null","field":"spec.list[1].name"},
            {"reason":"FieldValueInvalid","message":"some validation rules were not checked","field":"<nil>"}]}}
            """
        var body = Self.body
        body.set(
            ["csi": ["cephfs": .null, "kept": .null], "list": [["name": .null], ["name": .null, "b": "1"], .null]], at: ["spec"])
        let full = body
        try await withClient({ seen, _ in seen.body.contains("cephfs") ? .json(refusal, status: 422) : .json(Self.object) }) {
            setup async throws in
            let answer = try await setup.client.apply(Self.configMaps, body: full, fieldManager: "m", force: false, class: .managed)
            #expect(
                answer.warnings == [
                    "spec.csi.cephfs, spec.list[1].name are null, which is not allowed there, and left out"
                ])
            let sent = setup.server.seen.map(\.body)
            #expect(sent.count == 2)
            #expect(
                try JSON.read(Array(sent[1].utf8))["spec"] == ["csi": ["kept": .null], "list": [["name": .null], ["b": "1"], .null]])
        }
        // Refused for something else: one request, the server's error.
        let body2: Value = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "n"], "spec": ["csi": ["cephfs": "x"]],
        ]
        try await withClient({ _, _ in .json(refusal, status: 422) }) { setup async throws in
            try await expect(.invalid) {
                try await setup.client.apply(Self.configMaps, body: body2, fieldManager: "m", force: false, class: .managed)
            }
            #expect(setup.server.seen.count == 1)
        }
    }

    @Test("what is text only in quotes is said in words of YAML")
    func unquoted() async throws {
        let refusal = #"""
            {"kind":"Status","status":"Failure","code":500,"message":"failed to create typed patch object (n/a; v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:false}"}
            """#
        try await withClient({ _, _ in .json(refusal, status: 500) }) { setup async throws in
            let message = try await failure { try await apply(setup.client) }.message
            #expect(message.contains(".data.a: expected string, got false; correct the manifest"), "\(message)")
        }
    }

    @Test("no request for what cannot be named")
    func refusedBeforeSending() async throws {
        try await withClient({ _, _ in .json("{}") }) { setup async throws in
            let client = setup.client
            for name in ["", ".", "..", "a/b", "%2e"] {
                try await expect(.invalid) { try await client.get(Self.configMaps, namespace: "n", name: name) }
                let options = KubernetesClient.DeleteOptions(uid: nil, resourceVersion: nil)
                try await expect(.invalid) {
                    try await client.delete(Self.configMaps, namespace: "n", name: name, options: options, class: .managed)
                }
                var body = Self.body
                body.set(.string(name), at: ["metadata", "name"])
                try await expect(.invalid) {
                    try await client.apply(Self.configMaps, body: body, fieldManager: "m", force: false, class: .managed)
                }
                try await expect(.invalid) {
                    try await client.create(Self.configMaps, body: body, fieldManager: "m", class: .own)
                }
            }
            var secret = Self.body
            secret.set("Secret", at: ["kind"])
            try await expect(.invalid) {
                try await client.apply(Self.configMaps, body: secret, fieldManager: "m", force: false, class: .managed)
            }
            #expect(setup.server.seen.isEmpty)
        }
    }

    @Test("429 is repeated after the pause the server asks for", arguments: ["0", "3", "9999", "garbage", "Sun, 06 Nov 1994 08:49:37 GMT"])
    func throttled(header: String) async throws {
        try await withClient({ _, number in
            number < 2 ? .json("{}", status: 429, headers: [("retry-after", header)]) : .json(Self.object, status: 201)
        }) { setup async throws in
            // The gate would stay closed for as long as the server asked: only the retries of the call itself are looked at here.
            let answered: Bool
            if header == "3" || header == "9999" {
                answered = try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask { try await self.apply(setup.client).created }
                    group.addTask {
                        while setup.pauses.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                        return false
                    }
                    let first = try await group.next() ?? false
                    group.cancelAll()
                    return first
                }
                let pause = try #require(setup.pauses.all.first)
                #expect(header == "3" ? pause >= .seconds(3) && pause < .seconds(4) : pause >= .seconds(30) && pause < .seconds(36))
                #expect(!answered)
            } else {
                #expect(try await apply(setup.client).created)
                #expect(setup.server.seen.count == 3)
                #expect(setup.client.requestCounts.apply == 3)
                #expect(setup.pauses.all.filter { $0 >= .milliseconds(100) }.count == 2)
            }
        }
    }

    @Test("429 without end is an error at last")
    func throttledForever() async throws {
        try await withClient({ _, _ in .json("{}", status: 429, headers: [("retry-after", "0")]) }) { setup async throws in
            let error = try await failure { try await apply(setup.client) }
            #expect(error.code == .tooManyRequests)
            #expect(error.isTransient)
            #expect(setup.server.seen.count == RetryPolicy.mostTries * 2)
        }
    }

    @Test("a read is repeated when the server stumbles, a write is not", arguments: [500, 502, 503])
    func transient(status: Int) async throws {
        try await withClient({ _, number in number < 2 ? .json("{}", status: status) : .json(Self.object) }) { setup async throws in
            #expect(try await get(setup.client)?.uid == "u")
            #expect(setup.server.seen.count == 3)
        }
        try await withClient({ _, _ in .json("{}", status: status) }) { setup async throws in
            try await expect(.unavailable) { try await apply(setup.client) }
            #expect(setup.server.seen.count == 1)
        }
    }

    @Test(
        "a 500 that will not pass is not repeated",
        arguments: [
            "failed to create typed patch object (n/a; /v1, Kind=ConfigMap): .dat: field not declared in schema",
            "request to convert CR to an invalid group/version: example.com/v1alpha1",
        ])
    func permanent(message: String) async throws {
        let text = #"{"kind":"Status","reason":"","message":"\#(message)","code":500}"#
        try await withClient({ _, _ in .json(text, status: 500) }) { setup async throws in
            try await expect(.permanent) { try await get(setup.client) }
            #expect(setup.server.seen.count == 1)
        }
    }

    @Test("a closed connection: reads go on, a write's outcome is unknown")
    func closed() async throws {
        try await withClient({ _, number in number < 2 ? FaultAnswer(ending: .closed) : .json(Self.object) }) { setup async throws in
            #expect(try await get(setup.client)?.uid == "u")
        }
        try await withClient({ _, _ in FaultAnswer(ending: .closed) }) { setup async throws in
            let error = try await failure { try await apply(setup.client) }
            #expect(error.code == .unreachable)
            #expect(error.message.contains("may have been done"))
            #expect(setup.server.seen.count == 1)
        }
    }

    @Test("no server: said soon, and never sent")
    func refused() async throws {
        let port = try await FaultServer.with({ _, _ in .json("{}") }) { $0.port }
        let client = try KubernetesClient(connection: ClusterConnection(server: "http://127.0.0.1:\(port)")) { _ in }
        let error = try await failure { try await apply(client) }
        await client.shutdown()
        #expect(error.code == .unreachable)
        #expect(error.message.contains("connection refused"))
        #expect(error.message.contains("127.0.0.1:\(port)"))
        #expect(!error.message.contains("may have been done"))
        #expect(client.requestCounts.apply == RetryPolicy.mostTries)
    }

    @Test("a list that breaks off is an error, wherever it breaks")
    func truncatedList() async throws {
        let list =
            #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}"#
        for length in stride(from: 0, to: list.utf8.count, by: 5) {
            for ending in [FaultAnswer.Ending.cut, .whole] {
                try await withClient({ _, _ in FaultAnswer(body: Array(list.utf8.prefix(length)), ending: ending) }) { setup async throws in
                    let error = try await failure { try await setup.client.list(Self.configMaps, namespace: "n") }
                    #expect(error.code == .malformedResponse)
                }
            }
        }
    }

    @Test("a list that breaks off once is read again")
    func truncatedOnce() async throws {
        let list = #"{"kind":"ConfigMapList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}}]}"#
        try await withClient({ _, number in FaultAnswer(body: Array(list.utf8), ending: number == 0 ? .cut : .whole) }) {
            setup async throws in
            #expect(try await setup.client.list(Self.configMaps, namespace: "n").items.count == 1)
        }
    }

    @Test("a write whose answer breaks off was done, and says so")
    func truncatedWrite() async throws {
        try await withClient({ _, _ in FaultAnswer(status: 201, body: Array(Self.object.utf8.prefix(20)), ending: .cut) }) {
            setup async throws in
            let error = try await failure { try await apply(setup.client) }
            #expect(error.code == .malformedResponse)
            #expect(error.message.contains("it was done all the same"))
            #expect(setup.server.seen.count == 1)
        }
    }

    @Test(
        "answers that are none",
        arguments: [
            "", "null", "[]", "7", "\"x\"", "{", "<html>", "{}x", #"{"items":{}}"#, #"{"items":[1]}"#, #"{"kind":"Status","items":[]}"#,
            "{}",
        ])
    func malformedLists(text: String) async throws {
        try await withClient({ _, _ in .json(text) }) { setup async throws in
            try await expect(.malformedResponse) { try await setup.client.list(Self.configMaps, namespace: "n") }
            #expect(setup.server.seen.count == 1)
        }
    }

    private static func page(_ names: [String], next: String?, items: Bool = true) -> FaultAnswer {
        let list = names.map { #"{"metadata":{"name":"\#($0)"}}"# }.joined(separator: ",")
        let token = next.map { #","continue":"\#($0)""# } ?? ""
        return .json(
            #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7"\#(token)},"items":\#(items ? "[\(list)]" : "null")}"#
        )
    }

    private static let expired = FaultAnswer.json(
        #"{"kind":"Status","reason":"Expired","message":"too old","code":410,"metadata":{"continue":"fresh"}}"#, status: 410)

    @Test("pages are followed; items get apiVersion and kind first of all")
    func pages() async throws {
        try await withClient({ request, _ in
            if request.uri.contains("continue=p%2B3") { return Self.page([], next: nil, items: false) }
            if request.uri.contains("continue=p2") { return Self.page(["c"], next: "p+3") }
            return Self.page(["a", "b"], next: "p2")
        }) { setup async throws in
            let list = try await setup.client.list(Self.configMaps, namespace: "n", labelSelector: "a=b,c in (d)", pageSize: 2)
            #expect(list.items.map(\.name) == ["a", "b", "c"])
            #expect(list.resourceVersion == "7")
            #expect(list.items.allSatisfy { $0.value.object?.keys == ["apiVersion", "kind", "metadata"] && $0.kind == "ConfigMap" })
            #expect(setup.server.seen.map(\.uri).allSatisfy { $0.contains("labelSelector=a%3Db%2Cc%20in%20%28d%29&limit=2") })
            #expect(setup.client.requestCounts.list == 3)
        }
    }

    @Test("410 on a later page starts from zero, in one piece; nothing of the pages before is kept")
    func expiredPage() async throws {
        try await withClient({ request, _ in
            if !request.uri.contains("limit=") { return Self.page(["x", "y"], next: nil) }
            return request.uri.contains("continue=") ? Self.expired : Self.page(["a", "b"], next: "p2")
        }) { setup async throws in
            let list = try await setup.client.list(Self.configMaps, namespace: "n", pageSize: 2)
            #expect(list.items.map(\.name) == ["x", "y"])
            #expect(setup.server.seen.map(\.uri).map { $0.contains("continue=fresh") } == [false, false, false])
        }
    }

    @Test("410 for good is an error")
    func expiredForever() async throws {
        try await withClient({ _, _ in Self.expired }) { setup async throws in
            try await expect(.expired) { try await setup.client.list(Self.configMaps, namespace: nil) }
            #expect(setup.server.seen.count == 2)
        }
    }

    @Test("a continue token that repeats itself is an error")
    func endlessPages() async throws {
        try await withClient({ _, _ in Self.page(["a"], next: "same") }) { setup async throws in
            try await expect(.malformedResponse) { try await setup.client.list(Self.configMaps, namespace: nil) }
            #expect(setup.server.seen.count == 2)
        }
    }

    @Test("an error on a later page fails the list", arguments: [403, 404, 500])
    func failingPage(status: Int) async throws {
        try await withClient({ request, _ in
            request.uri.contains("continue=")
                ? .json(#"{"kind":"Status","message":"x","reason":""}"#, status: status) : Self.page(["a"], next: "p2")
        }) { setup async throws in
            _ = try await failure { try await setup.client.list(Self.configMaps, namespace: nil) }
        }
    }

    @Test("metadata only: items are of the kind that was asked for")
    func metadataOnly() async throws {
        let text =
            #"{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"items":[{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a"}}]}"#
        try await withClient({ _, _ in .json(text) }) { setup async throws in
            let list = try await setup.client.list(Self.configMaps, namespace: "n", metadataOnly: true)
            #expect(list.items.first?.kind == "ConfigMap" && list.items.first?.apiVersion == "v1")
            #expect(
                setup.server.seen.first?.headers["accept"]?.hasPrefix("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
                    == true)
        }
    }

    @Test("absence is said only by an answer that names the object")
    func absence() async throws {
        try await withClient({ _, _ in .json(Self.notFound, status: 404) }) { setup async throws in
            #expect(try await get(setup.client) == nil)
            let gone = try await setup.client.delete(
                Self.configMaps, namespace: "n", name: "a", options: .init(uid: nil, resourceVersion: nil), class: .managed)
            #expect(!gone)
        }
        for (body, type, code) in [
            ("404 page not found\n", "text/plain", ClientError.Code.kindNotServed), ("<html>", "text/html", .malformedResponse),
            (#"{"kind":"Status","reason":"NotFound","details":{},"code":404}"#, "application/json", .kindNotServed),
        ] {
            try await withClient({ _, _ in FaultAnswer(status: 404, headers: [("content-type", type)], body: Array(body.utf8)) }) {
                setup async throws in
                try await expect(code) { try await get(setup.client) }
                try await expect(code) {
                    try await setup.client.delete(
                        Self.configMaps, namespace: "n", name: "a", options: .init(uid: "u", resourceVersion: nil), class: .managed)
                }
            }
        }
    }

    @Test("redirects are refused, and the credential stays here", arguments: [301, 302, 307, 308])
    func redirects(status: Int) async throws {
        try await FaultServer.with({ _, _ in .json(Self.object) }) { other in
            let target = "http://127.0.0.1:\(other.port)/x"
            try await withClient({ _, _ in .json("", status: status, headers: [("location", target)]) }) { setup async throws in
                let error = try await failure { try await get(setup.client) }
                #expect(error.code == .malformedResponse)
                #expect(error.message.contains("127.0.0.1:\(other.port)"))
                #expect(setup.server.seen.count == 1)
            }
            #expect(other.seen.isEmpty)
        }
    }

    /// Made by gzip -9n.
    private static let gzipped = Array(
        Data(
            base64Encoded:
                "H4sIAAAAAAACAxXJMQqAMAwF0Lv8uYtrV2dX90CjhNK01ChC6d2N63sDWTQhYq16yLlRQwA12blfUtXjWVwKGyUyQhxQKuxOzvl/zAB+rXtav3l+E+qPt1MAAAA="
        ) ?? Data())

    @Test("packed answers are unpacked; a broken pack is an error")
    func gzip() async throws {
        let headers = [("content-type", "application/json"), ("content-encoding", "gzip")]
        try await withClient({ _, _ in FaultAnswer(headers: headers, body: Self.gzipped) }) { setup async throws in
            #expect(try await get(setup.client)?.kind == "ConfigMap")
            #expect(setup.server.seen.first?.headers["accept-encoding"]?.contains("gzip") == true)
        }
        for length in [1, 10, 20, Self.gzipped.count - 9] {
            try await withClient({ _, _ in FaultAnswer(headers: headers, body: Array(Self.gzipped.prefix(length))) }) {
                setup async throws in
                try await expect(.malformedResponse) { try await get(setup.client) }
            }
        }
    }

    @Test("a 401 reads the token file again, once")
    func rotatedToken() async throws {
        try await withScratchDirectory { directory in
            let path = try directory.write("token", "old\n")
            let unauthorized = FaultAnswer.json(
                #"{"kind":"Status","reason":"Unauthorized","message":"Unauthorized","code":401}"#, status: 401)
            try await withClient({ request, _ in request.headers["authorization"] == "Bearer new" ? .json(Self.object) : unauthorized }) {
                $0.credential = .tokenFile(path)
            } _: { setup async throws in
                try await expect(.unauthorized) { try await get(setup.client) }
                #expect(setup.server.seen.count == 2)
                try directory.write("token", "new")
                #expect(try await get(setup.client)?.name == "a")
                #expect(setup.server.seen.map { $0.headers["authorization"] } == ["Bearer old", "Bearer old", "Bearer old", "Bearer new"])
                #expect(try await get(setup.client)?.name == "a")
                #expect(setup.server.seen.count == 5)
            }
        }
    }

    @Test("a 401 with a fixed token is final")
    func wrongToken() async throws {
        try await withClient({ _, _ in .json(#"{"kind":"Status","reason":"Unauthorized","code":401}"#, status: 401) }) {
            setup async throws in
            let error = try await failure { try await get(setup.client) }
            #expect(error.code == .unauthorized)
            #expect(setup.server.seen.count == 1)
        }
    }

    @Test("tokens that cannot be sent are refused here", arguments: ["", " \n", "a b", "a\r\nX-Evil: 1", "é", "a\u{0}"])
    func unsendableTokens(token: String) async throws {
        try await withClient({ _, _ in .json(Self.object) }) {
            $0.credential = .token(token)
        } _: { setup async throws in
            let error = try await failure { try await get(setup.client) }
            #expect(error.code == .configuration)
            #expect(token.isEmpty || !error.message.contains(token) || token == "é")
            #expect(setup.server.seen.isEmpty)
        }
    }

    @Test("whoever is impersonated stands in every request")
    func impersonation() async throws {
        try await withClient({ _, _ in .json(#"{"kind":"ConfigMap","items":[]}"#) }) {
            $0.impersonate = "system:serviceaccount:n:deployer"
            $0.impersonationDetails.groups = ["g1", "g2"]
            $0.impersonationDetails.extra = ["Example.com/Scope": ["s"]]
        } _: { setup async throws in
            _ = try await get(setup.client)
            _ = try await setup.client.list(Self.configMaps, namespace: nil)
            _ = try await apply(setup.client)
            _ = try await setup.client.version()
            for request in setup.server.seen {
                #expect(request.headers["impersonate-user"] == "system:serviceaccount:n:deployer")
                #expect(request.headers["impersonate-group"] == "g1,g2")
                #expect(request.headers["impersonate-extra-example.com%2fscope"] == "s")
            }
            #expect(setup.server.seen.count == 4)
        }
    }

    @Test("printing a client or a connection shows no credential")
    func printing() async throws {
        for credential in [ClusterConnection.Credential.token("secret-token"), .basic(username: "u", password: "secret-token")] {
            try await withClient({ _, _ in .json(Self.object) }) {
                $0.credential = credential
            } _: { setup in
                var text = "\(setup.client) \(setup.client.connection) \(String(reflecting: setup.client.connection)) \(credential)"
                dump(setup.client, to: &text)
                dump(setup.client.connection, to: &text)
                dump(credential, to: &text)
                #expect(!text.contains("secret-token"))
            }
        }
    }

    @Test("basic credentials")
    func basic() async throws {
        try await withClient({ _, _ in .json(Self.object) }) {
            $0.credential = .basic(username: "me", password: "p:w")
        } _: { setup async throws in
            _ = try await get(setup.client)
            #expect(setup.server.seen.first?.headers["authorization"] == "Basic bWU6cDp3")
        }
    }

    @Test("a path prefix of the server stands before every path")
    func prefix() async throws {
        try await withClient({ _, _ in .json(Self.object) }) {
            $0.server += "/k8s/clusters/c-1"
        } _: { setup async throws in
            _ = try await get(setup.client)
            #expect(setup.server.seen.first?.uri == "/k8s/clusters/c-1/api/v1/namespaces/n/configmaps/a")
        }
    }

    @Test("a cancelled request ends at once, as a cancellation")
    func cancellation() async throws {
        try await withClient({ _, _ in FaultAnswer(ending: .silent) }, concurrency: 1) { setup async throws in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do {
                            _ = try await self.get(setup.client)
                            return false
                        } catch { return error is CancellationError }
                    }
                }
                try await Wait.until("a request arrived") { !setup.server.seen.isEmpty }
                group.cancelAll()
                for try await isCancellation in group { #expect(isCancellation) }
            }
        }
    }

    @Test("as many requests are under way as allowed", arguments: [1, 5])
    func concurrency(allowed: Int) async throws {
        // Each answer waits until all of its round are there: with fewer at a time this would never end.
        try await withClient(
            { _, number in
                var answer = FaultAnswer.json(Self.object)
                answer.afterRequests = (number / allowed + 1) * allowed
                return answer
            }, concurrency: allowed
        ) { setup async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<(allowed * 6) { group.addTask { _ = try await self.get(setup.client) } }
                try await group.waitForAll()
            }
            #expect(setup.server.seen.count == allowed * 6)
        }
    }

    @Test("a server of the older kind is asked group by group; one that fails is incomplete")
    func legacyDiscovery() async throws {
        try await withClient({ request, _ in
            switch request.uri {
            case "/api": return FaultAnswer(body: (try? FixtureFile.bytes("discovery/api.legacy.json")) ?? [])
            case "/apis": return FaultAnswer(body: (try? FixtureFile.bytes("discovery/apis.legacy.json")) ?? [])
            case "/apis/storage.k8s.io/v1": return .json("{}", status: 404)
            default:
                let name = "discovery/legacy\(request.uri).json"
                return (try? FixtureFile.bytes(name)).map { FaultAnswer(body: $0) } ?? .json("{}", status: 404)
            }
        }) { setup async throws in
            let legacy = try await setup.client.discovery()
            let aggregated = try DiscoveryTests.aggregated()
            #expect(legacy.incompleteGroups == ["storage.k8s.io"])
            let expected = Set(aggregated.resources.filter { $0.groupVersionKind.group != "storage.k8s.io" })
            #expect(Set(legacy.resources) == expected)
            #expect(legacy[GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")]?.groupVersionKind.version == "v2")
            #expect(setup.client.requestCounts.discovery == setup.server.seen.count)
        }
    }

    @Test("what is no discovery is an error", arguments: ["{}", #"{"kind":"List"}"#, "[]"])
    func noDiscovery(text: String) async throws {
        try await withClient({ _, _ in .json(text) }) { setup async throws in
            try await expect(.malformedResponse) { try await setup.client.discovery() }
        }
    }
}
