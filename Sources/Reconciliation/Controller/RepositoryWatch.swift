// One reference of one repository, looked at for all Applications that follow it: a commit wakes those for whom it changed something.

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
    /// The tree of the Application's path, or why there is none; of a kustomization that was rendered before, what stands for it
    /// (`SourceSnapshot.treeID`).
    var tree: Result<String, GitSourceError>
    /// Whether a snapshot of it would have that very tree: not where it is not known yet whether it is a kustomization.
    var isExact = true
}

/// Polls with jitter; looks at once where somebody asks; never twice at the same time.
actor RepositoryWatch {
    private struct Follower {
        var path: String
        var interval: Duration
        /// Whether it knows what the last look but one found, and the tree it was told of; nil: that there is none.
        var isTold = false
        var told: String?
        /// Of a kustomization the paths that its last rendering looked at; empty: of a plain directory; nil: it was not rendered yet.
        var reads: [String]?
        /// What stands for what is at those paths now.
        var digest: String?
    }

    let access: GitPool.Access
    private let reader: RepositoryReader
    private let time: WorkTime
    private let logger: Logger
    private let metrics: ControllerMetrics
    private let wake: @Sendable (String, WorkReason) async -> Void
    private var followers: [String: Follower] = [:]
    private var last: SourceTrees?
    /// Whether the digests of followers are not those of the last look.
    private var digestsAreOld = false
    private var failure: GitSourceError?
    private var failures = 0
    private var current: Task<Void, Never>?
    private var next: Task<Void, Never>?
    private var polling: Task<Void, Never>?
    private var nap: Task<Void, Never>?
    /// The interval that the nap is for.
    private var napping: Duration?

    init(
        access: GitPool.Access, reader: RepositoryReader, time: WorkTime, logger: Logger,
        metrics: ControllerMetrics, wake: @escaping @Sendable (String, WorkReason) async -> Void
    ) {
        self.access = access
        self.reader = reader
        self.time = time
        self.logger = logger
        self.metrics = metrics
        self.wake = wake
    }

    func follow(_ application: String, path: String, interval: Duration) {
        let known = followers[application]
        var follower = Follower(path: path, interval: interval)
        if let known, known.path == path {
            follower = known
            follower.interval = interval
        }
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
        let follower = followers[application].flatMap { $0.path == path ? $0 : nil }
        guard let last, let tree = follower.flatMap(tree(of:)) ?? last.trees[path] else {
            throw failure ?? GitSourceError(code: .worker, message: "the repository \(access.repository) was not read yet")
        }
        followers[application]?.isTold = true
        followers[application]?.told = try? tree.get()
        return SourceLook(
            revision: last.revision, commit: last.commit, origin: last.origin, tree: tree, isExact: follower?.reads != nil)
    }

    /// Takes down what a rendering of the Application at a commit looked at: from now on only a commit that touches it wakes.
    ///
    /// - Parameter reads: of a kustomization, by path from the root; empty of a plain directory.
    func note(reads: [String: String], at commit: String, of application: String, path: String) async {
        guard var follower = followers[application], follower.path == path else { return }
        if reads.isEmpty {
            let isNewest = last?.commit.id == commit
            let was = follower.digest
            follower.reads = []
            follower.digest = nil
            if was != nil, follower.isTold, isNewest { follower.told = tree(of: follower).flatMap { try? $0.get() } }
            followers[application] = follower
            if !isNewest { await wakeChanged() }
            return
        }
        follower.reads = Array(reads.keys)
        follower.digest = SourceSnapshot.treeID(ofReads: reads)
        if follower.isTold { follower.told = follower.digest }
        followers[application] = follower
        guard let newest = last?.commit.id, newest != commit else { return }
        // Another commit came meanwhile, and may have changed what was looked at only now.
        digestsAreOld = true
        guard let digests = try? await digests(at: newest), last?.commit.id == newest else { return }
        take(digests)
        await wakeChanged()
    }

    /// What the Application's source is now, as the last look found it; nil where there is none.
    func tree(of application: String) -> String? { followers[application].flatMap(tree(of:)).flatMap { try? $0.get() } }

    private func tree(of follower: Follower) -> Result<String, GitSourceError>? {
        guard let tree = last?.trees[follower.path] else { return nil }
        if case .success = tree, let digest = follower.digest { return .success(digest) }
        return tree
    }

    /// Whether a look went well since the controller began.
    var isKnown: Bool { last != nil }

    /// Who follows, and which path.
    var paths: [String: String] { followers.mapValues(\.path) }

    /// What all Applications that follow have here, as the last look found it; those of which there is nothing are left out.
    var looks: [String: SourceLook] {
        guard let last else { return [:] }
        return followers.compactMapValues { follower in
            guard case .success(let id)? = tree(of: follower) else { return nil }
            return SourceLook(
                revision: last.revision, commit: last.commit, origin: last.origin, tree: .success(id), isExact: follower.reads != nil)
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
            let found = try await reader.trees(paths)
            let isNew = digestsAreOld || last?.commit.id != found.commit.id
            let digests = isNew ? try await digests(at: found.commit.id) : nil
            take(found)
            if let digests { take(digests) }
            let wasFailing = failure != nil
            failure = nil
            failures = 0
            if wasFailing { for name in followers.keys { await wake(name, .source) } }
            await wakeChanged()
        } catch {
            let error = error as? GitSourceError ?? GitSourceError(code: .worker, message: "\(error)")
            if error.code == .authentication || error.code == .hostKey || error.code == .tls { await reader.forget() }
            failure = error
            failures += 1
            logger.warning("the repository cannot be read", metadata: ["repository": "\(access.repository)", "error": "\(error.message)"])
            // Once is an accident; the second time people are told.
            if failures == 2 || last == nil && failures == 1 { for name in followers.keys { await wake(name, .source) } }
        }
    }

    /// Wakes those whose source is not what they were told of.
    private func wakeChanged() async {
        for (name, follower) in followers {
            let tree = tree(of: follower).flatMap { try? $0.get() }
            guard follower.isTold, follower.told != tree else { continue }
            followers[name]?.told = tree
            await wake(name, .commit)
        }
    }

    /// What stands for the followers' kustomizations at a commit. All that their renderings looked at is asked for at once; what one that
    /// ended meanwhile looked at besides, after that.
    private func digests(at commit: String) async throws -> [String: String] {
        var identities: [String: String] = [:]
        while true {
            let unknown = Set(followers.values.flatMap { $0.reads ?? [] }).subtracting(identities.keys)
            if unknown.isEmpty { break }
            let found = try await reader.identities(Array(unknown), commit)
            for path in unknown { identities[path] = found[path] ?? SourceEntry.absent.identity }
        }
        return followers.compactMapValues { follower in
            guard let reads = follower.reads, !reads.isEmpty else { return nil }
            return SourceSnapshot.treeID(ofReads: Dictionary(reads.map { ($0, identities[$0] ?? "") }) { first, _ in first })
        }
    }

    private func take(_ digests: [String: String]) {
        for (name, digest) in digests { followers[name]?.digest = digest }
        digestsAreOld = false
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
            // A server that comes back is noticed soon; one that refuses us is not asked so often.
            let longest: Duration = failure.map { $0.code == .unreachable } ?? false ? .seconds(15) : .seconds(300)
            let backoff = failures > 0 ? min(interval * (1 << min(failures - 1, 10)), max(interval, longest)) : interval
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
