// One controller at a time: a Lease of coordination.k8s.io, taken, renewed and given back.

package import FoundationEssentials
package import KubernetesClient
import KubernetesModel
import StructuredData

/// Another process holds the lease by now, or it could not be renewed in time: nothing more may be written.
package struct LeaseLost: Error, CustomStringConvertible {
    package var description: String
}

/// The right to be the one that works, held by one process of several.
///
/// Whether another holder is dead is judged by this process's own clock: its lease must have stood still for as long as it was taken for
/// (as client-go does, so that clocks need not agree).
package struct LeaderLease: Sendable {
    private static let leases = APIResource(
        groupVersionKind: GroupVersionKind(group: "coordination.k8s.io", version: "v1", kind: "Lease"), resource: "leases", namespaced: true
    )

    private static let margin = Duration.seconds(2)

    private let client: KubernetesClient
    private let namespace: String
    private let name: String
    private let identity: String
    private let duration: Duration
    private let renewal: Duration
    private let time: WorkTime
    private let patience: WorkTime
    private let date: @Sendable () -> Date

    /// - Parameters:
    ///   - identity: of this process, another one at each start: who starts again waits until its dead self's lease has ended.
    ///   - duration: how long the lease stands without being renewed, whole seconds.
    ///   - renewal: how often it is renewed; well below `duration`.
    ///   - patience: by which the answer to a renewal is waited for; apart from `time` for tests, where a request takes none of that.
    ///   - date: the time that others read on the lease.
    package init(
        client: KubernetesClient, namespace: String, name: String, identity: String, duration: Duration = .seconds(15),
        renewal: Duration = .seconds(5), time: WorkTime = .system, patience: WorkTime = .system,
        date: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
        self.namespace = namespace
        self.name = name
        self.identity = identity
        self.duration = duration
        self.renewal = renewal
        self.time = time
        self.patience = patience
        self.date = date
    }

    /// Waits until the lease is ours, runs `body` while it is renewed, then gives it back.
    ///
    /// - Parameters:
    ///   - waiting: told who holds it, once for each holder.
    ///   - lost: called at once when the lease is lost, before `body` is cancelled.
    /// - Throws: ``LeaseLost``, after `body` was cancelled and has ended; `ClientError` where the lease may not be read or written at all;
    ///   `CancellationError`; what `body` throws.
    package func holding<R: Sendable>(
        waiting: (String) -> Void = { _ in }, lost: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let held = try await acquire(waiting)
        let ended: Result<R, any Error>
        do {
            ended = .success(try await keep(held, lost: lost, during: body))
        } catch let lost as LeaseLost {
            throw lost
        } catch {
            ended = .failure(error)
        }
        await release()
        return try ended.get()
    }

    // MARK: Taking

    private func acquire(_ waiting: (String) -> Void) async throws -> Unstructured {
        // The other's lease as it was seen last, and since when it has not changed.
        var seen: (version: String, since: Duration)?
        var told = ""
        while true {
            try Task.checkCancellation()
            do {
                guard let live = try await client.get(Self.leases, namespace: namespace, name: name) else {
                    return try await client.create(Self.leases, body: body(over: nil), fieldManager: "belay", class: .lease).object
                }
                let holder = live.value.at("spec", "holderIdentity")?.string ?? ""
                let version = live.resourceVersion ?? ""
                if seen?.version != version { seen = (version, time.now()) }
                let stands = Duration.seconds(live.value.at("spec", "leaseDurationSeconds")?.int ?? duration.components.seconds)
                if holder.isEmpty || holder.hasSameBytes(as: identity) || time.now() - (seen?.since ?? .zero) >= stands {
                    return try await client.update(Self.leases, body: body(over: live), fieldManager: "belay", class: .lease).object
                }
                if told != holder { waiting(holder) }
                told = holder
            } catch let error as ClientError where error.code == .conflict || error.code == .alreadyExists || error.isTransient {
                // Another one was faster, or the server is away: look again.
            }
            await time.sleep(min(renewal, .seconds(2)))
        }
    }

    // MARK: Keeping

    private func keep<R: Sendable>(
        _ held: Unstructured, lost: @escaping @Sendable () -> Void, during body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let work = Task { try await body() }
        // Of its own: who is told to stop has still to bring to an end what is under way, and nobody else may begin meanwhile.
        let renewal = Task {
            do {
                try await renew(held)
            } catch {
                lost()
                work.cancel()
                throw error
            }
        }
        let ended = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        renewal.cancel()
        if case .failure(let loss) = await renewal.result { throw loss }
        return try ended.get()
    }

    /// Renews until the task is cancelled.
    private func renew(_ held: Unstructured) async throws {
        var held = held
        var renewed = time.now()
        var pause = renewal
        var trouble = "no answer came"
        while !Task.isCancelled {
            await time.sleep(pause)
            if Task.isCancelled { return }
            // Others count from when they saw the renewal: what is under way has this long to end before one of them may begin.
            let left = duration - LeaderLease.margin - (time.now() - renewed)
            guard left > .zero else {
                throw LeaseLost(description: "the lease \(namespace)/\(name) could not be renewed in time: \(trouble)")
            }
            let begun = time.now()
            do {
                // An answer that does not come is a failure as well, long before the request's own deadline.
                let current = held
                let answer = try await within(left) {
                    do {
                        return try await client.update(Self.leases, body: body(over: current), fieldManager: "belay", class: .lease).object
                    } catch let error as ClientError where error.code == .conflict || error.code == .notFound {
                        return try await reread()
                    }
                }
                guard let answer else {
                    throw LeaseLost(description: "the lease \(namespace)/\(name) could not be renewed in time: \(trouble)")
                }
                // Read again after a conflict it is not renewed yet.
                let isRenewed = answer.value.at("spec", "renewTime") != current.value.at("spec", "renewTime")
                held = answer
                if isRenewed { renewed = begun }
                pause = isRenewed ? renewal : min(renewal, .seconds(1))
            } catch is CancellationError {
                return
            } catch let error as ClientError {
                trouble = error.message
                pause = min(renewal, .seconds(1))
            }
        }
    }

    /// - Returns: nil where `body` took longer; it is cancelled then.
    /// - Throws: what `body` throws; `CancellationError`.
    private func within<R: Sendable>(_ limit: Duration, _ body: @escaping @Sendable () async throws -> R) async throws -> R? {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await patience.sleep(limit)
                // A sleep that was cut short is no end of patience.
                try Task.checkCancellation()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func reread() async throws -> Unstructured {
        guard let live = try await client.get(Self.leases, namespace: namespace, name: name) else {
            throw LeaseLost(description: "the lease \(namespace)/\(name) was deleted")
        }
        let holder = live.value.at("spec", "holderIdentity")?.string ?? ""
        guard holder.hasSameBytes(as: identity) else {
            throw LeaseLost(description: "the lease \(namespace)/\(name) is held by \(holder.isEmpty ? "nobody" : holder) by now")
        }
        return live
    }

    // MARK: Giving back

    /// So that the next one need not wait; where that fails it waits.
    private func release() async {
        await Task {
            guard var live = try? await client.get(Self.leases, namespace: namespace, name: name),
                live.value.at("spec", "holderIdentity")?.string == identity
            else { return }
            live.value.set("", at: ["spec", "holderIdentity"])
            _ = try? await client.update(Self.leases, body: live.value, fieldManager: "belay", class: .lease)
        }.value
    }

    private func body(over live: Unstructured?) -> Value {
        let now = Value.string(LeaderLease.microTime(date()))
        var body =
            live?.value ?? [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": ["name": .string(name), "namespace": .string(namespace)],
            ]
        let isOurs = live?.value.at("spec", "holderIdentity")?.string == identity
        if !isOurs {
            let transitions = live?.value.at("spec", "leaseTransitions")?.int ?? 0
            body.set(.int(live == nil ? 0 : transitions.addingReportingOverflow(1).partialValue), at: ["spec", "leaseTransitions"])
            body.set(now, at: ["spec", "acquireTime"])
        }
        body.set(.string(identity), at: ["spec", "holderIdentity"])
        body.set(.int(duration.components.seconds), at: ["spec", "leaseDurationSeconds"])
        body.set(now, at: ["spec", "renewTime"])
        return body
    }

    /// With six digits after the second, which is how the API server reads a MicroTime and no otherwise.
    private static func microTime(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)).dropLast() + "000Z"
    }
}
