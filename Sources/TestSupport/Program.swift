// Runs a real program to its end and keeps what it said: how the tests use belay, kubectl and openssl.

import Foundation
import Subprocess
import SystemPackage

/// What a program said and how it ended.
package struct ProgramResult: Sendable, CustomStringConvertible {
    package var command: String
    package var status: Int32
    package var output: String
    package var errors: String

    /// For a failing expectation: the command, its exit code and both streams.
    package var description: String { "$ \(command)\nexit \(status)\n--- stdout\n\(output)--- stderr\n\(errors)" }
}

/// A program by path or by name, with the environment it gets.
package struct Program: Sendable {
    package var path: String
    /// Added to a clean environment: PATH, HOME and a locale only.
    package var environment: [String: String]
    package var directory: String?

    package init(_ path: String, environment: [String: String] = [:], directory: String? = nil) {
        self.path = path
        self.environment = environment
        self.directory = directory
    }

    /// Runs to the end; at most 64 MiB of each stream are kept.
    /// - Throws: when it cannot be started or says more; never for an exit code.
    package func run(_ arguments: [String], input: String = "") async throws -> ProgramResult {
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let executable: Executable = path.contains("/") ? .path(FilePath(path)) : .name(path)
        var variables: [Environment.Key: String] = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
        ]
        for (name, value) in environment {
            guard let key = Environment.Key(rawValue: name) else { continue }
            variables[key] = value
        }
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: directory.map { FilePath($0) }, platformOptions: platform, input: .string(input),
            output: .bytes(limit: 64 << 20), error: .bytes(limit: 64 << 20))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): Int32(code)
            case .signaled(let signal): 128 + Int32(signal)
            }
        return ProgramResult(
            command: ([path] + arguments).joined(separator: " "), status: status,
            output: String(decoding: result.standardOutput, as: UTF8.self), errors: String(decoding: result.standardError, as: UTF8.self))
    }
}
