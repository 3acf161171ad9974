// Puts requests that come at the same time in one order, so that two recordings of a case are alike.

/// Lets requests through one after another. Those that come together go in the order of their keys and all end together: what follows
/// from their answers comes together again.
actor RecordingOrder {
    private struct Turn {
        let key: String
        let begin: CheckedContinuation<Void, Never>
    }
    private var waiting: [Turn] = []
    private var passed: [CheckedContinuation<Void, Never>] = []
    private var done: CheckedContinuation<Void, Never>?
    private var isRunning = false
    /// A client sends what it wants at the same time well within this.
    private static let quiet = Duration.milliseconds(40)

    /// Runs `body` when it is this request's turn; returns when all that came with it are done.
    func pass<R: Sendable>(_ key: String, _ body: @Sendable () async throws -> R) async throws -> R {
        await withCheckedContinuation { begin in
            waiting.append(Turn(key: key, begin: begin))
            if !isRunning {
                isRunning = true
                Task { await letThrough() }
            }
        }
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await withCheckedContinuation { end in
            passed.append(end)
            done?.resume()
            done = nil
        }
        return try result.get()
    }

    private func letThrough() async {
        while !waiting.isEmpty {
            var count = 0
            while count != waiting.count {
                count = waiting.count
                try? await Task.sleep(for: Self.quiet)
            }
            let turns = waiting.sorted { $0.key < $1.key }
            waiting = []
            for turn in turns {
                await withCheckedContinuation { next in
                    done = next
                    turn.begin.resume()
                }
            }
            let ended = passed
            passed = []
            for end in ended { end.resume() }
        }
        isRunning = false
    }
}
