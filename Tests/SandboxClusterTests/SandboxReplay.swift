// Asks a sandbox what a real API server was asked, and tells where it answers otherwise.

import StructuredData
import TestSupport

@testable import SandboxCluster

enum SandboxReplay {
    /// - Parameter limit: how many steps with differences are told.
    static func differences(_ transcript: Transcript, limit: Int = 3) async -> [String] {
        let hub = WatchHub()
        var cluster = Cluster(options: Cluster.Options(hasControllers: false), hub: hub)
        var answers: [Value] = []
        var normalise = Normaliser()
        var told: [String] = []
        for (number, step) in transcript.steps.enumerated() where told.count < limit {
            let request = normalise.filled(Transcript.filled(step.request, answers))
            let response = cluster.answer(wire(request)).response
            var body = await self.body(of: response, hub)
            // What a watch answers was recorded by lines.
            if request.at("query", "watch") != nil, body.array == nil { body = [body] }
            answers.append(body)
            // A list's version is compared where it was recorded.
            if step.answer.at("body", "metadata", "resourceVersion") == "" { body.set("", at: ["metadata", "resourceVersion"]) }
            var have: Value = ["status": .int(Int64(response.code)), "body": normalise(body)]
            let warnings = response.headers.filter { $0.name == "warning" }.map(\.value).sorted()
            if !warnings.isEmpty { have.set(.array(warnings.map { .string($0) }), at: ["warnings"]) }
            var want = step.answer
            if step.isLoose {
                have = gist(have)
                want = gist(want)
            }
            let found = TestSupport.differences(want, have)
            guard !found.isEmpty else { continue }
            let label =
                "\(transcript.name) step \(number), \(step.about): \(request["method"]?.string ?? "") \(request["path"]?.string ?? "")"
            told.append("\(label)\n    \(found.prefix(8).joined(separator: "\n    "))")
        }
        return told
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
