// One reference of one repository, looked at for all Applications that follow it: a commit wakes those whose tree it changed.

import ControllerRuntime
import GitSource
import KubernetesModel
import Logging
import StructuredData

/// What a look at the repository found for one Application.
struct SourceLook: Sendable {
    /// `main@sha1:…`
    var revision: String
    var commit: SourceSnapshot.Commit
    /// Of a repository on this machine: where it was cloned from.
    var origin: String?
    /// The tree of the Application's path, or why there is none.
    var tree: Result<String, GitSourceError>
}

/// Polls with jitter; looks at once where somebody asks; never twice at the same time.
actor RepositoryWatch {
    private struct Follower {
        var path: String
        var interval: Duration
        /// Whether it knows what the last look but one found, and the tree it was told of; nil: that there is none.
        var isTold = false
        var told: String?
    }

    let access: GitPool.Access
    private let reference: GitRequest.Reference
    private let git: GitPool
    private let time: WorkTime
    private let logger: Logger
    private let metrics: ControllerMetrics
    private let wake: @Sendable (String, WorkReason) async -> Void
    private var followers: [String: Follower] = [:]
    private var last: SourceTrees?
    private var failure: GitSourceError?
    private var failures = 0
    private var current: Task<Void, Never>?
    private var next: Task<Void, Never>?
    private var polling: Task<Void, Never>?
    private var nap: Task<Void, Never>?
    /// The interval that the nap is for.
    private var napping: Duration?

    init(
        access: GitPool.Access, reference: GitRequest.Reference, git: GitPool, time: WorkTime, logger: Logger,
        metrics: ControllerMetrics, wake: @escaping @Sendable (String, WorkReason) async -> Void
    ) {
        self.access = access
        self.reference = reference
        self.git = git
        self.time = time
        self.logger = logger
        self.metrics = metrics
        self.wake = wake
    }

    var isIdle: Bool { followers.isEmpty }

    func follow(_ application: String, path: String, interval: Duration) {
        let known = followers[application]
        var follower = Follower(path: path, interval: interval)
        if let known, known.path == path { (follower.isTold, follower.told) = (known.isTold, known.told) }
        followers[application] = follower
        // One that is longer than what is slept for makes the next nap longer.
        if known?.interval != interval, interval < (napping ?? .zero) { nap?.cancel() }
        // Ends in `stop`.
        if polling == nil { polling = Task { await self.poll() } }
    }

    func leave(_ application: String) { followers[application] = nil }

    func stop() async {
        polling?.cancel()
        nap?.cancel()
        await polling?.value
    }

    /// - Parameter isFresh: whether what was seen before the call is not enough.
    /// - Throws: `GitSourceError` of the last look, where nothing was ever seen, the question is a fresh one or it failed before, too.
    func look(for application: String, path: String, isFresh: Bool) async throws -> SourceLook {
        if isFresh || failure == nil && last?.trees[path] == nil { await lookAgain() }
        if let failure, isFresh || failures > 1 || last?.trees[path] == nil { throw failure }
        guard let last, let tree = last.trees[path] else {
            throw failure ?? GitSourceError(code: .worker, message: "the repository \(access.repository) was not read yet")
        }
        followers[application]?.isTold = true
        followers[application]?.told = try? tree.get()
        return SourceLook(revision: last.revision, commit: last.commit, origin: last.origin, tree: tree)
    }

    /// The trees of all Applications that follow, as the last look found them.
    var trees: [String: String] {
        followers.reduce(into: [:]) { trees, follower in
            if case .success(let id)? = last?.trees[follower.value.path] { trees[follower.key] = id }
        }
    }

    // MARK: Looking

    /// A look that begins after the call; many who ask at once share one.
    private func lookAgain() async {
        if let next { return await next.value }
        let task = Task { [previous = current] in
            await previous?.value
            await self.lookNow()
        }
        next = task
        await task.value
    }

    private func lookNow() async {
        current = next
        next = nil
        let paths = Array(Set(followers.values.map(\.path))).sorted { $0.precedesByBytes($1) }
        do {
            let source = try await git.source(for: access)
            take(try await source.trees(of: reference, in: access.repository, paths: paths))
            let wasFailing = failure != nil
            failure = nil
            failures = 0
            for (name, follower) in followers {
                let tree = last?.trees[follower.path].flatMap { try? $0.get() }
                if wasFailing { await wake(name, .source) }
                if follower.isTold, follower.told != tree {
                    followers[name]?.told = tree
                    await wake(name, .commit)
                }
            }
        } catch {
            let error = error as? GitSourceError ?? GitSourceError(code: .worker, message: "\(error)")
            if error.code == .authentication || error.code == .hostKey || error.code == .tls { await git.forget(access) }
            failure = error
            failures += 1
            logger.warning("the repository cannot be read", metadata: ["repository": "\(access.repository)", "error": "\(error.message)"])
            // Once is an accident; the second time people are told.
            if failures == 2 || last == nil && failures == 1 { for name in followers.keys { await wake(name, .source) } }
        }
    }

    private func take(_ found: SourceTrees) {
        if let last, last.revision != found.revision {
            logger.info("a new revision", metadata: ["repository": "\(access.repository)", "revision": "\(found.revision)"])
        }
        last = found
        metrics.looked(at: access.repository)
    }

    // MARK: Polling

    private func poll() async {
        while !Task.isCancelled {
            let interval = followers.values.map(\.interval).min() ?? .seconds(60)
            let backoff = failures > 0 ? min(interval * (1 << min(failures - 1, 10)), max(interval, .seconds(300))) : interval
            let pause = backoff * Double.random(in: 0.9..<1.1)
            let time = self.time
            let nap = Task { await time.sleep(pause) }
            self.nap = nap
            napping = interval
            let begun = time.now()
            await nap.value
            if Task.isCancelled { return }
            // Woken before its time: the interval has changed.
            if time.now() - begun < pause * 0.99, !followers.isEmpty, failures == 0, followers.values.map(\.interval).min() != interval {
                continue
            }
            if !followers.isEmpty { await lookAgain() }
        }
    }
}
