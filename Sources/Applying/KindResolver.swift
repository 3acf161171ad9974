// Finds where a kind is served that did not exist when the plan was made: its CustomResourceDefinition came in this run.

import KubernetesClient
import KubernetesModel
import Planning

/// Asks discovery anew until a fresh kind is served; rows that wait at the same time share one question.
actor KindResolver {
    private let client: KubernetesClient
    private let pace: Pace
    private let deadline: ContinuousClock.Instant
    private var known: Discovery?
    private var asking: Task<Discovery, any Error>?

    init(client: KubernetesClient, pace: Pace, deadline: ContinuousClock.Instant) {
        self.client = client
        self.pace = pace
        self.deadline = deadline
    }

    /// - Throws: ``RowFailure``.
    func resource(for operation: PlannedOperation, isFresh: Bool) async throws -> APIResource {
        if let resource = operation.resource { return resource }
        let gvk = operation.groupVersionKind
        if let resource = known?[gvk] { return resource }
        var backoff = Backoff()
        while true {
            var last = "the API server does not serve \(gvk)"
            do {
                let discovery = try await ask()
                if let resource = discovery[gvk] { return resource }
                guard isFresh || discovery.incompleteGroups.contains(gvk.group) else { throw RowFailure.failed(last) }
            } catch let error as ClientError {
                guard error.isTransient else { throw RowFailure.failed(error.message) }
                last = error.message
            }
            do {
                guard try await pace.wait(backoff.pause(jitter: pace.jitter()), until: deadline) else {
                    throw RowFailure.timedOut("timed out waiting until its kind is served: \(last)", survivor: false)
                }
            } catch is CancellationError {
                throw RowFailure.timedOut("interrupted while waiting until its kind is served: \(last)", survivor: false)
            }
        }
    }

    private func ask() async throws -> Discovery {
        if let asking { return try await asking.value }
        let client = client
        // Awaited by all that ask while it runs; ends with the client's own deadline.
        let task = Task { try await client.discovery() }
        asking = task
        defer { asking = nil }
        let discovery = try await task.value
        known = discovery
        return discovery
    }
}
