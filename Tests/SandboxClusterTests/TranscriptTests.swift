// What a real API server answered, asked again of the sandbox.

import StructuredData
import Testing

@testable import SandboxCluster

@Suite struct TranscriptTests {
    @Test func thereAreTranscripts() {
        #expect(Transcript.all.count >= 15)
        #expect(Transcript.all.allSatisfy { !$0.steps.isEmpty })
    }

    @Test(arguments: Transcript.all)
    func sandboxAnswersAsTheRealServerDid(_ transcript: Transcript) async {
        let hub = WatchHub()
        var cluster = Cluster(options: Cluster.Options(hasControllers: false), hub: hub)
        var answers: [Value] = []
        var normalise = Normaliser()
        for (number, step) in transcript.steps.enumerated() {
            let request = Transcript.filled(step.request, answers)
            let response = cluster.answer(TranscriptTests.wire(request)).response
            var body = await TranscriptTests.body(of: response, hub)
            // What a watch answers was recorded by lines.
            if request.at("query", "watch") != nil, body.array == nil { body = [body] }
            answers.append(body)
            var have: Value = ["status": .int(Int64(response.code)), "body": normalise(body)]
            let warnings = response.headers.filter { $0.name == "warning" }.map(\.value).sorted()
            if !warnings.isEmpty { have.set(.array(warnings.map { .string($0) }), at: ["warnings"]) }
            var want = step.answer
            if step.isLoose {
                have = TranscriptTests.gist(have)
                want = TranscriptTests.gist(want)
            }
            let found = differences(want, have)
            let label =
                "\(transcript.name) step \(number), \(step.about): \(request["method"]?.string ?? "") \(request["path"]?.string ?? "")"
            #expect(found.isEmpty, "\(label)\n    \(found.prefix(8).joined(separator: "\n    "))")
        }
    }

    /// As the real server has it: a claim's template is a volume to mount, what is neither is refused.
    @Test(arguments: [("data", 201), ("nowhere", 422)])
    func aStatefulSetMountsItsClaims(_ mount: String, _ status: Int) throws {
        var cluster = Cluster(options: Cluster.Options(hasControllers: false), hub: WatchHub())
        let set = try YAML.read(
            Array(
                """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db}
                spec:
                  serviceName: db
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      containers: [{name: db, image: db, volumeMounts: [{name: \(mount), mountPath: /data}]}]
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """.utf8), file: "db.yaml")
        let request: Value = [
            "method": "POST", "path": "/apis/apps/v1/namespaces/default/statefulsets", "body": try #require(set.first?.value),
        ]
        #expect(cluster.answer(TranscriptTests.wire(request)).response.code == status)
    }

    private static func gist(_ answer: Value) -> Value {
        ["status": answer["status"] ?? .null, "reason": answer.at("body", "reason") ?? .null]
    }

    static func wire(_ request: Value) -> WireRequest {
        var headers = [
            "user-agent": request["userAgent"]?.string ?? "tester/1.0", "accept": request["accept"]?.string ?? "application/json",
        ]
        var body: [UInt8] = []
        if let text = request["text"]?.string { body = Array(text.utf8) } else if let value = request["body"] { body = JSON.write(value) }
        if !body.isEmpty { headers["content-type"] = request["contentType"]?.string ?? "application/json" }
        return WireRequest(
            method: request["method"]?.string ?? "", path: request["path"]?.string ?? "",
            query: (request["query"]?.object ?? Object()).map { ($0.key, $0.value.string ?? PathElement.json($0.value)) }, headers: headers,
            body: body)
    }

    /// The body as JSON, as text where it is none, and as the list of its events for a watch.
    private static func body(of response: WireResponse, _ hub: WatchHub) async -> Value {
        switch response.body {
        case .bytes(let bytes, _): return (try? JSON.read(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
        case .watch(let watch):
            hub.close(collection: "configmaps")
            var events: [Value] = []
            for await item in watch.items {
                if case .event(let type, let object) = item { events.append(["type": .string(type), "object": watch.present(object)]) }
            }
            return .array(events)
        }
    }
}
