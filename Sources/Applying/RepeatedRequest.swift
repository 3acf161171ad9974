// One mutating request, sent again while its failure may pass and the deadline allows it.

import KubernetesClient
import KubernetesModel
import Planning

struct RepeatedRequest: Sendable {
    let applier: Applier
    let operation: PlannedOperation
    let circumstances: RequestVerdict.Circumstances

    struct Answer<Value: Sendable>: Sendable {
        var value: Value
        /// An earlier attempt ended without an answer: it may have been done.
        var mayHaveBeenDone: Bool
    }

    /// - Throws: ``StopRun``, or ``RowFailure``.
    func send<Value: Sendable>(_ request: @escaping @Sendable () async throws -> Value) async throws -> Answer<Value> {
        var backoff = Backoff()
        var mayHaveBeenDone = false
        let begun = applier.pace.now()
        while true {
            try await applier.announce(operation)
            do {
                return Answer(value: try await shielded(request), mayHaveBeenDone: mayHaveBeenDone)
            } catch let error as ClientError {
                if error.code == .unreachable || error.code == .timeout { mayHaveBeenDone = true }
                switch RequestVerdict(error, circumstances) {
                case .retry: break
                case .retryFor(let limit):
                    guard begun.duration(to: applier.pace.now()) < limit else {
                        throw RowFailure.failed(error.messageOfIt, field: error.status?.rejectedField)
                    }
                case .replan: throw RowFailure.stale(error.messageOfIt)
                case .fail: throw RowFailure.failed(error.messageOfIt, field: error.status?.rejectedField)
                }
                let pause = backoff.pause(jitter: applier.pace.jitter(), retryAfter: error.retryAfter)
                do {
                    guard try await applier.pace.wait(pause, until: applier.deadline) else {
                        throw RowFailure.timedOut("timed out; the last answer was: \(error.messageOfIt)", survivor: false)
                    }
                } catch is CancellationError {
                    throw RowFailure.timedOut("interrupted while trying again; the last answer was: \(error.messageOfIt)", survivor: false)
                }
            }
        }
    }
}
