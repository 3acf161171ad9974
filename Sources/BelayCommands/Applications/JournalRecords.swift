// What a journal on this machine adds to what the cluster lists: details, and what is over. Only of Applications that are kept with it.

package import Journal
import KubernetesModel
import StructuredData

/// Rows of a journal that belong to Applications of one cluster.
package struct JournalRecords: Sendable {
    /// Newest first.
    package var runs: [SyncRun] = []
    /// Newest first.
    package var episodes: [DriftEpisode] = []
    /// Runs of Applications of the same name that are not of this cluster, or were made by `belay apply` before the controller came.
    package var others = 0

    package init() {}

    /// A run names the Application that it was for by its uid; what the status lists is of it, too: the controller goes on with the
    /// journal of `belay apply`. Episodes name none: they count where the journal has such a run.
    static func read(_ journal: Journal, of applications: [ApplicationResource]) async throws -> JournalRecords {
        var records = JournalRecords()
        for application in applications {
            let all = try await journal.runs(application: application.reference, limit: mostRows, isTallied: true)
            let listed = Set(application.runs.map(\.id))
            let own = all.filter { $0.cluster == application.uid || listed.contains($0.id) }
            records.others += all.count - own.count
            guard !own.isEmpty else { continue }
            records.runs += own
            let open = try await journal.episodes(application: application.reference, openOnly: true, limit: mostRows)
            let latest = try await journal.episodes(application: application.reference, openOnly: false, limit: mostRows)
            records.episodes += open + latest.filter { $0.resolvedAt != nil }
        }
        return records
    }

    private static let mostRows = 1000

    /// What the cluster lists, each with what the journal has of it, and what only the journal has; newest first.
    package func runs(with listed: [SyncRun]) -> [SyncRun] {
        let known = Set(runs.map(\.id))
        return (runs + listed.filter { !known.contains($0.id) }).sorted { $1.id.precedesByBytes($0.id) }
    }

    /// The details of the journal where it has them. The cluster decides what is open.
    /// - Parameters:
    ///   - listed: what the DriftReports list.
    ///   - unlisted: by Application, how many more are open.
    /// - Returns: what is open as it was listed, then what is resolved, newest first; and how many open ones have no row.
    package func episodes(
        with listed: [DriftEpisode], unlisted: [String: Int]
    ) -> (open: [DriftEpisode], resolved: [DriftEpisode], unlisted: Int) {
        let recorded = Dictionary(episodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var open = listed.map { episode in
            guard var details = recorded[episode.id], details.application == episode.application else { return episode }
            (details.resolvedAt, details.resolution) = (nil, nil)
            return details
        }
        let ids = Set(listed.map(\.id))
        var missing = 0
        for (application, count) in unlisted.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            let rest = episodes.filter { $0.application == application && $0.resolvedAt == nil && !ids.contains($0.id) }
            // A DriftReport has room for the oldest.
            open += rest.sorted { $0.id.precedesByBytes($1.id) }.prefix(count)
            missing += max(0, count - rest.count)
        }
        let resolved = episodes.filter { $0.resolvedAt != nil && !ids.contains($0.id) }.sorted { $1.id.precedesByBytes($0.id) }
        return (open, resolved, missing)
    }
}
