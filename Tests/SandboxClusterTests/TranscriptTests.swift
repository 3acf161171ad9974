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

    @Test func transcriptsCanBeReadAndThoseLeftOutAreNamed() throws {
        #expect(Self.requests.count >= 15)
        for folder in ["sandbox", "cases"] {
            let all = try Transcript.all(in: Self.transcripts.appendingPathComponent(folder))
            #expect(all.allSatisfy { !$0.steps.isEmpty })
            for transcript in all where !Self.missing(transcript).isEmpty {
                print("left out: \(transcript), the sandbox has no \(Self.missing(transcript).joined(separator: ", "))")
            }
        }
    }

    @Test(arguments: 1...23) func everyCaseHasATranscript(_ number: Int) {
        let prefix = "w\(number < 10 ? "0" : "")\(number)-"
        #expect(Self.cases.contains { $0.name.hasPrefix(prefix) }, "there is none whose name begins with \(prefix)")
    }

    @Test func everyScriptOfACaseHasItsTranscript() throws {
        let scripts = try CaseScript.all(in: Self.transcripts.deletingLastPathComponent().appendingPathComponent("Cases"))
            .filter { $0.name.hasPrefix("w") }
        #expect(scripts.count >= 40)
        for script in scripts {
            let transcript = Self.cases.first { $0.name == script.name }
            #expect(transcript != nil, "\(script) was not recorded")
            #expect(transcript?.needs == script.needs, "\(script) has other needs than its transcript")
        }
    }

    /// What a transcript needs that the sandbox has not.
    private static func missing(_ transcript: Transcript) -> [String] {
        transcript.needs.intersection(CaseScript.Need.notInSandbox).map(\.rawValue).sorted()
    }

    @Test(arguments: requests + cases.filter { missing($0).isEmpty })
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
