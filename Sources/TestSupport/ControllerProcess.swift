// `belay controller` as a process of a test: started, ended with SIGTERM or SIGKILL, and started again with the same journal.

import Foundation
import Glibc
import Synchronization

/// One controller at a time; its logs of all starts stand in one file. It ends with the test process, however that ends.
package final class ControllerProcess: Sendable {
    private let program: Program
    private let arguments: [String]
    /// Standard error, and what was printed.
    package let logFile: String
    private let numberFile: String
    private let running = Mutex<Process?>(nil)

    /// - Parameters:
    ///   - program: `belay` with its environment.
    ///   - arguments: from `controller` on.
    ///   - folder: for the log.
    package init(program: Program, arguments: [String], folder: String) {
        self.program = program
        self.arguments = arguments
        logFile = folder + "/controller.log"
        numberFile = folder + "/controller.pid"
    }

    /// The shell ends the controller when this process goes: its pipe closes then. The controller is waited for as a command in the
    /// foreground: Foundation starts children with SIGCHLD blocked, and `wait` would never return.
    private static let script = #"""
        trap '' XFSZ; exec 3<&0 4>>"$1"; number=$2; shift 2
        (read line <&3; kill -9 "$(cat "$number")") & guard=$!
        sh -c 'echo $$ >"$0"; exec "$@"' "$number" "$@" </dev/null >&4 2>&4 3<&-
        code=$?; kill -9 "$guard"; exit "$code"
        """#

    /// - Throws: where it runs already, or cannot be started.
    package func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", ControllerProcess.script, "sh", logFile, numberFile, program.path] + arguments
        var environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        environment.merge(program.environment) { $1 }
        process.environment = environment
        process.standardInput = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? FileManager.default.removeItem(atPath: numberFile)
        try running.withLock { running in
            guard running == nil else { throw TestSupportError("the controller runs already") }
            try process.run()
            running = process
        }
    }

    package var isRunning: Bool { running.withLock { $0?.isRunning ?? false } }

    /// Ends it in order.
    /// - Parameter more: signals that are sent at once with SIGTERM; two of one kind would count as one.
    /// - Returns: its exit code.
    /// - Throws: ``TestSupportError`` where it does not end.
    @discardableResult
    package func stop(with more: Int32...) async throws -> Int32 { try await end(SIGTERM, more) }

    /// Ends it as a power cut would.
    package func kill() async throws { _ = try await end(SIGKILL) }

    private func end(_ signal: Int32, _ more: [Int32] = []) async throws -> Int32 {
        guard let process = running.withLock({ $0 }) else { return 0 }
        try await Wait.until("the controller's number is known") { number != nil || !process.isRunning }
        if process.isRunning, let number { for signal in [signal] + more { _ = Glibc.kill(number, signal) } }
        do {
            try await Wait.until("the controller ends", for: .seconds(60)) { !process.isRunning }
        } catch {
            if let number { _ = Glibc.kill(number, SIGKILL) }
            throw TestSupportError("\(error); its log ends: \(tail)")
        }
        running.withLock { $0 = nil }
        return process.terminationStatus
    }

    /// From now on what it writes into files fails, as it does on a full disk; not what it sends.
    package func limitFiles(_ isLimited: Bool) async throws {
        guard let number else { throw TestSupportError("the controller does not run") }
        let done = try await Program("/usr/bin/prlimit", environment: [:])
            .run(["--pid", "\(number)", "--fsize=\(isLimited ? "1" : "unlimited"):"])
        guard done.status == 0 else { throw TestSupportError("\(done)") }
    }

    private var number: pid_t? {
        (try? String(contentsOfFile: numberFile, encoding: .utf8)).flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// All that it has said.
    package var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    /// The last lines that it has said.
    package var tail: String { log.split(separator: "\n").suffix(25).joined(separator: "\n") }

    /// Resident memory in bytes; nil where it does not run.
    package var memory: Int? {
        guard let number, let status = try? String(contentsOfFile: "/proc/\(number)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
