// What is forgotten in the end: runs and drift that are old and that nobody will ask for, never what is open.

import Foundation
import GRDB

/// How much history is kept of each Application. What either bound keeps stays.
package struct Retention: Sendable, Equatable {
    /// The newest runs, and the newest resolved episodes, of each Application.
    package var count: Int
    /// What ended at or after this time, RFC 3339 with milliseconds, UTC.
    package var since: String
    /// Runs that stay whatever their age: those that an Application is pinned to.
    package var pinned: Set<String>

    package init(count: Int = 100, since: String, pinned: Set<String> = []) {
        self.count = count
        self.since = since
        self.pinned = pinned
    }
}

/// What was forgotten.
package struct Forgotten: Sendable, Equatable {
    package var runs = 0
    package var episodes = 0
    package var manifests = 0
    package init(runs: Int = 0, episodes: Int = 0, manifests: Int = 0) {
        self.runs = runs
        self.episodes = episodes
        self.manifests = manifests
    }
}

extension Journal {
    /// Forgets old runs with their rows, old resolved episodes, and manifests that no row names any more, in one transaction.
    ///
    /// Never forgotten: a run that is open, the newest run of an Application that was not held (what it is kept at), the newest that
    /// succeeded and has rows (what a rollback goes back to), a pinned one, an open episode, an inventory row, a record, an audit entry.
    package func forget(_ retention: Retention) async throws -> Forgotten {
        try await write { db in
            var forgotten = Forgotten()
            let pinned = retention.pinned.sorted()
            let marks = pinned.map { _ in "?" }.joined(separator: ", ")
            try db.run(
                sql: """
                    DELETE FROM run WHERE phase NOT IN ('planned', 'applying', 'waiting')
                    AND coalesce(finishedAt, startedAt) < ?
                    AND id NOT IN (\(marks.isEmpty ? "''" : marks))
                    AND id NOT IN (SELECT max(id) FROM run AS good WHERE good.phase = 'succeeded'
                        AND EXISTS (SELECT 1 FROM operation WHERE operation.run = good.id) GROUP BY good.application)
                    AND id NOT IN (SELECT max(id) FROM run AS let WHERE let.phase <> 'held' GROUP BY let.application)
                    AND (SELECT count(*) FROM run AS newer WHERE newer.application = run.application AND newer.id > run.id) >= ?
                    """,
                arguments: StatementArguments([retention.since] + pinned) + [retention.count])
            forgotten.runs = db.changesCount
            try db.run(
                sql: """
                    DELETE FROM episode WHERE resolvedAt IS NOT NULL AND resolvedAt < ?
                    AND (SELECT count(*) FROM episode AS newer WHERE newer.application = episode.application
                        AND newer.resolvedAt IS NOT NULL AND newer.id > episode.id) >= ?
                    """,
                arguments: [retention.since, retention.count])
            forgotten.episodes = db.changesCount
            try db.run(
                sql: """
                    DELETE FROM manifest WHERE NOT EXISTS (SELECT 1 FROM operation WHERE operation.manifest = manifest.digest)
                    """,
                arguments: [])
            forgotten.manifests = db.changesCount
            return forgotten
        }
    }
}
