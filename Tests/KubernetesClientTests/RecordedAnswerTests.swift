// What a real API server answered to Belay, answered again: the client sends the very requests that were recorded and reads the
// answers as they are.

import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite struct RecordedAnswerTests {
    static let transcripts =
        (try? Transcript.all(
            in: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Transcripts/cases"))) ?? []

    /// Of all W1 to W23, whatever they need of a server: TranscriptTests tells which are there.
    @Test func thereAreTranscripts() {
        #expect(Self.transcripts.count >= 60)
    }

    @Test(arguments: transcripts) func theClientSaysAndHearsTheSame(_ transcript: Transcript) async throws {
        let steps = transcript.steps.filter { $0.request["userAgent"] == "belay/1" }
        #expect(!steps.isEmpty)
        let answers = steps.map { step in
            FaultAnswer(
                status: Int(step.answer["status"]?.int ?? 0),
                headers: [("content-type", "application/json")]
                    + (step.answer["warnings"]?.array ?? []).map { ("warning", $0.string ?? "") },
                body: JSON.write(step.answer["body"] ?? .null))
        }
        try await FaultServer.with({ _, number in answers.indices.contains(number) ? answers[number] : .json("{}", status: 500) }) {
            server in
            let connection = ClusterConnection(server: "http://127.0.0.1:\(server.port)")
            try await KubernetesClient.with(connection) { client in
                for (number, step) in steps.enumerated() {
                    let call = try RecordedCall(step)
                    let failure = await call.differences(with: client)
                    #expect(failure.isEmpty, "\(transcript) step \(number) \(call.summary): \(failure.joined(separator: "\n"))")
                    let seen = try #require(
                        server.seen.count == number + 1 ? server.seen.last : nil, "\(call.summary) sent no or two requests")
                    #expect(call.differences(from: seen).isEmpty, "\(transcript) step \(number): \(call.differences(from: seen))")
                }
            }
        }
    }
}

/// One recorded request of Belay as a call of the client, and what must come of it.
private struct RecordedCall {
    let method: String
    let path: String
    let query: Object
    let contentType: String
    let body: Value?
    let status: Int
    let answer: Value
    private let resource: APIResource
    private let namespace: String?
    private let name: String?

    init(_ step: Transcript.Step) throws {
        method = step.request["method"]?.string ?? ""
        path = step.request["path"]?.string ?? ""
        query = step.request["query"]?.object ?? Object()
        contentType = step.request["contentType"]?.string ?? ""
        body = step.request["body"]
        status = Int(step.answer["status"]?.int ?? 0)
        answer = step.answer["body"] ?? .null
        var parts = path.split(separator: "/").map(String.init)
        let group = parts.first == "apis" ? parts[1] : ""
        parts.removeFirst(parts.first == "apis" ? 2 : 1)
        let version = parts.removeFirst()
        let isNamespaced = parts.first == "namespaces" && parts.count > 2
        namespace = isNamespaced ? parts[1] : nil
        if isNamespaced { parts.removeFirst(2) }
        let plural = try #require(parts.first)
        name = parts.count > 1 ? parts[1] : nil
        var kind =
            [body?["kind"]?.string, answer["kind"]?.string].compactMap { $0 }.first { $0 != "Status" && $0 != "DeleteOptions" } ?? "Kind"
        if name == nil, method == "GET", kind.hasSuffix("List") { kind.removeLast(4) }
        resource = APIResource(
            groupVersionKind: GroupVersionKind(group: group, version: version, kind: kind), resource: plural, namespaced: isNamespaced)
    }

    var summary: String { "\(method) \(path)" }

    /// What the server saw against what was recorded.
    func differences(from seen: SeenRequest) -> [String] {
        let parts = seen.uri.split(separator: "?", maxSplits: 1).map(String.init)
        var asked = Object()
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).removingPercentEncoding
            }
            asked[(words.first ?? nil) ?? ""] = .string((words.count > 1 ? words[1] : nil) ?? "")
        }
        func shown(_ value: Value?) -> Value { value ?? .null }
        let sent: Value = [
            "method": .string(seen.method), "path": .string(parts.first?.removingPercentEncoding ?? ""),
            "query": .object(asked.sortedByKey()),
            "contentType": .string(seen.headers["content-type"] ?? ""),
            "body": seen.body.isEmpty ? .null : (try? JSON.read(Array(seen.body.utf8))) ?? .string(seen.body),
        ]
        let recorded: Value = [
            "method": .string(method), "path": .string(path), "query": .object(query.sortedByKey()), "contentType": .string(contentType),
            "body": shown(body),
        ]
        return TestSupport.differences(recorded, sent)
    }

    /// Calls the client, and tells what it made of the answer otherwise than it should.
    func differences(with client: KubernetesClient) async -> [String] {
        do {
            let object = try await result(of: client)
            if status == 404 { return object == nil ? [] : ["404 is not nothing"] }
            guard 200..<300 ~= status else { return ["\(status) was taken for a success"] }
            return object.map { TestSupport.differences(answer, $0) } ?? ["nothing came of \(status)"]
        } catch let error as ClientError {
            guard !(200..<300 ~= status) else { return ["\(status) was taken for a failure: \(error.message)"] }
            let causes = (answer.at("details", "causes")?.array ?? []).filter { $0["reason"] == "FieldManagerConflict" }
            let wanted = causes.map { ($0["field"]?.string ?? "") + " " + ($0["message"]?.string ?? "") }
            // The server's words: conflict with "NAME" using VERSION.
            let missing = zip(wanted, error.conflicts).filter { !$0.0.hasPrefix($0.1.path + " ") || !$0.0.contains("\"\($0.1.manager)\"") }
            if wanted.count != error.conflicts.count || !missing.isEmpty { return ["conflicts \(error.conflicts), not \(wanted)"] }
            return error.status == nil && answer["kind"] == "Status" ? ["the Status is lost: \(error)"] : []
        } catch {
            return ["\(error)"]
        }
    }

    private func result(of client: KubernetesClient) async throws -> Value? {
        let manager = query["fieldManager"]?.string ?? ""
        let isDryRun = query["dryRun"] == "All"
        switch (method, contentType) {
        case ("GET", _):
            if let name { return try await client.get(resource, namespace: namespace, name: name)?.value }
            let list = try await client.list(
                resource, namespace: namespace, labelSelector: query["labelSelector"]?.string, metadataOnly: query["limit"] == nil)
            // Items of a list carry their kind in the client and, but for custom resources, not on the wire.
            var whole = answer
            let recorded = answer["items"]?.array ?? []
            let items = list.items.enumerated().map { index, item in
                var value = item.value
                if recorded.indices.contains(index), recorded[index]["kind"] != nil { return value }
                value.set(nil, at: ["kind"])
                value.set(nil, at: ["apiVersion"])
                return value
            }
            whole.set(.array(items), at: ["items"])
            return whole
        case ("PATCH", "application/apply-patch+yaml"):
            return try await client.apply(
                resource, body: body ?? .null, fieldManager: manager, force: query["force"] == "true", dryRun: isDryRun, class: .managed
            ).object.value
        case ("PATCH", _):
            return try await client.jsonPatch(
                resource, namespace: namespace, name: name ?? "", patch: body ?? .null, fieldManager: manager, dryRun: isDryRun,
                class: .managed
            ).object.value
        case ("PUT", _):
            return try await client.update(resource, body: body ?? .null, fieldManager: manager, dryRun: isDryRun, class: .own).object.value
        case ("POST", _):
            return try await client.create(resource, body: body ?? .null, fieldManager: manager, dryRun: isDryRun, class: .own).object.value
        default:
            var options = KubernetesClient.DeleteOptions(
                uid: body?.at("preconditions", "uid")?.string, resourceVersion: body?.at("preconditions", "resourceVersion")?.string)
            options.propagation = body?["propagationPolicy"]?.string ?? ""
            return try await client.delete(resource, namespace: namespace, name: name ?? "", options: options, class: .managed)
                ? answer : nil
        }
    }
}
