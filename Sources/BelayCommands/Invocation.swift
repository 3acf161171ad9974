// What surrounds one run of the program: streams, environment, directory, clock. Tests run verbs with their own.

import Foundation

/// The surroundings of the running verb.
package struct Invocation: Sendable {
    package var console: Console
    package var environment: [String: String]
    /// Absolute.
    package var directory: String
    /// Seconds since 1970.
    package var now: @Sendable () -> Double

    package init(console: Console, environment: [String: String], directory: String, now: @escaping @Sendable () -> Double) {
        self.console = console
        self.environment = environment
        self.directory = directory
        self.now = now
    }

    @TaskLocal package static var current = Invocation.ofProcess

    private static var ofProcess: Invocation {
        let environment = ProcessInfo.processInfo.environment
        return Invocation(
            console: Console(environment: environment), environment: environment, directory: FileManager.default.currentDirectoryPath,
            now: { Date().timeIntervalSince1970 })
    }

    /// How many Applications are read, or rendered, at once: while some wait for Git, others are computed.
    static var width: Int { 2 * ProcessInfo.processInfo.activeProcessorCount }

    /// A path as the person wrote it, made absolute; `~` is the shell's business.
    package func absolute(_ path: String) -> String {
        let joined = path.hasPrefix("/") ? path : directory + "/" + path
        var parts: [Substring] = []
        for part in joined.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `$XDG_STATE_HOME/belay/journal.db`, by default under `~/.local/state`.
    /// - Throws: ``CommandFailure`` when neither that nor `HOME` is set.
    package func defaultJournal() throws -> String {
        try base("XDG_STATE_HOME", ".local/state", instead: "name a file with --journal") + "/belay/journal.db"
    }

    /// `$XDG_CACHE_HOME/belay/git`, by default under `~/.cache`.
    /// - Throws: ``CommandFailure`` when neither that nor `HOME` is set.
    package func gitCache() throws -> String {
        try base("XDG_CACHE_HOME", ".cache", instead: "set XDG_CACHE_HOME") + "/belay/git"
    }

    /// As the XDG base directory specification says: a relative path does not count.
    private func base(_ variable: String, _ fallback: String, instead: String) throws -> String {
        if let path = environment[variable], path.hasPrefix("/") { return path }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw CommandFailure(.invalid, "neither \(variable) nor HOME is set", hint: instead)
        }
        return home + "/" + fallback
    }

    /// Who runs the program, for the journal: the CI system's user, else the account.
    package var actor: String {
        for name in ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID", "USER", "LOGNAME"] {
            if let user = environment[name], !user.isEmpty { return Printable.text(user) }
        }
        let account = Printable.text(NSUserName())
        return account.isEmpty ? "uid \(getuid())" : account
    }
}
