// Running a plan's rows: how many at once, what stops, what is told, with steps that send nothing.

import KubernetesClient
import KubernetesModel
import Planning
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import Applying

@Suite struct ExecutionTests {
    private struct Broken: Error {}

    /// What happened in a run.
    private final class Log: Sendable {
        struct State {
            var begun: [String] = []
            var told: [String] = []
            var running = 0
            var most = 0
        }
        let state = Mutex(State())
        var begun: [String] { state.withLock { $0.begun } }
        var told: [String] { state.withLock { $0.told } }
    }

    private func applier(
        _ log: Log, concurrency: Int = 4, onFailure: Application.SyncPolicy.OnFailure = .continue,
        failToRecord: String? = nil, stageDone: Applier.StageDone? = nil
    ) throws -> Applier {
        Applier(
            client: try KubernetesClient(connection: ClusterConnection(server: "https://127.0.0.1:1")), fieldManager: "belay:shop/web",
            concurrency: concurrency, onFailure: onFailure, deadline: ContinuousClock.now.advanced(by: .seconds(600)),
            willSend: { _ in },
            didSend: { outcome in
                if outcome.operation.key.name == failToRecord { throw Broken() }
                log.state.withLock { $0.told.append("\(outcome.operation.key.name) \(outcome.result.rawValue)") }
            },
            replan: { $0 }, stageDone: stageDone)
    }

    private func run(
        _ rows: [PlannedOperation], _ applier: Applier, _ log: Log, failing: Set<String> = []
    ) async throws -> [OperationOutcome] {
        let execution = Execution(applier: applier, operations: rows, reversed: false)
        let result = await Result.catching {
            try await execution.run { operation, _ in
                log.state.withLock {
                    $0.begun.append(operation.key.name)
                    $0.running += 1
                    $0.most = max($0.most, $0.running)
                }
                for _ in 0..<20 { await Task.yield() }
                log.state.withLock { $0.running -= 1 }
                return failing.contains(operation.key.name)
                    ? OperationOutcome(operation: operation, result: .failed, error: "rejected")
                    : OperationOutcome(operation: operation, result: .done)
            }
        }
        await applier.client.shutdown()
        return try result.get()
    }

    @Test func outcomesComeInTheOrderOfThePlan() async throws {
        let log = Log()
        let rows = (0..<50).map { row("r\($0)", stage: $0 % 3) }
        let outcomes = try await run(rows, applier(log), log)
        #expect(outcomes.map(\.operation.key) == rows.map(\.key))
        #expect(log.told.count == 50)
        #expect(log.state.withLock { $0.most } <= 4)
        #expect(log.state.withLock { $0.most } > 1)
    }

    @Test func dependentsAreBlockedAndTheRestGoesOn() async throws {
        let log = Log()
        let rows = [row("config"), row("web", needs: ["config"]), row("gate", needs: ["web"]), row("other")]
        let outcomes = try await run(rows, applier(log), log, failing: ["config"])
        #expect(outcomes.map(\.result) == [.failed, .blocked, .blocked, .done])
        #expect(outcomes[1].error == "not sent: it needs ConfigMap shop/config, which failed")
        #expect(outcomes[2].error == "not sent: it needs ConfigMap shop/web, which is blocked itself")
        #expect(Set(log.begun) == ["config", "other"])
        #expect(log.told.count == 4)
    }

