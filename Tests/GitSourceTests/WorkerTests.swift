// The child process: killed at its deadline, started again after its death, and nothing of it left behind.

import Foundation
import GitWire
import Glibc
import StructuredData
import TestSupport
import Testing

@testable import GitSource

@Suite("The worker", .timeLimit(.minutes(20)))
struct WorkerTests {
    @Test("A server that accepts and never answers: back by the deadline, nothing left, the next request works")
    func silentServer() async throws {
        try await withWorker { repository, worker in
            let server = try SilentServer()
            let source = try worker.source(deadline: .seconds(1))
            let start = ContinuousClock.now
            let error = await refusal { try await source.snapshot(server.request) }
            #expect(ContinuousClock.now - start < .seconds(120))
            #expect(error?.code == .timeout)
            #expect(error?.message.contains("did not answer within 1 s") == true, "\(String(describing: error))")
            #expect(worker.processes().isEmpty)
            #expect(try await source.snapshot(repository.request).files.count == 1)
            await source.close()
            #expect(worker.processes().isEmpty)
        }
    }

    @Test("A worker that is killed is started again once; killed twice, the error says so; the next request works")
    func killed() async throws {
        try await withWorker { repository, worker in
            let source = try worker.source()
            #expect(try await source.snapshot(repository.request).files.count == 1)
            let first = try #require(worker.processes().first)
            kill(first, SIGKILL)
            #expect(try await source.snapshot(repository.request).files.count == 1)
            #expect(worker.processes().count == 1 && worker.processes().first != first)

            let server = try SilentServer()
            let pending = Task { [request = server.request] in await refusal { try await source.snapshot(request) } }
            for connections in 1...2 {
                try await Wait.until("the worker is connected") { server.connections >= connections }
                for process in worker.processes() { kill(process, SIGKILL) }
            }
            let error = await pending.value
            #expect(error?.code == .worker)
            #expect(error?.message.contains("died twice") == true, "\(String(describing: error))")
            #expect(error?.message.contains("signal 9, then signal 9") == true, "\(String(describing: error))")
            #expect(try await source.snapshot(repository.request).files.count == 1)
            await source.close()
            #expect(worker.processes().isEmpty)
        }
    }

    @Test("A cancelled task and a closed source end the request at once")
    func cancelled() async throws {
        try await withWorker { repository, worker in
            let server = try SilentServer()
            let source = try worker.source()
            let cancelled = Task { [request = server.request] in await refusal { try await source.snapshot(request) } }
            try await Wait.until("the worker is connected") { server.connections >= 1 }
            cancelled.cancel()
            #expect(await cancelled.value?.code == .worker)
            #expect(worker.processes().isEmpty)
            #expect(try await source.snapshot(repository.request).files.count == 1)

            let closed = Task { [request = server.request] in await refusal { try await source.snapshot(request) } }
            try await Wait.until("the worker is connected again") { server.connections >= 2 }
            await source.close()
            #expect(await closed.value?.code == .worker)
            #expect(worker.processes().isEmpty)
            #expect(await refusal { try await source.snapshot(repository.request) }?.message == "the Git source is closed")
        }
    }

    @Test("A source that is not closed leaves no process")
    func forgotten() async throws {
        try await withWorker { repository, worker in
            do {
                let source = try worker.source()
                _ = try await source.snapshot(repository.request)
                #expect(worker.processes().count == 1)
            }
            try await Wait.until("the worker is gone") { worker.processes().isEmpty }
        }
    }

