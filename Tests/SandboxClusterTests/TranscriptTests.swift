// What a real API server answered, asked again of the sandbox.

import Foundation
import StructuredData
import TestSupport
import Testing

@testable import SandboxCluster

@Suite struct TranscriptTests {
    private static let transcripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Transcripts")
    /// Written by hand, request by request.
    static let requests = (try? Transcript.all(in: transcripts.appendingPathComponent("sandbox"))) ?? []
    /// What belay and kubectl said to a real server in a case.
    static let cases = (try? Transcript.all(in: transcripts.appendingPathComponent("cases"))) ?? []

    @Test func thereAreTranscripts() {
        #expect(Self.requests.count >= 15)
        #expect(Self.cases.count >= 20)
        #expect((Self.requests + Self.cases).allSatisfy { !$0.steps.isEmpty })
    }

    @Test(arguments: requests + cases)
    func sandboxAnswersAsTheRealServerDid(_ transcript: Transcript) async {
        let found = await SandboxReplay.differences(transcript)
        #expect(found.isEmpty, "\(found.joined(separator: "\n    "))")
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
        #expect(cluster.answer(SandboxReplay.wire(request)).response.code == status)
    }
}
