// Keys that wait for work: each at most once, never two workers on one, the earliest first.

/// A queue of keys with the reasons why each is to be looked at.
///
/// Reasons that come while a key waits are joined; those that come while it is worked on make it wait again. What `run` was given is
/// never cancelled by the queue: when the task of ``run(workers:_:)`` is cancelled, work under way ends in its own time and nothing new
/// begins.
package actor WorkQueue<Key: Hashable & Sendable, Reason: Hashable & Sendable> {
    /// One turn of a key.
    package struct Turn: Sendable {
        package var key: Key
        package var reasons: Set<Reason>
        /// Since the first of them was due.
        package var waited: Duration
    }

    private struct Waiting {
        /// Of two that are due at once the one that was added first goes first.
        var number: Int
        /// Each with its own time: a pause that one asks for is not cut short by another.
        var reasons: [Reason: Duration]

        /// Of the earliest reason.
        var due: Duration

        init(number: Int, reasons: [Reason: Duration]) {
            self.number = number
            self.reasons = reasons
            due = reasons.values.min() ?? .zero
        }

        func precedes(_ other: Waiting) -> Bool { (due, number) < (other.due, other.number) }
    }

    private let time: WorkTime
    private var waiting: [Key: Waiting] = [:]
    /// The same, the earliest first.
    private var line: [(key: Key, item: Waiting)] = []
    private var running: Set<Key> = []
    /// Those of them that only wait for something, and hold no worker up.
    private var resting: Set<Key> = []
    private var added = 0
    /// What the dispatcher sleeps in; cancelled to wake it.
    private var nap: Task<Void, Never>?
    /// Whether something changed since the dispatcher looked last.
    private var hasNews = false

    package init(time: WorkTime = .system) { self.time = time }

    /// How many keys wait, due or not.
    package var depth: Int { waiting.count }

    /// How many turns are under way and not at rest.
    package var working: Int { running.count - resting.count }

    /// Puts a key in line. One that waits already keeps all reasons, each with the earlier of its times.
    package func add(_ key: Key, _ reason: Reason, after pause: Duration = .zero) { add(key, [reason], after: pause) }

    /// Puts a key in line for several reasons at once, so that one turn has them all.
    package func add(_ key: Key, _ reasons: Set<Reason>, after pause: Duration = .zero) {
        let due = time.now() + max(pause, .zero)
        if waiting[key] == nil { added += 1 }
        let old = waiting[key]
        let item = Waiting(
            number: old?.number ?? added, reasons: (old?.reasons ?? [:]).merging(reasons.map { ($0, due) }, uniquingKeysWith: min))
        put(item, for: key)
        wake()
    }

    /// Forgets a key that waits; work that is under way goes on.
    package func remove(_ key: Key) { put(nil, for: key) }

    private func put(_ item: Waiting?, for key: Key) {
        if let old = waiting[key] { line.remove(at: place(of: old)) }
        waiting[key] = item
        if let item { line.insert((key, item), at: place(of: item)) }
    }

    /// Where the first one stands that does not go before this one.
    private func place(of item: Waiting) -> Int {
        var (low, high) = (0, line.count)
        while low < high {
            let middle = (low + high) / 2
            if line[middle].item.precedes(item) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The key's turn only waits from here on: another key may have its worker, its own still has one turn at a time. Nothing where the
    /// key has no turn.
    package func rest(_ key: Key) {
        guard running.contains(key) else { return }
        resting.insert(key)
        wake()
    }

    /// The turn goes on after ``rest(_:)``, at once: for a while there may be more at work than there are workers.
    package func resume(_ key: Key) { resting.remove(key) }

    private func isFree(_ workers: Int) -> Bool { running.count - resting.count < max(1, workers) }

    /// Hands out turns, at most `workers` at once and one for each key, until the task is cancelled; returns when the last one ended.
    package func run(workers: Int, _ body: @escaping @Sendable (Turn) async -> Void) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                hasNews = false
                while isFree(workers), let turn = take() {
                    group.addTask {
                        // Of its own, so that the end of the queue does not cancel it.
                        await Task { await body(turn) }.value
                        await self.ended(turn.key)
                    }
                }
                await sleep(until: isFree(workers) ? first?.item.due : nil)
            }
        }
    }

    /// The key that has waited longest of those that are due and not worked on.
    private func take() -> Turn? {
        let now = time.now()
        guard let next = first, next.item.due <= now else { return nil }
        let due = next.item.reasons.filter { $0.value <= now }
        let later = next.item.reasons.filter { $0.value > now }
        added += 1
        put(later.isEmpty ? nil : Waiting(number: added, reasons: later), for: next.key)
        running.insert(next.key)
        return Turn(key: next.key, reasons: Set(due.keys), waited: max(.zero, now - next.item.due))
    }

    /// The earliest key that is not worked on.
    private var first: (key: Key, item: Waiting)? { line.first { !running.contains($0.key) } }

    private func ended(_ key: Key) {
        running.remove(key)
        resting.remove(key)
        wake()
    }

    private func sleep(until due: Duration?) async {
        guard !hasNews else { return }
        let time = self.time
        let pause = due.map { max(.zero, $0 - time.now()) } ?? .seconds(3600)
        let nap = Task { await time.sleep(pause) }
        self.nap = nap
        await withTaskCancellationHandler {
            await nap.value
        } onCancel: {
            nap.cancel()
        }
        self.nap = nil
    }

    private func wake() {
        hasNews = true
        nap?.cancel()
    }
}
