// The kinds that the cluster serves, asked once and again when something hints that they have changed.

import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// One answer of discovery for all Applications.
actor DiscoveryCache {
    private let client: KubernetesClient
    private let time: WorkTime
    private var known: (discovery: Discovery, at: Duration)?
    private var asking: Task<Discovery, any Error>?

    /// A kind that is missing is asked for again no sooner than this after the last answer.
    private static let patience = Duration.seconds(2)

    init(client: KubernetesClient, time: WorkTime) {
        self.client = client
        self.time = time
    }

    /// What is served; asked anew where one of these kinds is not among it.
    /// - Throws: ``ClientError``.
    func current(with kinds: Set<GroupVersionKind> = []) async throws -> Discovery {
        if let known, known.discovery.isComplete || time.now() - known.at < .seconds(30) {
            let isMissing = kinds.contains { known.discovery[$0] == nil }
            if !isMissing || time.now() - known.at < DiscoveryCache.patience { return known.discovery }
        }
        if let asking { return try await asking.value }
        let task = Task { [client] in try await client.discovery() }
        asking = task
        defer { asking = nil }
        let discovery = try await task.value
        known = (discovery, time.now())
        return discovery
    }

    /// A definition was written, or a kind is not served any more: what is known counts for nothing.
    func invalidate() { known = nil }
}
