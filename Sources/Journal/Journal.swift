// The journal: one SQLite file in WAL mode with full synchronisation; no SQL and no GRDB type leaves this target.

import KubernetesModel
package import StructuredData

/// Everything that was ever done, in write-ahead order. All calls are safe from any task; writes are serial.
package final class Journal: Sendable {
    /// Opens or makes the file (0600, its directory 0700) and migrates it forward. A file of a newer version is refused.
    /// - Parameter path: nil for a journal in memory.
    package init(path: String?) throws {}

    /// The key for hashes that stand for secrets: 32 random bytes made with the file.
    package var redactionKey: [UInt8] { [] }

    // Write-ahead order of one run: begin (run, all rows, inventory union, in one transaction) → operationWillSend → operationDone … → finish.
    package func begin(_ run: SyncRun, operations: [RunOperation], inventory: [InventoryRow], drift: [DriftEpisode]) async throws {}
    package func setPhase(_ phase: SyncRun.Phase, of run: String) async throws {}
    package func operationWillSend(run: String, sequence: Int) async throws {}
    package func operationDone(run: String, sequence: Int, result: String, error: String?, uid: String?) async throws {}
    /// Closes the run, its counts, its drift episodes (`resolutions`: episode id → resolution) and the inventory in one transaction.
    package func finish(
        _ run: SyncRun, inventory: [InventoryRow], resolutions: [String: String]
    ) async throws {}
    /// Runs found open (a crash): closed as `interrupted`, and returned.
    package func closeInterrupted(application: String, cluster: String) async throws -> [SyncRun] { [] }

    package func keepManifest(_ digest: Digest, json: [UInt8]) async throws {}
    package func manifest(_ digest: Digest) async throws -> [UInt8]? { nil }

    package func runs(application: String?, limit: Int) async throws -> [SyncRun] { [] }
    /// By id, or by a prefix that names exactly one.
    package func run(_ id: String) async throws -> SyncRun? { nil }
    package func operations(of run: String) async throws -> [RunOperation] { [] }
    package func episodes(application: String?, openOnly: Bool, limit: Int) async throws -> [DriftEpisode] { [] }
    package func inventory(of application: String, cluster: String?) async throws -> [InventoryRow] { [] }
    package func applications() async throws -> [String] { [] }

    package func close() async throws {}
}
