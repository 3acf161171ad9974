// Servers that tests start: each ends with the test process, however that ends.

package import Foundation
import Glibc
import StructuredData

/// A test fixture that could not be set up; the text says which.
package struct TestSupportError: Error, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}

/// Starts a server behind a small shell that holds the read end of a pipe: when this process goes, the pipe closes, and the shell
/// ends the server. With SIGKILL: Foundation starts children with the calling thread's signal mask, which has SIGTERM blocked.
package enum ChildProcess {
    /// - Parameter log: where both of the server's streams go.
    package static func start(_ program: String, _ arguments: [String], log: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", #"log=$1; shift; "$@" >"$log" 2>&1 </dev/null & child=$!; cat >/dev/null; kill -9 "$child"; wait "$child""#, "sh", log,
            program,
        ]
        process.arguments? += arguments
        process.standardInput = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Ends servers that ``start(_:_:log:)`` started, and waits for that.
    package static func end(_ processes: [Process]) async {
        for process in processes { try? (process.standardInput as? Pipe)?.fileHandleForWriting.close() }
        // Not `waitUntilExit`, which would hold up a thread of the pool.
        try? await Wait.until("the servers have ended") { processes.allSatisfy { !$0.isRunning } }
    }
}

/// Free loopback ports.
package enum FreePort {
    /// A port that was free a moment ago.
    package static func next() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestSupportError("no socket: errno \(errno)") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw TestSupportError("no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Waiting for a condition of another process.
package enum Wait {
    /// Asks every 50 ms until `condition` holds.
    /// - Throws: ``TestSupportError`` naming `what` after `limit`.
    package static func until(_ what: String, for limit: Duration = .seconds(90), _ condition: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: limit)
        while try await !condition() {
            guard clock.now < end else { throw TestSupportError("waited \(limit.spoken) in vain: \(what)") }
            try await clock.sleep(for: .milliseconds(50))
        }
    }
}