    /// The server that would be asked is not there, which leaves the object where it is.
    @Test(arguments: [true, false]) func whatIsNotGoneIsLeftToTheNextRunOrTimesOut(_ isOvertaken: Bool) async throws {
        let log = Log()
        let rows = [row("slow"), row("web", stage: 1, needs: ["slow"]), row("other", stage: 1)]
        var applier = try applier(log)
        applier.deadline = ContinuousClock.now.advanced(by: isOvertaken ? .seconds(600) : .milliseconds(50))
        let heard = Mutex<[String]>([])
        applier.ends.isOver = { isOvertaken }
        applier.ends.begins = {
            let begun = log.begun
            heard.withLock { $0.append("begins after \(begun.sorted().joined(separator: " "))") }
        }
        applier.ends.gaveWay = { reason in heard.withLock { $0.append("gave way: \(reason)") } }
        applier.ends.awaits = { objects in heard.withLock { $0.append("awaits \(EndingObject.words(of: objects))") } }
        let held = Unstructured([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": "slow", "namespace": "shop", "uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z",
                "finalizers": ["example.com/hold"],
            ],
        ])
        let outcomes = try await Execution(applier: applier, operations: rows, reversed: false).run { operation, _ in
            log.state.withLock { $0.begun.append(operation.key.name) }
            guard operation.key.name == "slow" else { return OperationOutcome(operation: operation, result: .done) }
            return OperationOutcome(operation, waitsFor: EndingObject(held, key: operation.key, uid: "u", resource: configMaps))
        }
        await applier.client.shutdown()
        #expect(outcomes.map(\.result) == (isOvertaken ? [.skipped, .skipped, .done] : [.failed, .blocked, .done]))
        #expect(outcomes[0].error?.contains("still terminating, held by the finalizer example.com/hold") == true)
        #expect(outcomes[0].timedOut == !isOvertaken && outcomes[0].isSurvivor)
        #expect(heard.withLock { $0.first } == "begins after other slow")
        #expect(heard.withLock { $0.contains("awaits ConfigMap shop/slow to be gone (held by the finalizer example.com/hold)") })
        #expect(heard.withLock { $0.contains("gave way: interrupted") } == isOvertaken)
        #expect(log.told.count == 3)
    }

    @Test func onFailureStopSendsNothingMore() async throws {
        let log = Log()
        let rows = [row("a"), row("b", stage: 1), row("c", stage: 2)]
        let outcomes = try await run(rows, applier(log, onFailure: .stop), log, failing: ["a"])
        #expect(outcomes.map(\.result) == [.failed, .skipped, .skipped])
        #expect(outcomes[2].error == "not sent: ConfigMap shop/a failed, and sync.onFailure is Stop")
        #expect(log.begun == ["a"])
    }

    @Test func aRecordThatCannotBeWrittenStopsTheRun() async throws {
        let log = Log()
        let rows = [row("a"), row("b", stage: 1)]
        let applier = try applier(log, failToRecord: "a")
        await #expect(throws: Broken.self) { try await run(rows, applier, log) }
        #expect(log.begun == ["a"])
    }

    /// What was applied by an earlier run is asked of before the first write of a later stage; a later stage's rows never are.
    @Test func whatIsUnchangedHoldsTheStagesAfterIt() async throws {
        let log = Log()
        let rows = [row("a", writes: false), row("b", stage: 1), row("c", stage: 2, writes: false), row("d", stage: 3)]
        let asked = Mutex<[String]>([])
        let applier = try applier(
            log,
            stageDone: { outcomes, next in
                asked.withLock { $0.append("\(next): \(outcomes.map(\.operation.key.name).joined())") }
                return next == 3 ? .fail("c is not healthy") : .goOn
            })
        let outcomes = try await run(rows, applier, log)
        #expect(asked.withLock { $0 } == ["1: a", "3: abc"])
        #expect(outcomes.map(\.result) == [.skipped, .done, .skipped, .blocked])
    }

    @Test func aStageThatIsNotHealthyHoldsTheNextOnes() async throws {
        let log = Log()
        let rows = [row("a"), row("b"), row("c", stage: 1), row("d", stage: 2)]
        let applier = try applier(
            log, stageDone: { outcomes, _ in .fail("ConfigMap \(outcomes.map(\.operation.key.name).sorted()) is degraded") })
        let outcomes = try await run(rows, applier, log)
        #expect(outcomes.map(\.result) == [.done, .done, .blocked, .blocked])
        #expect(outcomes[2].error == "not sent: ConfigMap [\"a\", \"b\"] is degraded")
    }

    @Test func whereThereIsNoPointInTheRestItIsLeftToTheNextRun() async throws {
        let log = Log()
        let rows = [row("a"), row("b", stage: 1), row("c", stage: 2)]
        let outcomes = try await run(rows, try applier(log, stageDone: { _, _ in .stop("something newer came") }), log)
        #expect(outcomes.map(\.result) == [.done, .skipped, .skipped])
        #expect(outcomes[1].error == "not sent: something newer came")
    }

    @Test func cancellingStartsNothingNewAndEndsWhatRuns() async throws {
        let log = Log()
        let rows = (0..<20).map { row("r\($0)", stage: $0) }
        let applier = try applier(log)
        let fourth = AsyncStream.makeStream(of: Void.self)
        let cancellation = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await Execution(applier: applier, operations: rows, reversed: false).run { operation, _ in
                log.state.withLock { $0.begun.append(operation.key.name) }
                if operation.key.name == "r3" {
                    fourth.continuation.finish()
                    // Nobody sends or finishes it: it ends when the task is cancelled, and not before.
                    for await _ in cancellation.stream {}
                }
                return OperationOutcome(operation: operation, result: .done)
            }
        }
        for await _ in fourth.stream {}
        task.cancel()
        let outcomes = try await task.value
        cancellation.continuation.finish()
        #expect(log.begun == ["r0", "r1", "r2", "r3"])
        #expect(outcomes.prefix(4).allSatisfy { $0.result == .done })
        #expect(outcomes.last?.result == .skipped)
        #expect(outcomes.last?.error == "not sent: the run was interrupted before its turn")
        #expect(log.told.count == 20)
        await applier.client.shutdown()
    }
}

extension Result where Failure == any Error {
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
