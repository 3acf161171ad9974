// What hands do to live objects is recorded with what the API knows of it, and put right once.

import Foundation
import StructuredData
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerDriftTests {
    private static let each: [Hand] = [
        .scale("web", to: 3), .setEnv("web", to: "debug"), .addEnv("web", "EXTRA"), .edit("flags", to: "9"),
        .relabel("flags", to: "back"), .unlabel("flags"), .disown("configmap/flags"), .disown("deployment/web"),
        .delete("configmap/flags"), .delete("deployment/web"), .delete("service/web"),
    ]

    @Test func everyHandIsRecordedAndPutRightOnce() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit([
                "deploy/all.yaml": Manifests.deployment("web") + Manifests.configMap("flags") + Manifests.service("web")
            ])
            try await kept.apply()
            try await kept.applied(commit)
            for (index, hand) in Self.each.enumerated() { try await expectCorrected(kept, hand, episodes: index + 1) }
            #expect(try await kept.status("openDrift") == 0)
            #expect(try await kept.history().count == Self.each.count + 1)
            #expect(try await kept.condition("Drifted").hasPrefix("not NoDrift"))
        }
    }

    /// 200 of them on twenty objects, never five times the same field.
    @Test func twoHundredInARow() async throws {
        try await withController { kept in
            let all =
                (0..<8).map { Manifests.deployment("web-\($0)") } + (0..<8).map { Manifests.configMap("flags-\($0)") }
                + (0..<4).map { Manifests.service("web-\($0)") }
            let commit = try await kept.repository.commit(["deploy/all.yaml": all.joined()])
            try await kept.apply()
            try await kept.applied(commit)
            var hands: [Hand] = []
            for round in 0..<4 {
                for number in 0..<8 {
                    hands += [.scale("web-\(number)", to: round + 1), .setEnv("web-\(number)", to: "debug-\(round)")]
                    hands += [.edit("flags-\(number)", to: "9\(round)")]
                    hands += [round % 2 == 0 ? .relabel("flags-\(number)", to: "back") : .unlabel("flags-\(number)")]
                    hands += [
                        [
                            .addEnv("web-\(number)", "EXTRA"), .disown("configmap/flags-\(number)"), .delete("deployment/web-\(number)"),
                            .delete("configmap/flags-\(number)"),
                        ][round]
                    ]
                    hands += [round % 2 == 0 ? .delete("service/web-\(number % 4)") : .disown("service/web-\(number % 4)")]
                }
            }
            hands += (0..<8).map { .disown("deployment/web-\($0)") }
            #expect(hands.count == 200)
            var times: [(recorded: TimeInterval, corrected: TimeInterval)] = []
            for (index, hand) in hands.enumerated() { times.append(try await expectCorrected(kept, hand, episodes: index + 1)) }
            try await kept.eventually("all is well") { try await kept.status("openDrift") == 0 }
            #expect(try await kept.history().count == hands.count + 1)
            let recorded = Self.p95(times.map(\.recorded)), corrected = Self.p95(times.map(\.corrected))
            print("drift, 200 in a row: p95 recorded \(Self.spoken(recorded)), corrected \(Self.spoken(corrected)) after kubectl's end")
            #expect(recorded < 10 && corrected < 10)
            #expect(try await kept.status("members") == 20)
        }
    }

    private static func p95(_ values: [TimeInterval]) -> TimeInterval { values.sorted()[values.count * 95 / 100] }
    private static func spoken(_ time: TimeInterval) -> String { "\(Int((time * 1000).rounded())) ms" }

    /// Does it, and waits until it is put right.
    /// - Returns: how long after the command's end it was recorded and put right; 0 where that was sooner.
    @discardableResult
    private func expectCorrected(
        _ kept: KeptScenario, _ hand: Hand, episodes: Int
    ) async throws -> (recorded: TimeInterval, corrected: TimeInterval) {
        let begun = Date()
        let done = try await kept.team.cluster.run(
            ["-n", kept.namespace] + hand.command, environment: hand.editor.map { ["KUBE_EDITOR": $0] } ?? [:])
        let ended = Date()
        #expect(done.status == 0, "\(done)")
        var all: [Value] = []
        try await kept.eventually("\(hand.testDescription) (\(hand.command)) is put right") {
            all = try await kept.drift()
            return all.count >= episodes && all.allSatisfy { $0["state"] == "resolved" }
        }
        #expect(all.count == episodes, "\(hand.command): \(all.first ?? .null)")
        let episode = try #require(all.first)
        let text = "\(hand.command): \(String(decoding: JSON.write(episode), as: UTF8.self))"
        #expect(episode["type"]?.string == hand.type, "\(text)")
        #expect(episode["resolution"] == "reverted", "\(text)")
        let fields = episode["fields"]?.array ?? []
        if let path = hand.path {
            #expect(fields.map { $0["path"]?.string } == [path], "\(text)")
            let field = try #require(fields.first, "\(text)")
            #expect(field["live"].flatMap { $0.isNull ? nil : $0 } == hand.live, "\(text)")
            #expect(field["desired"].flatMap { $0.isNull ? nil : $0 } == hand.desired, "\(text)")
            #expect(
                field["manager"]?.string == hand.manager
                    || hand.manager == "unknown" && field["manager"] == "unknown (the API keeps no record)", "\(text)")
            #expect(field["operation"]?.string.flatMap { $0.isEmpty ? nil : $0 } == hand.operation, "\(text)")
            #expect(field["subresource"]?.string == hand.subresource, "\(text)")
            if hand.hasTime {
                let time = try #require(field["time"]?.string.flatMap { Moments.date($0) }, "\(text)")
                // To the second.
                #expect(time >= begun.addingTimeInterval(-1.5) && time <= ended.addingTimeInterval(1.5), "\(text)")
            } else {
                #expect(field["time"]?.string == nil, "\(text)")
            }
        }
        let resolved = try #require(episode["resolvedAt"]?.string.flatMap { Moments.date($0) }, "\(text)")
        let recorded = try #require(episode["id"]?.string.flatMap(Moments.date(ofULID:)), "\(text)")
        return (max(0, recorded.timeIntervalSince(ended)), max(0, resolved.timeIntervalSince(ended)))
    }

    /// With the controllers of the cluster at work.
    @Test(.enabled(if: !isRefereed || APIServer.hasControllers, "needs kube-controller-manager"))
    func aPodsDeletionIsNoDriftItsDeploymentsIs() async throws {
        try await withController(controllers: true) { kept in
            let commit = try await kept.repository.commit(["deploy/web.yaml": Manifests.deployment("web", replicas: 2)])
            try await kept.apply()
            try await kept.applied(commit)
            var pods: [String] = []
            func list() async throws -> [String] {
                let answer = try await kept.team.kubectl("get", "pods", "-l", "app=web", "-o", "json")
                return try answer.json()["items"]?.array?.filter { $0.at("metadata", "deletionTimestamp") == nil }
                    .compactMap { $0.at("metadata", "name")?.string } ?? []
            }
            try await kept.eventually("there are two pods") {
                pods = try await list()
                return pods.count == 2
            }
            try await kept.kubectl("delete", "pod", pods[0], "--wait=false", "--grace-period=0", "--force")
            try await kept.eventually("another pod is there") {
                let now = try await list()
                return now.count == 2 && !now.contains(pods[0])
            }
            #expect(try await kept.drift() == [])
            #expect(try await kept.history().count == 1)
            let uid = try await kept.uid("deployment/web")
            try await kept.kubectl("delete", "deployment/web", "--wait=false")
            try await kept.eventually("the Deployment is back") {
                let now = try await kept.uid("deployment/web")
                return now != nil && now != uid
            }
            try await kept.eventually("it is told") { try await kept.drift().first?["resolution"] == "reverted" }
            #expect(try await kept.drift().map { $0["type"] } == ["deleted"])
        }
    }

    /// One object that may not be read keeps neither drift nor commits from the others.
    @Test func anObjectThatMayNotBeReadHoldsNobodyUp() async throws {
        let isRefusing = Mutex(false)
        try await withController(answering: { method, target in
            guard method == "GET", target.hasSuffix("/configmaps/secretive"), isRefusing.withLock({ $0 }) else { return nil }
            return Refusal.answer
        }) { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "1"), "deploy/secretive.yaml": Manifests.configMap("secretive", "1"),
                "deploy/gone.yaml": Manifests.configMap("gone"), "deploy/service.yaml": Manifests.service("gone"),
            ])
            try await kept.apply()
            try await kept.applied(first)
            isRefusing.withLock { $0 = true }
            try await kept.kubectl("patch", "configmap/secretive", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.ready("not Partial: ")
            let said = try await kept.condition()
            #expect(said.contains("secretive") && said.contains("a test says no"), "\(said)")
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/a", "data", "level") == "1" }
            #expect(try await kept.drift().map { $0["type"] } == ["modified"])
            // Nothing of its kind is deleted meanwhile.
            try kept.repository.remove("deploy/gone.yaml")
            let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
            try await kept.eventually("the commit is applied") { try await kept.live("configmap/a", "data", "level") == "2" }
            try await kept.ready("not Partial: main@sha1:\(second)")
            #expect(try await kept.live("configmap/gone") != nil)
            isRefusing.withLock { $0 = false }
            try await kept.annotate("app", "reconcile.belay.dev/requestedAt=2026-01-01T00:00:00.001Z")
            try await kept.applied(second)
            #expect(try await kept.live("configmap/secretive", "data", "level") == "1")
            #expect(try await kept.live("configmap/gone") == nil)
        }
    }

    /// No watch shows an object that lost its label: as long as it stays so, it is looked at from time to time.
    @Test func whatLostItsLabelIsLookedAtAgain() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply("app", "drift: {policy: Report}")
            try await kept.applied(first)
            try await kept.kubectl("label", "configmap/a", "applyset.kubernetes.io/part-of-")
            try await kept.eventually("it is told") { try await kept.drift().contains { $0["type"] == "unlabelled" } }
            try await kept.kubectl("delete", "configmap/a")
            try await kept.eventually("its end is told") { try await kept.drift().contains { $0["type"] == "deleted" } }
            try await kept.eventually("it is missing") { try await kept.status("health") == "missing" }
        }
    }
}

extension Moments {
    /// When a ULID was made.
    static func date(ofULID text: String) -> Date? {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        var milliseconds = 0
        for character in text.prefix(10) {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            milliseconds = milliseconds << 5 | digit
        }
        return Date(timeIntervalSince1970: TimeInterval(milliseconds) / 1000)
    }
}
