// What was last proved of every member, in memory and in the journal: read once for each Application, written when it changes.

import Journal
import KubernetesModel
import Planning
import StructuredData

/// The records of all Applications that were looked at since the start.
actor RecordBook {
    private let journal: Journal
    private var pages: [String: Page] = [:]

    private struct Page {
        /// Of the Application's resource: one that was made anew has no records.
        var uid: String
        var records: [ObjectKey: Record]
    }

    init(journal: Journal) { self.journal = journal }

    /// - Parameter uid: of the Application's resource.
    /// - Throws: `JournalError`.
    func records(of application: String, uid: String) async throws -> [ObjectKey: Record] {
        if let page = pages[application], page.uid == uid { return page.records }
        let rows = try await journal.records(of: application, cluster: uid)
        let records = Dictionary(rows.map { ($0.key, Record(uid: $0.uid, desired: $0.desired, live: $0.live)) }) { $1 }
        pages[application] = Page(uid: uid, records: records)
        return records
    }

    /// Whether a live object is as it was recorded; false where nothing is known of it.
    func holds(_ summary: MemberSummary, of application: String, at key: ObjectKey, fieldManager: String) -> Bool {
        guard let record = pages[application]?.records[key] else { return false }
        return summary.matches(record, fieldManager: fieldManager)
    }

    /// Whether the object has a record.
    func knows(_ key: ObjectKey, of application: String) -> Bool { pages[application]?.records[key] != nil }

    /// Keeps these records in place of all that the Application had; only what differs is written.
    /// - Throws: `JournalError`.
    func keep(_ records: [ObjectKey: Record], of application: String, uid: String) async throws {
        let known = try await self.records(of: application, uid: uid)
        let changed = records.filter { known[$0.key] != $0.value }
        let removed = known.keys.filter { records[$0] == nil }
        try await journal.keepRecords(
            changed.map { RecordRow(key: $0.key, uid: $0.value.uid, desired: $0.value.desired, live: $0.value.live) },
            removing: Array(removed), of: application, cluster: uid)
        pages[application] = Page(uid: uid, records: records)
    }

    /// Forgets an Application that is gone.
    /// - Throws: `JournalError`.
    func forget(_ application: String, uid: String) async throws {
        pages[application] = nil
        try await journal.forgetMembers(of: application, cluster: uid)
    }
}