    @Test("The worker ends when its input does, also while it waits for a server")
    func orphan() async throws {
        try await withWorker { repository, worker in
            let server = try SilentServer()
            let hello = try WireRequest.hello(WireHello(cache: repository.scratch + "/cache")).frame.encoded()
            var silent = WireRepository(location: server.request.repository, cacheKey: "00")
            silent.hostKeys = []
            let question = try WireRequest.resolve(silent, .head).frame.encoded()
            let process = Process()
            let input = Pipe()
            process.executableURL = URL(fileURLWithPath: worker.path)
            process.standardInput = input
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data(hello + question))
            try await Wait.until("the worker is connected") { server.connections >= 1 }
            #expect(process.isRunning)
            try input.fileHandleForWriting.close()
            try await Wait.until("the worker is gone") { !process.isRunning }
        }
    }

    @Test("The worker inherits no descriptors, no GIT_ variables and no credentials")
    func clean() async throws {
        try await withWorker { repository, worker in
            setenv("GIT_BELAY_CANARY", "1", 1)
            setenv("BELAY_CANARY_PASSWORD", "1", 1)
            defer {
                unsetenv("GIT_BELAY_CANARY")
                unsetenv("BELAY_CANARY_PASSWORD")
            }
            let canary = repository.scratch + "/descriptor-canary"
            let descriptor = open(canary, O_RDWR | O_CREAT, 0o600)
            defer { close(descriptor) }
            let source = try worker.source()
            _ = try await source.snapshot(repository.request)
            let process = try #require(worker.processes().first)
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
            }
            #expect(!open.contains(canary))
            #expect(open.count <= 4, "\(open)")
            let environment = String(decoding: FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data(), as: UTF8.self)
            #expect(!environment.contains("CANARY"))
            #expect(!environment.contains("GIT_"))
            let limits = String(decoding: FileManager.default.contents(atPath: "/proc/\(process)/limits") ?? Data(), as: UTF8.self)
            let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(core?.split(separator: " ").dropFirst(4).prefix(2).allSatisfy { $0 == "0" } == true, "\(core ?? "")")
            await source.close()
        }
    }

    @Test(
        "Programs that are not belay-git",
        arguments: [
            ("exit 0", "ended at its start (exit 0)"), ("exec cat", "is not the belay-git of this release"),
            ("echo 'hello, this is no frame at all'", "is not the belay-git of this release"), ("kill -SEGV $$", "signal 11"),
        ])
    func impostors(_ script: String, _ words: String) async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            let path = try await repository.program(script)
            let source = try GitSource(worker: path, cache: repository.scratch + "/cache", credentials: GitCredentials())
            let error = await refusal { try await source.snapshot(repository.request) }
            await source.close()
            #expect(error?.code == .worker)
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test("A worker that is not there is named at once")
    func missing() throws {
        let error = #expect(throws: GitSourceError.self) {
            try GitSource(worker: "/nonexistent/belay-git", cache: "/nonexistent/cache", credentials: GitCredentials())
        }
        #expect(error?.code == .worker)
        #expect(error?.message.contains("/nonexistent/belay-git") == true)
    }

    private func withWorker(_ body: (GitRepository, NamedWorker) async throws -> Void) async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            let worker = try NamedWorker(in: repository.scratch)
            try await body(repository, worker)
        }
    }
}

/// belay-git under a name of its own, by which its processes are found among those of other tests.
private struct NamedWorker {
    let path: String
    private let name: String
    private let scratch: String

    init(in scratch: String) throws {
        name = "bg-" + UUID().uuidString.prefix(10)
        path = scratch + "/" + name
        self.scratch = scratch
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: try WorkerProgram.find(nil))
    }

    func source(deadline: Duration = .seconds(30)) throws -> GitSource {
        try GitSource(worker: path, cache: scratch + "/cache", credentials: GitCredentials(), deadline: deadline)
    }

    /// The processes of this name, zombies included.
    func processes() -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { process in
            let status = FileManager.default.contents(atPath: "/proc/\(process)/stat") ?? Data()
            return String(decoding: status, as: UTF8.self).contains("(\(name))")
        }
    }
}

extension SilentServer {
    fileprivate var request: GitRequest { GitRequest(repository: "https://localhost:\(port)/silent.git", reference: .head, path: "") }
}

extension GitRepository {
    fileprivate var request: GitRequest { GitRequest(repository: path, reference: .head, path: "") }
}
