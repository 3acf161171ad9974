// Health in the controller: told once, fed by the watches, and nobody else waits while a run waits for it.

import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerHealthTests {
    private static let files = [
        "deploy/web.yaml": Manifests.deployment("web"), "deploy/service.yaml": Manifests.service("web"),
        "deploy/a.yaml": Manifests.configMap("a"),
    ]

    /// The finalizer and the marks, then the status: where a controller sees the Deployment a moment after it was made, and where none does.
    @Test(arguments: [true, false]) func aFirstSyncWritesTheApplicationTwice(_ controllers: Bool) async throws {
        try await withController(controllers: controllers) { kept in
            let first = try await kept.repository.commit(Self.files)
            let isSeen = controllers || (kept.team.cluster.isReal && APIServer.hasControllers)
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await kept.apply()
                try await kept.applied(first)
                try await kept.eventually("the health is told") {
                    try await kept.status("health") == (isSeen ? "healthy" : "progressing")
                }
                // What is still to come comes within a second, which is less than the pause between two looks at the repository.
                for number in 1...3 {
                    let head = try await kept.repository.commit(["other/x": "\(number)"])
                    try await kept.eventually("the commit is seen") { kept.controller.log.contains(head) }
                }
            }
            let own = sent.filter { $0.isWrite && $0.resource == "applications" && $0.namespace == kept.namespace }
            // Where the cluster's controllers took longer than a status waits for them, the health has really changed once more.
            let isLate = isSeen && own.count == 3
            #expect(own.map(\.subresource) == ["", "status"] + (isLate ? ["status"] : []))
            #expect(sent.filter { $0.isWrite && ["driftreports", "events"].contains($0.resource) } == [])
        }
    }

    /// While its run waits for health, what hands do to what it applied is put right, and the wait goes on.
    @Test func aRunThatWaitsForHealthLeavesNoDriftStanding() async throws {
        try await withController { kept in
            let front = Manifests.service("front").replacing("spec:", with: "spec:\n  type: LoadBalancer")
            let first = try await kept.repository.commit(["deploy/front.yaml": front, "deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply("app", "health: {wait: true}")
            try await kept.eventually("it waits") { try await kept.condition("Reconciling").hasPrefix("Progressing") }
            for value in ["8", "9"] {
                try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"\#(value)"}}"#)
                try await kept.eventually("the drift is put right", for: .seconds(10)) {
                    try await kept.live("configmap/a", "data", "level") == "1"
                }
            }
            try await kept.kubectl("delete", "configmap/a", "--wait=false")
            try await kept.eventually("it is made again", for: .seconds(10)) {
                try await kept.live("configmap/a", "data", "level") == "1"
            }
            try await kept.eventually("the last run waits, too") {
                let runs = try await kept.history()
                return runs.map { $0["phase"]?.string } == ["waiting", "superseded", "superseded", "superseded"]
            }
            let runs = try await kept.history()
            #expect(runs.prefix(3).allSatisfy { $0["trigger"] == "drift" }, "\(runs)")
            #expect(try await kept.condition().hasPrefix("not Progressing: "))
            let episodes = try await kept.drift()
            #expect(episodes.count == 3 && episodes.allSatisfy { $0["resolution"] == "reverted" }, "\(episodes)")

            // With an address it is healthy, and the commit is applied.
            try await kept.kubectl(
                "patch", "service/front", "--subresource=status", "--type=merge", "-p",
                #"{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"#)
            try await kept.applied(first)
            #expect(try await kept.history().count == 4)
        }
    }

    /// More of them than there are workers.
    @Test func runsThatWaitForHealthHoldNobodyUpAndAskNothing() async throws {
        try await withController { kept in
            let names = (1...20).map { "waits-\($0)" }
            var files = ["deploy/a.yaml": Manifests.configMap("a")]
            // Without an address it is progressing, and nothing here gives it one.
            for name in names {
                files["\(name)/front.yaml"] = Manifests.service(name).replacing("spec:", with: "spec:\n  type: LoadBalancer")
            }
            let first = try await kept.repository.commit(files)
            for name in names { try await kept.apply(name, path: name, "health: {wait: true}") }
            for name in names {
                try await kept.eventually("\(name) waits") { try await kept.condition("Reconciling", of: name).hasPrefix("Progressing") }
            }
            try await kept.apply()
            try await kept.applied(first)
            #expect(try await kept.condition("Reconciling", of: names[0]).hasPrefix("Progressing"))

            let end = ContinuousClock.now.advanced(by: .seconds(6))
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await Wait.until("six seconds have passed") { ContinuousClock.now >= end }
            }
            #expect(sent.filter { $0.resource != "leases" && $0.verb != "watch" } == [])

            // One of them is told by its watch that all is well.
            let healed = try await kept.team.cluster.requests(of: "belay") {
                try await kept.kubectl(
                    "patch", "service/\(names[0])", "--subresource=status", "--type=merge", "-p",
                    #"{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"#)
                try await kept.applied(first, of: names[0])
                #expect(try await kept.status("health", of: names[0]) == "healthy")
            }
            #expect(healed.filter { ["get", "list"].contains($0.verb) } == [])
        }
    }
}
