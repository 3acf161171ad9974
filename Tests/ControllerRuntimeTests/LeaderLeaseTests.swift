// Who may work: one process of several, and the next one when it is gone.

import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import SandboxCluster
import StructuredData
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct LeaderLeaseTests {
    private static let leases = APIResource(
        groupVersionKind: GroupVersionKind(group: "coordination.k8s.io", version: "v1", kind: "Lease"), resource: "leases", namespaced: true
    )

    /// What happens, in its order.
    private final class Diary: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func withClient(_ body: (KubernetesClient) async throws -> Void) async throws {
        let server = SandboxServer(controllers: false)
        let address = try await server.start()
        do {
            let connection = try ClusterConnection.load(untrusted: Array(address.kubeconfigYAML.utf8), source: "the sandbox")
            try await KubernetesClient.with(connection, body)
            await server.shutdown()
        } catch {
            await server.shutdown()
            throw error
        }
    }

    private func lease(_ client: KubernetesClient, _ identity: String, _ clock: ManualTime) -> LeaderLease {
        LeaderLease(
            client: client, namespace: "default", name: "belay", identity: identity, time: clock.time,
            // A renewal that says the same as the one before would leave the lease's resourceVersion as it was.
            date: { Date(timeIntervalSince1970: 1_800_000_000 + clock.time.now() / .seconds(1)) })
    }

    private func holder(_ client: KubernetesClient) async throws -> String? {
        try await client.get(Self.leases, namespace: "default", name: "belay")?.value.at("spec", "holderIdentity")?.string
    }

    /// Moves the clock whenever somebody sleeps, until `condition` holds.
    /// - Parameter sleepers: how many must sleep before time goes on: a request that is under way takes none.
    private func pass(_ clock: ManualTime, sleepers: Int = 1, until condition: () async throws -> Bool) async throws {
        while try await !condition() {
            try Task.checkCancellation()
            if clock.sleeping >= sleepers { clock.advance(by: .seconds(1)) }
            await Task.yield()
        }
    }

    @Test func aFreeLeaseIsTakenAndGivenBack() async throws {
        try await withClient { client in
            let clock = ManualTime()
            let result = try await lease(client, "one", clock).holding {
                let spec = try await client.get(Self.leases, namespace: "default", name: "belay")?.value["spec"]
                #expect(spec?["holderIdentity"] == "one")
                #expect(spec?["leaseDurationSeconds"] == 15)
                #expect(spec?["renewTime"] == "2027-01-15T08:00:00.000000Z")
                return 7
            }
            #expect(result == 7)
            #expect(try await holder(client) == "")
        }
    }

    @Test func theSecondWaitsUntilTheFirstGivesItBack() async throws {
        try await withClient { client in
            let clock = ManualTime(), diary = Diary()
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let first = Task {
                try await lease(client, "one", clock).holding {
                    diary.add("one works")
                    for await _ in gate {}
                    diary.add("one is done")
                }
            }
            await turn { diary.all == ["one works"] }
            let second = Task {
                try await lease(client, "two", clock).holding(waiting: { diary.add("two waits for \($0)") }) { diary.add("two works") }
            }
            await turn { diary.all.count == 2 }
            // Far beyond the lease's length: it is renewed all the time.
            try await pass(clock, sleepers: 2) { clock.time.now() > .seconds(60) || diary.all.count > 2 }
            #expect(diary.all == ["one works", "two waits for one"])
            open.finish()
            try await pass(clock) { diary.all.count == 4 }
            try await first.value
            try await second.value
            #expect(diary.all == ["one works", "two waits for one", "one is done", "two works"])
        }
    }

    /// What is under way when a controller is told to stop may take long; nobody else begins before it is done.
    @Test func whoIsToldToStopKeepsItUntilAllIsDone() async throws {
        try await withClient { client in
            let clock = ManualTime(), diary = Diary()
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let first = Task {
                try await lease(client, "one", clock).holding {
                    diary.add("one works")
                    // Of its own, so that it is not cancelled.
                    await Task { for await _ in gate {} }.value
                    diary.add("one is done")
                }
            }
            await turn { diary.all == ["one works"] }
            first.cancel()
            let second = Task {
                try await lease(client, "two", clock).holding(waiting: { diary.add("two waits for \($0)") }) { diary.add("two works") }
            }
            try await pass(clock, sleepers: 2) { clock.time.now() > .seconds(60) || diary.all.contains("two works") }
            #expect(diary.all == ["one works", "two waits for one"])
            open.finish()
            try await pass(clock) { diary.all.contains("two works") }
            try? await first.value
            try await second.value
            #expect(diary.all == ["one works", "two waits for one", "one is done", "two works"])
        }
    }

    @Test func whoDiesIsFollowedWhenTheLeaseHasStoodStill() async throws {
        try await withClient { client in
            let clock = ManualTime(), diary = Diary()
            let dead: Value = [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "belay", "namespace": "default"],
                "spec": ["holderIdentity": "dead", "leaseDurationSeconds": 15, "renewTime": "2099-01-01T00:00:00.000000Z"],
            ]
            _ = try await client.create(Self.leases, body: dead, fieldManager: "test", class: .lease)
            let next = Task {
                try await lease(client, "next", clock).holding(waiting: { diary.add("waits for \($0)") }) { diary.add("works") }
            }
            try await pass(clock) { diary.all.contains("works") }
            try await next.value
            #expect(diary.all == ["waits for dead", "works"])
            // Not sooner: the clock of the other one does not count, the standing still does.
            #expect(clock.time.now() >= .seconds(15))
            let transitions = try await client.get(Self.leases, namespace: "default", name: "belay")?.value.at("spec", "leaseTransitions")
            #expect(transitions == 1)
        }
    }

    /// A server that takes every renewal and says nothing, to one that has the lease and works until it is stopped.
    private func withSilentRenewals(
        _ body: (_ work: Task<Void, any Error>, _ diary: Diary, _ patience: ManualTime) async throws -> Void
    ) async throws {
        let lease = """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
             "metadata": {"name": "belay", "namespace": "default", "resourceVersion": "1"}, "spec": {"holderIdentity": "one"}}
            """
        let absent = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404,
             "details": {"name": "belay", "group": "coordination.k8s.io", "kind": "leases"}}
            """
        try await FaultServer.with({ request, _ in
            switch request.method {
            case "GET": .json(absent, status: 404)
            case "POST": .json(lease, status: 201)
            default: FaultAnswer(ending: .silent)
            }
        }) { server in
            try await KubernetesClient.with(ClusterConnection(server: "http://127.0.0.1:\(server.port)")) { client in
                let clock = ManualTime(), patience = ManualTime(), diary = Diary()
                let work = Task {
                    try await LeaderLease(
                        client: client, namespace: "default", name: "belay", identity: "one", time: clock.time, patience: patience.time
                    ).holding(lost: { diary.add("lost") }) {
                        diary.add("works")
                        let (never, end) = AsyncStream.makeStream(of: Void.self)
                        for await _ in never {}
                        end.finish()
                    }
                }
                try await pass(clock) { server.seen.contains { $0.method == "PUT" } }
                await turn { patience.sleeping > 0 }
                #expect(diary.all == ["works"])
                try await body(work, diary, patience)
            }
        }
    }

    /// It is no reason to go on beside the next one.
    @Test func aRenewalWithoutAnAnswerIsALoss() async throws {
        try await withSilentRenewals { work, diary, patience in
            patience.advance(by: .seconds(10))
            await #expect(throws: LeaseLost.self) { try await work.value }
            #expect(diary.all == ["works", "lost"])
        }
    }

    /// Who is stopped while a renewal is under way has lost nothing.
    @Test func anEndAmidARenewalIsNoLoss() async throws {
        try await withSilentRenewals { work, diary, _ in
            work.cancel()
            try? await work.value
            #expect(diary.all == ["works"])
        }
    }

    @Test(arguments: ["taken", "deleted"]) func whoLosesItStops(_ how: String) async throws {
        try await withClient { client in
            let clock = ManualTime(), diary = Diary()
            let work = Task {
                try await lease(client, "one", clock).holding {
                    diary.add("works")
                    let (never, end) = AsyncStream.makeStream(of: Void.self)
                    for await _ in never {}
                    end.finish()
                    diary.add(Task.isCancelled ? "was stopped" : "ended by itself")
                }
            }
            await turn { diary.all == ["works"] }
            if how == "deleted" {
                _ = try await client.delete(
                    Self.leases, namespace: "default", name: "belay", options: .init(uid: nil, resourceVersion: nil), class: .lease)
            } else {
                var live = try #require(try await client.get(Self.leases, namespace: "default", name: "belay"))
                live.value.set("two", at: ["spec", "holderIdentity"])
                _ = try await client.update(Self.leases, body: live.value, fieldManager: "test", class: .lease)
            }
            try await pass(clock) { diary.all.count == 2 }
            await #expect(throws: LeaseLost.self) { try await work.value }
            #expect(diary.all == ["works", "was stopped"])
            #expect(try await holder(client) == (how == "deleted" ? nil : "two"))
        }
    }
}
