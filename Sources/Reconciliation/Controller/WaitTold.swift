// What a run waits for to be gone, as the run tells it and the status says it.

import Applying
import ControllerRuntime
import Synchronization

/// Of one run.
final class WaitTold: Sendable {
    /// The newest words, at once and whenever they are others; empty where nothing is waited for.
    let changes: AsyncStream<String>
    private let words: AsyncStream<String>.Continuation
    private let last = Mutex("")

    init() {
        (changes, words) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        words.yield("")
    }

    func awaits(_ objects: [EndingObject]) {
        last.withLock { last in
            let now = EndingObject.words(of: objects)
            guard now != last else { return }
            last = now
            words.yield(now)
        }
    }
}

extension ApplicationTurn {
    /// Says that work is under way where it takes a while, and what it waits for to be gone.
    /// - Parameter joint: between what the status says and that.
    func telling<R: Sendable>(
        _ status: ApplicationStatus, _ told: WaitTold, joint: String = "; ", _ body: () async throws -> R
    ) async throws -> R {
        var status = status
        status.isReconciling = true
        let first = status
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await parts.time.sleep(.seconds(4))
                if Task.isCancelled { return }
                var last: String?
                for await words in told.changes {
                    if Task.isCancelled { return }
                    if words == last { continue }
                    var now = first
                    if !words.isEmpty { now.readiness.message += "\(joint)waits for \(words)" }
                    await say(now)
                    last = words
                }
            }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }
}
