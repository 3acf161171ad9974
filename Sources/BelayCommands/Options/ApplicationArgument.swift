// One Application of the journal, as people name it: `APP`, `NAMESPACE/APP`, or `APP -n NAMESPACE`.

import ArgumentParser
import Journal

struct ApplicationArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The Application: NAME, or NAMESPACE/NAME.", valueName: "app"),
        completion: .custom { _, _, _ in await JournalCompletion.applications() })
    var application: String?

    @Option(name: .shortAndLong, help: "The Application's namespace.")
    var namespace: String?

    /// - Returns: `NAMESPACE/NAME`; nil for all Applications (of ``namespace``).
    /// - Throws: ``CommandFailure`` when the name stands for several.
    func resolve(in journal: Journal) async throws -> String? {
        guard let application else { return nil }
        if application.contains("/") {
            let parts = application.split(separator: "/", omittingEmptySubsequences: false)
            if let namespace, parts.first.map(String.init) != namespace {
                throw CommandFailure(.invalid, "\(application) and -n \(namespace) name two namespaces")
            }
            return application
        }
        if let namespace { return "\(namespace)/\(application)" }
        let known = try await journal.applications().filter { $0.split(separator: "/").last.map(String.init) == application }
        guard known.count <= 1 else {
            throw CommandFailure(
                .invalid, "there are \(known.count) Applications named \(application): \(known.joined(separator: ", "))",
                hint: "say which with NAMESPACE/\(application)")
        }
        return known.first ?? application
    }
}

/// What the journal offers to a shell that completes words.
enum JournalCompletion {
    static func applications() async -> [String] {
        guard let journal = existing() else { return [] }
        return (try? await journal.applications()) ?? []
    }

    static func runs() async -> [String] {
        guard let journal = existing() else { return [] }
        return ((try? await journal.runs(application: nil, limit: 30)) ?? []).map(\.id)
    }

    private static func existing() -> Journal? {
        guard let path = try? Invocation.current.defaultJournal(), Journal.exists(at: path) else { return nil }
        return try? Journal(path: path)
    }
}
