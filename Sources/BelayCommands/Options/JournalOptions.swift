// Where the journal is: `--journal`.

import ArgumentParser
import Journal

struct JournalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The journal's SQLite file (default: $XDG_STATE_HOME/belay/journal.db).", valueName: "file"),
        completion: .file())
    var journal: String?

    func validate() throws {
        if journal?.isEmpty == true { throw ValidationError("--journal is empty") }
    }

    var path: String {
        get throws { try journal.map { Invocation.current.absolute($0) } ?? Invocation.current.defaultJournal() }
    }

    /// Opens or makes the journal; says when a damaged one was moved aside.
    func open() throws -> Journal {
        let journal = try Journal(path: try path)
        if let notice = journal.notice { Invocation.current.console.warn(notice) }
        return journal
    }

    /// - Throws: ``CommandFailure`` where a file was named that is not there.
    func checkNamed() throws {
        guard let journal, !Journal.exists(at: try path) else { return }
        throw CommandFailure(
            .invalid, "there is no journal at \(journal)", hint: "--journal names a file that belay apply or controller made")
    }

    /// Opens the journal to read; nil, said on standard error, when there is none yet.
    /// - Throws: ``CommandFailure`` where one was named that is not there.
    func openExisting() throws -> Journal? {
        try checkNamed()
        let path = try path
        guard Journal.exists(at: path) else {
            Invocation.current.console.say(
                "nothing recorded yet: there is no journal at \(Printable.text(path)) (belay apply makes it; --journal names another)")
            return nil
        }
        return try open()
    }
}
