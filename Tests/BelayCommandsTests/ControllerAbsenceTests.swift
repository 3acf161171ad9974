// With no controller at work the verbs say so: a status looks well for ever.

import BelayCommands
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerAbsenceTests {
    private static let leases = APIResource(
        groupVersionKind: GroupVersionKind(group: "coordination.k8s.io", version: "v1", kind: "Lease"), resource: "leases", namespaced: true
    )

    private static func lease(_ holder: String, _ renewed: Double) -> Value {
        [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["namespace": "default", "name": "belay-controller"],
            "spec": [
                "holderIdentity": .string(holder), "leaseDurationSeconds": 15,
                "renewTime": .string(Moment.text(renewed).dropLast() + "000Z"),
            ],
        ]
    }

    @Test func whatALeaseSays() {
        let now = HandMade.now
        #expect(ControllerAbsence(Self.lease("pod_1", now - 29), now: now) == nil)
        #expect(ControllerAbsence(Self.lease("pod_1", now + 3600), now: now) == nil)
        #expect(ControllerAbsence(Self.lease("pod_1", now - 31), now: now)?.since?.hasPrefix("2026-09-21T14:12:49") == true)
        // Given back in order.
        #expect(ControllerAbsence(Self.lease("", now - 1), now: now) != nil)
        #expect(ControllerAbsence(["spec": ["holderIdentity": "x", "renewTime": "soon"]], now: now) == nil)
        #expect(ControllerAbsence([:], now: now)?.text(now: now).hasPrefix("no controller holds the lease (") == true)
    }

    @Test func whoAsksIsTold() async throws {
        try await ControllerVerbTests().withStage { stage in
            try await stage.make("web")
            #expect(!(await stage.program.run("get").error.contains("no controller")))
            let stale = Self.lease("pod_1", stage.program.now - 300)
            _ = try await stage.client.create(Self.leases, body: stale, fieldManager: "test", class: .managed)
            for line in [["get"], ["status"], ["status", "web"], ["drift", "web"], ["sync", "web", "--no-wait"]] {
                let run = await stage.program.run(words: line)
                #expect(run.error.contains("warning: no controller holds the lease since 20"), "\(line): \(run)")
                #expect(run.error.contains(", default/belay-controller); what follows is as of then"), "\(line): \(run)")
            }
            for line in [["sync", "web", "--timeout", "100ms"], ["wait", "web", "--timeout", "100ms"]] {
                let run = await stage.program.run(words: line)
                #expect(run.status == 3 && run.error.contains("hint: no controller is running: start belay controller"), "\(run)")
                #expect(!run.error.contains("it goes on"))
            }
            let held = try #require(try await stage.client.get(Self.leases, namespace: "default", name: "belay-controller"))
            var fresh = held.value
            fresh.set(Self.lease("pod_2", stage.program.now)["spec"], at: ["spec"])
            _ = try await stage.client.update(Self.leases, body: fresh, fieldManager: "test", class: .managed)
            let run = await stage.program.run("sync", "web", "--timeout", "100ms")
            #expect(run.error.contains("it goes on") && !run.error.contains("no controller"), "\(run)")
        }
    }
}
