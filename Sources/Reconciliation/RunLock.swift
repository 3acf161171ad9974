// The lease of one run on its set: taken with the superset, renewed while the run lasts, released with the records.

import Applying
import FoundationEssentials
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

/// The parent as this run holds it. Writes are made one after another; a conflict is read again and decided by the lease.
actor RunLock: SetHold {
    static let duration: TimeInterval = 30
    static let renewal = Duration.seconds(10)
    private static let attempts = 5

    private let store: ParentStore
    private let run: String
    private var contents: ApplySetParent.Contents
    private var current: Unstructured?
    /// Why the run may write nothing more.
    private(set) var loss: Superseded?
    private var isBusy = false

    init(store: ParentStore, run: String, contents: ApplySetParent.Contents, current: Unstructured?) {
        self.store = store
        self.run = run
        self.contents = contents
        self.current = current
    }

    /// The parent as it was written last.
    var parent: Unstructured? { current }

    private var lease: RunLease { RunLease(run: run, expiry: Timestamp.text(Date().addingTimeInterval(RunLock.duration))) }

    /// Writes the superset with this run's lease.
    ///
    /// - Throws: ``ClientError`` `.conflict` or `.alreadyExists` when the parent is not what the plan was made on any more.
    func acquire() async throws {
        var contents = contents
        contents.lease = lease
        current = try await shieldedWrite(contents, previous: current)
    }

    /// Runs `body` while the lease is renewed.
    nonisolated func holding<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    do { try await Pace.system.sleep(RunLock.renewal) } catch { return }
                    await self.renew()
                }
            }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    /// Renews the lease; a failure that may pass is left to the next time.
    private func renew() async {
        guard loss == nil, !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        var contents = contents
        contents.lease = lease
        do {
            try await write(contents)
        } catch let superseded as Superseded {
            loss = superseded
        } catch {}
    }

    /// Throws when another run has taken over, as far as is known.
    func check() throws(Superseded) {
        if let loss { throw loss }
    }

    /// Nobody reads the ConfigMap while its lease is held.
    func note(_ contents: ApplySetParent.Contents) {}

    /// Reads the parent again: whether the lease is still ours.
    /// - Throws: ``Superseded``, or ``ClientError``.
    func confirm() async throws {
        try check()
        guard
            let live = try await store.client.get(
                ParentStore.configMaps, namespace: store.application.namespace, name: ApplySet.parentName(of: store.application))
        else { return }
        try judge(live)
    }

    /// Writes the final contents and gives the lease back.
    /// - Throws: ``Superseded``, or ``ClientError``.
    func release(_ final: ApplySetParent.Contents) async throws {
        try check()
        var final = final
        final.lease = nil
        contents = final
        try await write(final)
    }

    /// Removes the parent and with it the lease; it may be gone already, with its namespace.
    /// - Throws: ``Superseded``, or ``ClientError``.
    func remove() async throws {
        try check()
        for attempt in 1...RunLock.attempts {
            guard let parent = current else { return }
            do {
                try await store.remove(parent)
                current = nil
                return
            } catch let error as ClientError {
                guard error.code == .conflict || error.isTransient, attempt < RunLock.attempts else { throw error }
                try await reread()
            }
        }
    }

    private func write(_ contents: ApplySetParent.Contents) async throws {
        for attempt in 1...RunLock.attempts {
            do {
                current = try await shieldedWrite(contents, previous: current)
                return
            } catch let error as ClientError {
                switch error.code {
                case .conflict, .alreadyExists, .notFound:
                    guard attempt < RunLock.attempts else { throw error }
                    try await reread()
                case _ where error.isTransient:
                    guard attempt < RunLock.attempts else { throw error }
                    try await Task { try await ContinuousClock().sleep(for: .milliseconds(200 << attempt)) }.value
                    // What was sent may have been done.
                    try await reread()
                default: throw error
                }
            }
        }
    }

    private func reread() async throws {
        current = try await store.client.get(
            ParentStore.configMaps, namespace: store.application.namespace, name: ApplySet.parentName(of: store.application))
        if let current { try judge(current) }
    }

    private func judge(_ live: Unstructured) throws(Superseded) {
        guard let parent = try? ApplySetParent(live, application: store.application) else {
            throw lost("the parent ConfigMap is not ours any more")
        }
        guard let other = parent.lease, other.run != run else { return }
        throw lost("the run \(other.run) has taken over")
    }

    private func lost(_ message: String) -> Superseded {
        let superseded = Superseded(message: message)
        loss = superseded
        return superseded
    }

    private func shieldedWrite(_ contents: ApplySetParent.Contents, previous: Unstructured?) async throws -> Unstructured {
        let store = store
        return try await shielded { try await store.write(contents, previous: previous) }
    }
}
