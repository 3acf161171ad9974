// The journal: one SQLite file in WAL mode with full synchronisation; no SQL and no GRDB type leaves this target.

import Foundation
import GRDB
import StructuredData

/// Everything that was ever done, in write-ahead order. All calls are safe from any task; writes are serial.
///
/// Every call throws ``JournalError``. Rows are ordered by their ids (ULIDs), never by time.
package final class Journal: Sendable {
    let database: any DatabaseWriter
    let commits: GroupCommit
    /// nil in memory.
    let path: String?
    /// The key for the hashes that stand for secrets: 32 random bytes made with the file, so that equal secrets have equal
    /// hashes within one journal and mean nothing elsewhere.
    package let redactionKey: [UInt8]
    /// Set when a damaged file was moved aside and a new one begun: what happened and where the old one is, for people.
    package let notice: String?

    /// Opens or makes the file (0600, its directory 0700) and migrates it forward.
    ///
    /// A damaged file is renamed to `FILE.damaged-ULID` and a new one begun (``notice`` says so); one written by a newer
    /// Belay, a text, and another program's database are refused and left as they are.
    /// - Parameter path: nil for a journal in memory.
    /// - Throws: ``JournalError`` `cannotOpen`, `newerSchema`, `busy`, `full`.
    package init(path: String?) throws {
        self.path = path
        guard let path else {
            database = try journalErrors { try DatabaseQueue(configuration: Journal.configuration) }
            commits = GroupCommit(database)
            redactionKey = try Journal.prepare(database, path: "memory")
            notice = nil
            return
        }
        try Journal.makeDirectory(of: path)
        do {
            let opened = try Journal.open(path)
            (database, redactionKey, notice) = (opened.0, opened.1, nil)
        } catch let error as JournalError where error.code == .corrupt {
            let aside = try Journal.moveAside(path)
            let opened = try Journal.open(path)
            (database, redactionKey) = opened
            notice = "the journal \(path) was damaged (\(error.message)) and was moved to \(aside); a new one begins here"
        }
        commits = GroupCommit(database)
    }

    /// Whether a journal file is there; reading verbs say "nothing recorded yet" instead of making one.
    package static func exists(at path: String) -> Bool { access(path, F_OK) == 0 }

    /// Ends the connections; later calls throw.
    package func close() async throws {
        try await journalErrors { try database.close() }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.label = "journal"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    private static func open(_ path: String) throws -> (any DatabaseWriter, [UInt8]) {
        // The file is made by us first, so that it never exists with wider rights than 0600, whatever the umask.
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError(code: .cannotOpen, message: "cannot open the journal \(path): \(reason(errno))")
        }
        defer { Foundation.close(descriptor) }
        guard !isText(descriptor) else {
            throw JournalError(code: .cannotOpen, message: "\(path) is a text and no journal; name another file with --journal")
        }
        let pool = try journalErrors(path) { try DatabasePool(path: path, configuration: configuration) }
        return (pool, try prepare(pool, path: path))
    }

    /// Checks, migrates, and reads or makes the redaction key.
    private static func prepare(_ database: any DatabaseWriter, path: String) throws -> [UInt8] {
        try journalErrors(path) {
            try database.read { db in
                try check(db)
                let tables = try String.fetchSet(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
                guard tables.isEmpty || tables.contains("grdb_migrations") else {
                    throw JournalError(
                        code: .cannotOpen, message: "\(path) is another program's database and no journal; name another file with --journal"
                    )
                }
            }
            let migrator = JournalSchema.migrator
            if try database.read(migrator.hasBeenSuperseded) {
                throw JournalError(
                    code: .newerSchema,
                    message: "the journal \(path) was written by a newer Belay; use that version, or another file with --journal")
            }
            try migrator.migrate(database)
            return try database.write { db in
                if let key = try Data.fetchOne(db, sql: "SELECT value FROM setting WHERE name = 'redactionKey'") { return Array(key) }
                var generator = SystemRandomNumberGenerator()
                let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
                try db.execute(sql: "INSERT INTO setting (name, value) VALUES ('redactionKey', ?)", arguments: [Data(key)])
                return key
            }
        }
    }

    /// Reads every page of a journal that is small enough for that to take no time; a larger one is checked as it is used.
    private static func check(_ db: Database) throws {
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        guard pages <= 8192 else { return }
        let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        guard answer == "ok" else { throw JournalError(code: .corrupt, message: answer ?? "quick_check said nothing") }
    }

    /// Whether the file begins like something that a person wrote; an empty one does not.
    private static func isText(_ descriptor: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return false }
        return bytes.prefix(count).allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private static func makeDirectory(of path: String) throws {
        let directory = (path as NSString).deletingLastPathComponent
        guard !directory.isEmpty else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalError(
                code: .cannotOpen, message: "cannot make the journal's directory \(directory): \(error.localizedDescription)")
        }
    }

    private static func moveAside(_ path: String) throws -> String {
        let aside = "\(path).damaged-\(ULID.now())"
        for suffix in ["", "-wal", "-shm"] where access(path + suffix, F_OK) == 0 {
            guard rename(path + suffix, aside + suffix) == 0 else {
                throw JournalError(
                    code: .corrupt, message: "the journal \(path) is damaged and cannot be moved aside: \(reason(errno))")
            }
        }
        return aside
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

extension ULID {
    /// A ULID of this moment.
    package static func now() -> String {
        make(milliseconds: UInt64(max(0, Date().timeIntervalSince1970 * 1000)))
    }
}

/// Runs `body` and turns SQLite's errors into the journal's.
func journalErrors<R>(_ path: String = "", _ body: () throws -> R) throws -> R {
    do { return try body() } catch let error as DatabaseError { throw JournalError(error, path: path) }
}

/// Runs `body` and turns SQLite's errors into the journal's.
func journalErrors<R>(_ body: () async throws -> R) async throws -> R {
    do { return try await body() } catch let error as DatabaseError { throw JournalError(error, path: "") }
}

extension JournalError {
    init(_ error: DatabaseError, path: String) {
        let name = path.isEmpty ? "the journal" : "the journal \(path)"
        let text = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(code: .busy, message: "\(name) is in use by another process for more than 5 s; try again when it is done")
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY:
            self.init(code: .full, message: "\(name) cannot be written (\(text)); free some room or name another file with --journal")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(code: .corrupt, message: text)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(code: .cannotOpen, message: "\(name) cannot be opened: \(text)")
        case .SQLITE_CONSTRAINT:
            self.init(code: .conflict, message: "\(name) refused a row: \(text)")
        default:
            self.init(code: .failed, message: "\(name) failed: \(text)")
        }
    }
}
