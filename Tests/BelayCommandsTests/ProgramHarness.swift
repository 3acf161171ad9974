// Runs the program in this process, with streams, environment, folder and clock of the test's own.

import BelayCommands
import Foundation
import Synchronization

/// One run of the program: what it printed and its exit code.
struct ProgramRun {
    var status: Int32
    var output: String
    var error: String
}

/// A scratch folder with a home of its own; gone with `withProgram`.
struct ProgramHarness: Sendable {
    var folder: String
    var environment: [String: String]
    var now = 1_790_000_000.0
    var isTerminal = false
    /// What the person types, line by line.
    var answers: [String] = []
    /// Told of every piece that is written to standard output.
    var onOutput: (@Sendable (String) -> Void)?

    var journal: String { folder + "/state/belay/journal.db" }

    func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: folder + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func run(_ arguments: String...) async -> ProgramRun { await run(words: arguments) }

    func run(words arguments: [String]) async -> ProgramRun {
        let typed = Answers(answers)
        let captured = Captured()
        let onOutput = onOutput
        let console = Console(
            environment: environment, inputIsTerminal: isTerminal, outputIsTerminal: isTerminal, errorIsTerminal: isTerminal,
            write: { stream, bytes in
                captured.append(bytes, stream)
                if stream == .output { onOutput?(String(decoding: bytes, as: UTF8.self)) }
                return 0
            },
            readLine: { typed.next() })
        let now = self.now
        let invocation = Invocation(console: console, environment: environment, directory: folder, now: { now })
        let status = await Invocation.$current.withValue(invocation) { await BelayProgram.run(arguments) }
        return ProgramRun(status: status, output: captured.text(.output), error: captured.text(.error))
    }
}

private final class Captured: Sendable {
    private let bytes = Mutex<(output: [UInt8], error: [UInt8])>(([], []))

    func append(_ more: [UInt8], _ stream: Console.Stream) {
        bytes.withLock { if stream == .output { $0.output += more } else { $0.error += more } }
    }

    func text(_ stream: Console.Stream) -> String {
        bytes.withLock { String(decoding: stream == .output ? $0.output : $0.error, as: UTF8.self) }
    }
}

private final class Answers: Sendable {
    private let lines: Mutex<[String]>
    init(_ lines: [String]) { self.lines = Mutex(lines) }
    func next() -> String? { lines.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

/// Runs `body` with a scratch folder, which is removed afterwards.
func withProgram<R>(_ body: (ProgramHarness) async throws -> R) async throws -> R {
    let folder = NSTemporaryDirectory() + "belay-commands-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = [
        "HOME": folder, "XDG_STATE_HOME": folder + "/state", "XDG_CACHE_HOME": folder + "/cache", "PATH": "/usr/bin:/bin", "USER": "ana",
        "TERM": "xterm",
    ]
    return try await body(ProgramHarness(folder: folder, environment: environment))
}

/// The text of a fixture of this target; with `UPDATE_GOLDEN=1` it becomes `actual` first.
func golden(_ name: String, _ actual: String, file: String = #filePath) throws -> String {
    let path = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures/" + name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(actual.utf8).write(to: path) }
    return String(decoding: try Data(contentsOf: path), as: UTF8.self)
}

/// The repository's root.
func repositoryRoot(file: String = #filePath) -> URL {
    URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
