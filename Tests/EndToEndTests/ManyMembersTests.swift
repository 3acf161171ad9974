// W15: a set of 5,000 members, whose inventory would not fit into one ConfigMap if it named them.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.recordable) struct ManyMembersTests {
    private static let count = 5000

    /// One file of a hundred ConfigMaps.
    private static func file(_ index: Int, leavingOut: Int? = nil, changing: Int? = nil) -> String {
        (0..<100).map { index * 100 + $0 }.filter { $0 != leavingOut }.map { number in
            """
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings-of-the-service-with-number-\(number)
            data: {number: "\(number)", level: "\(number == changing ? "debug" : "info")"}

            """
        }.joined()
    }

    /// How often each was sent; writes of the parent apart, since the lease's renewals among them depend on the time.
    private func requests(_ team: Scenario, _ body: () async throws -> Void) async throws -> (others: [String: Int], writes: Int) {
        var counts: [String: Int] = [:]
        for request in try await team.cluster.requests(of: "belay", during: body) where !["/api", "/apis"].contains(request.path) {
            let line = request.line(in: team.namespace)
            counts[line.replacing(#/-number-\d+/#, with: "-N"), default: 0] += 1
        }
        let writes = counts.removeValue(forKey: "update configmaps/belay-app") ?? 0
        return (counts, writes)
    }

    /// A renewal every ten seconds, beside those that the run itself makes.
    private func most(_ own: Int, in time: Duration) -> ClosedRange<Int> { own...(own + Int(time.components.seconds / 10)) }

    /// What is said of 5,000 members fills megabytes.
    private static let recording = Recording(
        "w15-five-thousand-members",
        "A set of 5,000 members, applied, left as it is and changed; only what is asked about its parent and its namespace is kept."
    ) { method, target in
        let path = target.prefix { $0 != "?" }.split(separator: "/")
        return path.contains("belay-app") || path.count <= 4 || method == "POST" && path.last == "configmaps"
    }

    @Test func w15FiveThousandMembers() async throws {
        try await withScenario(recording: Self.recording) { team in
            var files: [String: String] = [:]
            for index in 0..<(Self.count / 100) { files["deploy/part-\(index).yaml"] = Self.file(index) }
            try await team.repository.commit(files)
            let object = "configmaps/settings-of-the-service-with-N"

            var result: ProgramResult?
            let clock = ContinuousClock()
            var sent: (others: [String: Int], writes: Int) = ([:], 0)
            let first = try await clock.measure { sent = try await requests(team) { result = try await team.belay("apply") } }
            #expect(result?.status == 0, "\(result?.errors.suffix(2000) ?? "")")
            #expect(
                sent.others == [
                    "get configmaps/belay-app 404": 1, "get namespaces/\(team.namespace) 404": 1, "create namespaces/\(team.namespace)": 1,
                    "create configmaps/belay-app": 1, "apply \(object)": Self.count,
                ])
            #expect(most(1, in: first).contains(sent.writes), "\(sent.writes) writes of the parent in \(first)")

            let second = try await clock.measure {
                sent = try await requests(team) { result = try await team.onAnotherMachine().belay("apply") }
            }
            #expect(result?.status == 0, "\(result?.errors.suffix(2000) ?? "")")
            #expect(sent.others == ["get configmaps/belay-app": 1, "list configmaps": Self.count / 500] && sent.writes == 0)

            // One changes and one goes; all others stay unasked.
            try await team.repository.commit(["deploy/part-7.yaml": Self.file(7, leavingOut: 777, changing: 700)])
            var report: Value = .null
            let third = try await clock.measure { sent = try await requests(team) { report = try await team.report("apply").json } }
            #expect(
                sent.others == [
                    "get configmaps/belay-app": 2, "list configmaps": Self.count / 500, "apply \(object) (dry-run)": 1,
                    "apply \(object)": 1, "get \(object)": 1, "delete \(object)": 1, "get \(object) 404": 1,
                ])
            #expect(most(2, in: third).contains(sent.writes), "\(sent.writes) writes of the parent in \(third)")
            #expect(report.at("counts", "unchanged")?.int == Int64(Self.count - 2))
            #expect(operations(report, "configure").count == 1 && operations(report, "prune").count == 1)

            let parent = try #require(try await team.object("configmap/belay-app"))
            let size = JSON.write(parent).count
            #expect(size < 1 << 20, "the parent has \(size) bytes")
            #expect(parent.at("metadata", "annotations", "belay.dev/further-records") == nil)
            print("5,000 members: first \(first), unchanged \(second), one changed and one pruned \(third), parent \(size) bytes")
            _ = try await team.cluster.kubectl("delete", "namespace", team.namespace, "--wait=false")
        }
    }
}
