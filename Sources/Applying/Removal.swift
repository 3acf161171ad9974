// The one way an object is deleted: read live, compared with what was planned, deleted under preconditions, seen gone.

import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct Removal: Sendable {
    let applier: Applier
    let resource: APIResource
    let operation: PlannedOperation

    enum Result: Sendable {
        case gone
        /// It is another object than the planned one, or no longer ours: left alone.
        case notOurs(String)
        /// Deleted, but still there after a moment.
        case held(EndingObject)
    }

    /// - Parameters:
    ///   - uid: of the object that was planned to go.
    ///   - requiredLabels: values of the part-of label of which it must still carry one; nil: not asked.
    /// - Throws: ``StopRun``, or ``RowFailure``.
    func run(uid: String, requiredLabels: Set<String>?) async throws -> Result {
        let key = operation.key
        guard !key.name.isEmpty, !uid.isEmpty else {
            throw RowFailure.failed("refusing to delete an object without a name or uid: a defect, please report it")
        }
        for _ in 0..<ApplyStep.replanLimit {
            guard let live = try await read() else { return .gone }
            guard live.uid == uid else { return .notOurs("it was made anew by someone since it was planned") }
            if let requiredLabels, !(live.label(ApplySetLabel.partOf).map(requiredLabels.contains) ?? false) {
                return .notOurs("it no longer carries our label \(ApplySetLabel.partOf)")
            }
            if requiredLabels != nil, live.annotation("belay.dev/prune") == "disabled" {
                return .notOurs("it has got the annotation belay.dev/prune: disabled since it was planned")
            }
            if live.isTerminating { return try await awaitEnd(uid: uid) }
            do {
                try await delete(uid: uid, resourceVersion: live.resourceVersion)
                return try await awaitEnd(uid: uid)
            } catch RowFailure.stale { continue }
        }
        throw RowFailure.failed("not deleted: it changed between reading and deleting \(ApplyStep.replanLimit) times in a row")
    }

    private func read() async throws -> Unstructured? {
        let client = applier.client
        let key = operation.key
        let resource = resource
        var backoff = Backoff()
        while true {
            do {
                return try await client.get(resource, namespace: key.namespace, name: key.name)
            } catch let error as ClientError {
                guard error.isTransient else { throw RowFailure.failed("cannot be read before its deletion: \(error.messageOfIt)") }
                try await pause(&backoff, after: error)
            }
        }
    }

    private func delete(uid: String, resourceVersion: String?) async throws {
        let client = applier.client
        let key = operation.key
        let resource = resource
        let options = KubernetesClient.DeleteOptions(uid: uid, resourceVersion: resourceVersion)
        _ = try await RepeatedRequest(applier: applier, operation: operation, circumstances: .init()).send {
            try await client.delete(resource, namespace: key.namespace, name: key.name, options: options, class: .managed)
        }
    }

    private func awaitEnd(uid: String) async throws -> Result {
        var backoff = Backoff(first: .milliseconds(50), limit: .seconds(2))
        let end = min(applier.deadline, applier.pace.now().advanced(by: applier.ends.grace))
        while true {
            guard let live = try await read(), live.uid == uid else { return .gone }
            var isOver: Bool
            do {
                isOver = try await !applier.pace.wait(backoff.pause(jitter: applier.pace.jitter()), until: end)
            } catch is CancellationError {
                isOver = true
            }
            if isOver { return .held(EndingObject(live, key: operation.key, uid: uid, resource: resource)) }
        }
    }

    private func pause(_ backoff: inout Backoff, after error: ClientError) async throws {
        do {
            let pause = backoff.pause(jitter: applier.pace.jitter(), retryAfter: error.retryAfter)
            guard try await applier.pace.wait(pause, until: applier.deadline) else {
                throw RowFailure.timedOut("timed out; the last answer was: \(error.messageOfIt)", survivor: true)
            }
        } catch is CancellationError {
            throw RowFailure.timedOut("interrupted; the last answer was: \(error.messageOfIt)", survivor: true)
        }
    }

    /// `still terminating, held by the finalizers a, b`.
    static func whatHolds(_ object: Unstructured) -> String {
        let names = holders(of: object)
        guard object.isTerminating else { return "still there although its deletion was accepted" }
        if names.isEmpty { return "still terminating" }
        return "still terminating, held by the finalizer\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
    }

    /// The finalizers of the object, those of a Namespace's contents among them.
    static func holders(of object: Unstructured) -> [String] {
        let own = object.metadata?["finalizers"]?.array ?? []
        let ofNamespace = object.kind == "Namespace" ? object.value.at("spec", "finalizers")?.array ?? [] : []
        return (own + ofNamespace).compactMap(\.string)
    }
}

/// The label of ApplySet members (KEP-3659).
enum ApplySetLabel {
    static let partOf = "applyset.kubernetes.io/part-of"
}
