// Whether a controller works in the cluster, told from its Lease: without one a status is as old as its controller's end.

import KubernetesClient
import KubernetesModel
package import StructuredData

/// No controller holds the lease, as far as anybody who may read it can tell.
package struct ControllerAbsence: Sendable, Equatable {
    /// When the lease was renewed last; nil where it does not say.
    package var since: String?
    /// Controllers for parts of a cluster have leases elsewhere: it is said which one this is.
    private let lease: String

    /// Clocks of two machines differ, and a renewal may be late.
    private static let grace = 15.0
    private static let leases = APIResource(
        groupVersionKind: GroupVersionKind(group: "coordination.k8s.io", version: "v1", kind: "Lease"), resource: "leases", namespaced: true
    )

    /// - Returns: nil where the lease is held.
    package init?(_ lease: Value, now: Double) {
        let spec = lease["spec"]
        let renewed = spec?["renewTime"]?.string.map { Printable.shortened($0, to: 40) }
        let isHeld = spec?["holderIdentity"]?.string.map { !$0.isEmpty } ?? false
        if isHeld {
            // A time that cannot be read says nothing.
            guard let last = renewed.flatMap(Moment.seconds) else { return nil }
            let stands = Double(spec?["leaseDurationSeconds"]?.int ?? 15)
            guard now - last > stands + Self.grace else { return nil }
        }
        since = renewed
        let object = Unstructured(lease)
        self.lease = Printable.shortened("\(object.namespace ?? "")/\(object.name)", to: 330)
    }

    /// Asks for the lease where `belay controller` puts it.
    /// - Returns: nil where one is held, and where there is none or it may not be read: then nothing is known.
    static func look(_ client: KubernetesClient, now: Double) async -> ControllerAbsence? {
        var found: ControllerAbsence?
        for namespace in [Installation.defaultNamespace, "default"] {
            let lease: Unstructured?
            do {
                lease = try await client.get(leases, namespace: namespace, name: "belay-controller")
            } catch {
                return nil
            }
            guard let lease else { continue }
            guard let absence = ControllerAbsence(lease.value, now: now) else { return nil }
            found = found ?? absence
        }
        return found
    }

    /// Says so on standard error where there is none.
    static func tell(_ client: KubernetesClient, _ invocation: Invocation) async {
        let now = invocation.now()
        guard let absence = await look(client, now: now) else { return }
        invocation.console.warn(absence.text(now: now))
    }

    package func text(now: Double) -> String {
        guard let since else { return "no controller holds the lease (\(lease)); what follows is as its last one left it" }
        return "no controller holds the lease since \(since) (\(Moment.ago(since, now: now)), \(lease)); what follows is as of then"
    }

    /// What to do about it.
    package static let hint =
        "no controller is running: start belay controller, or look at kubectl -n \(Installation.defaultNamespace) get pods"
}
