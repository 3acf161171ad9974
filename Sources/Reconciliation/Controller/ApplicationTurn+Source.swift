// What an Application shall be: the newest revision of its source, or the one that it is held at.

import ControllerRuntime
import FoundationEssentials
import GitSource
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import Rendering
import StructuredData

extension ApplicationTurn {
    /// What is to be made so, and what is to be said of it beside.
    struct Wanted: Sendable {
        var desired: DesiredState
        /// nil where the objects come from the journal.
        var snapshot: SourceSnapshot?
        /// A newer revision that waits.
        var pending: String?
        /// Why it is not simply the newest revision that is applied; nil: it is.
        var reservation: ApplicationStatus.Readiness?
        /// Whether what stands in the way may go without a word: then it is looked for again.
        var isRetried = false
    }

    /// - Parameter unmet: why nothing newer than what is applied may be: drift is put right all the same.
    /// - Throws: ``Obstacle`` where there is nothing to go by.
    func wanted(
        _ application: Application, _ memory: ApplicationMemory, isRequested: Bool, commit: String? = nil, unmet: Obstacle? = nil,
        discovery: Discovery
    ) async throws -> Wanted {
        let watch = await parts.repositories.watch(application)
        var look: SourceLook?
        var trouble: Obstacle?
        do {
            let seen = try await watch.look(
                for: reference, path: application.source.path, isFresh: isRequested)
            look = seen
            if case .failure(let error) = seen.tree { trouble = Obstacle(.invalidSource, error.message, isStalled: true, retry: .none) }
        } catch let error as GitSourceError {
            trouble = Obstacle(error)
        }
        if let pin = application.pin, pin.isActive(at: Date()) {
            // Where Git cannot be read, what was known to wait still does.
            let known = await parts.index[reference]?.status["pendingRevision"]?.string
            return try await pinned(pin, application, memory, newest: look?.revision ?? known, discovery: discovery)
        }
        if let trouble {
            return try await held(application, memory, because: trouble, pending: nil, discovery: discovery)
        }
        guard let look, case .success(let tree) = look.tree else {
            throw Obstacle(.sourceUnreachable, "the repository was not read yet")
        }
        if let unmet, tree != memory.applied?.treeID {
            return try await held(application, memory, because: unmet, pending: look.revision, discovery: discovery)
        }
        let isReleased = (isRequested || memory.wish?.covers(look.revision) ?? false) && commit.map(look.commit.id.hasPrefix) ?? true
        if application.sync.mode == .manual, !isReleased, memory.released != look.commit.id,
            try await isNews(tree, look, application, memory)
        {
            let other = isRequested ? commit.map { "; sha1:\($0), which was asked for, is not what is there now" } ?? "" : ""
            let wait = Obstacle(
                .held,
                "\(look.revision) waits for belay sync \(application.name) -n \(application.namespace) (sync.mode is Manual)\(other)",
                retry: .none)
            return try await held(application, memory, because: wait, pending: look.revision, discovery: discovery)
        }
        do {
            var (desired, snapshot) = try await rendered(application, at: look, discovery: discovery)
            desired.revision = look.revision
            snapshot.revision = look.revision
            return Wanted(desired: desired, snapshot: snapshot)
        } catch let failure as RenderingFailure {
            // Nobody tells when a definition comes from elsewhere.
            let broken = Obstacle(
                .renderFailed, "\(look.revision) cannot be rendered: " + ApplicationTurn.listed(failure.findings), isStalled: true,
                retry: failure.unserved.isEmpty ? .none : .backoff)
            return try await held(application, memory, because: broken, pending: look.revision, discovery: discovery)
        } catch let error as GitSourceError {
            // What is amiss may be outside of what the watch looks at, as long as nothing was read whole.
            var trouble = Obstacle(error)
            trouble.retry = .backoff
            return try await held(application, memory, because: trouble, pending: nil, discovery: discovery)
        } catch let error as UnreadableValues {
            let obstacle = Obstacle(
                .renderFailed, "\(look.revision) cannot be rendered: \(error.message)", retry: error.isFollowed ? .none : .backoff)
            return try await held(application, memory, because: obstacle, pending: look.revision, discovery: discovery)
        }
    }

    // MARK: Variables

    /// The values of an Application's variables cannot be had.
    struct UnreadableValues: Error {
        var message: String
        /// Whether it is told when they can be had.
        var isFollowed = false
    }

    /// Sees to it that other values wake the Application: by watches, and where these may not be had, by looking again as often as at its
    /// repository.
    func followValues(of application: Application, _ account: ClusterAccount) async {
        if reasons.contains(.spec) { await parts.accounts.leaveValues(of: reference, besides: account) }
        let isFollowed = await account.values.follow(
            application.valuePlaces, for: reference, asksAgain: !reasons.isSubset(of: [.health, .drift, .values]))
        if !isFollowed { await parts.queue.add(reference, .values, after: application.interval) }
    }

    /// What the Application's variables stand for, read as its service account.
    /// - Throws: ``UnreadableValues``.
    private func values(of application: Application) async throws -> SubstitutionValues? {
        guard application.hasValuesInCluster else { return application.source.substitute.map { SubstitutionValues($0) } }
        let account = try await parts.accounts.account(serviceAccount(application), in: application.namespace)
        do {
            return try await VariableReader(client: account.client).values(of: application)
        } catch let failure as SyncFailure {
            throw UnreadableValues(
                message: failure.errors.map(\.message).joined(separator: "; "),
                isFollowed: await account.values.isFollowing(application.valuePlaces))
        } catch let error as ClientError {
            throw UnreadableValues(message: "what spec.source.substitute.from names cannot be read: \(error.message)")
        }
    }

    /// Whether the variables stand for something else than when the Application was looked at last, or it cannot be told.
    func hasOtherValues(_ application: Application, _ memory: ApplicationMemory) async throws -> Bool {
        guard application.hasValuesInCluster else { return false }
        do {
            return try await values(of: application)?.digest(key: parts.journal.redactionKey) != memory.values
        } catch is UnreadableValues {
            return true
        }
    }

    /// Whether the source is another one than what the last run was for. Of a kustomization this is known only once it was read.
    private func isNews(
        _ tree: String, _ look: SourceLook, _ application: Application, _ memory: ApplicationMemory
    ) async throws -> Bool {
        guard tree != memory.reached?.treeID else { return false }
        // The journal was lost, but not what the status says.
        if memory.reached == nil, let said = await parts.index[reference]?.status["lastAppliedRevision"]?.string, said == look.revision {
            return false
        }
        guard !look.isExact, memory.reached != nil else { return true }
        do {
            return try await snapshot(application, at: look).treeID != memory.reached?.treeID
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return true
        }
    }

    /// The Application's objects at a commit.
    /// - Throws: `GitSourceError`, `RenderingFailure`, ``UnreadableValues``.
    func rendered(
        _ application: Application, at look: SourceLook, discovery: Discovery
    ) async throws -> (DesiredState, SourceSnapshot) {
        let snapshot = try await snapshot(application, at: look)
        return try await rendered(application, snapshot, revision: look.revision, discovery: discovery)
    }

    private func rendered(
        _ application: Application, _ snapshot: SourceSnapshot, revision: String, discovery: Discovery
    ) async throws -> (DesiredState, SourceSnapshot) {
        var application = application
        application.source.origin = snapshot.origin
        let values = try await values(of: application)
        let objects = try await objects(of: snapshot, application, values, discovery)
        var desired = DesiredState(application: application, revision: revision, treeID: snapshot.treeID, objects: objects)
        if application.hasValuesInCluster {
            desired.secretTexts = values?.secretTexts ?? []
            desired.valuesDigest = values?.digest(key: parts.journal.redactionKey)
        }
        return (desired, snapshot)
    }

    /// A kind that is not served may be served by now: the cluster is asked again before it is called wrong.
    private func objects(
        of snapshot: SourceSnapshot, _ application: Application, _ values: SubstitutionValues?, _ discovery: Discovery
    ) async throws -> [DesiredObject] {
        let renderer = Renderer(application: application, values: values)
        do throws(RenderingFailure) {
            return try renderer.render(snapshot, discovery: discovery)
        } catch  where error.unserved.isEmpty {
            throw error
        } catch {
            return try renderer.render(snapshot, discovery: await parts.discovery.current(with: error.unserved))
        }
    }

    /// The source as the look saw it; the watch is told what was looked at. A kustomization that was built before and is still the same is
    /// not read again.
    private func snapshot(_ application: Application, at look: SourceLook) async throws -> SourceSnapshot {
        var snapshot: SourceSnapshot
        if look.isExact, let tree = try? look.tree.get(), let built = await parts.kustomizations.built(application.source, treeID: tree),
            Kustomization.isBuilt(built, application.source)
        {
            snapshot = built
            snapshot.revision = "sha1:\(look.commit.id)"
        } else {
            snapshot = try await self.snapshot(application, commit: look.commit.id)
            await parts.kustomizations.keep(snapshot, of: application.source)
        }
        snapshot.commit = look.commit
        await parts.repositories.note(snapshot, at: look.commit.id, of: application)
        return snapshot
    }

    private func snapshot(_ application: Application, commit: String) async throws -> SourceSnapshot {
        let source = try await parts.git.source(for: Repositories.access(application), .reading)
        return try await SourceReading.snapshot(of: application.source, at: .commit(commit), from: source, sharing: parts.files)
    }

    // MARK: Held at a run

    /// What the last run was for, for as long as something stands in the way of what is newer: drift is put right meanwhile, and nothing is
    /// rolled back, even where that run has not come to its end.
    private func held(
        _ application: Application, _ memory: ApplicationMemory, because obstacle: Obstacle, pending: String?, discovery: Discovery
    ) async throws -> Wanted {
        guard let run = memory.reached else {
            var obstacle = obstacle
            obstacle.pending = pending
            throw obstacle
        }
        do {
            var wanted = try await state(of: run, application, discovery: discovery)
            wanted.pending = pending
            var said = obstacle.readiness
            if let missing = wanted.reservation?.message, !said.message.contains(missing) { said.message += "; \(missing)" }
            wanted.reservation = said
            if case .backoff = obstacle.retry { wanted.isRetried = true }
            return wanted
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw obstacle
        }
    }

    private func pinned(
        _ pin: Application.Pin, _ application: Application, _ memory: ApplicationMemory, newest: String?, discovery: Discovery
    ) async throws -> Wanted {
        guard let run = try await parts.journal.run(pin.run), run.application == reference else {
            let unknown = Obstacle(
                .failed, "spec.pin names the run \(pin.run), which the journal does not know: belay history shows those that it does",
                isStalled: true, retry: .none)
            return try await held(application, memory, because: unknown, pending: newest, discovery: discovery)
        }
        var wanted = try await state(of: run, application, discovery: discovery)
        let end = pin.until.map { "until \($0)" } ?? "until belay resume \(application.name)"
        let isBehind = newest.map { $0 != run.revision } ?? false
        wanted.pending = isBehind ? newest : nil
        let missing = wanted.reservation.map { "; what its variables stood for last is kept: \($0.message)" }
        wanted.reservation = .init(
            isReady: missing == nil, reason: missing == nil ? .pinned : .renderFailed,
            message: "pinned to the run \(run.id) (\(run.revision)) \(end): \(pin.reason)"
                + (isBehind ? "; \(newest ?? "") waits" : "") + (missing ?? ""))
        return wanted
    }

    /// The objects of a run: from the commit where the cache of its repository has it, else from the journal. Where its variables have no
    /// values, what they stood for last, with a reservation that says so.
    private func state(of run: SyncRun, _ application: Application, discovery: Discovery) async throws -> Wanted {
        let kept = KeptRun(journal: parts.journal, run: run)
        if let id = try await kept.commit(), var files = try? await snapshot(application, commit: id), files.treeID == run.treeID {
            if files.commit == nil { files.commit = .init(id: id, subject: run.message ?? "", author: run.author ?? "", date: "") }
            do {
                let (desired, snapshot) = try await rendered(application, files, revision: run.revision, discovery: discovery)
                return Wanted(desired: desired, snapshot: snapshot)
            } catch let error as UnreadableValues {
                var wanted = Wanted(desired: try await kept.state(of: application, hasLatestValues: true), snapshot: files)
                wanted.reservation = Obstacle(.renderFailed, error.message).readiness
                wanted.isRetried = !error.isFollowed
                return wanted
            } catch is CancellationError {
                throw CancellationError()
            } catch {}
        }
        return Wanted(desired: try await kept.state(of: application))
    }

    static func listed(_ findings: [Finding]) -> String { listed(findings.map(\.description), most: 5) }

    static func listed(_ texts: [String], most: Int) -> String {
        let shown = texts.prefix(most).joined(separator: "; ")
        return texts.count > most ? "\(shown); and \(texts.count - most) more" : shown
    }
}

extension ApplicationTurn.Obstacle {
    /// The repository cannot be read: its watch sees when it can be again.
    fileprivate init(_ error: GitSourceError) {
        self.init(error.isLasting ? .invalidSource : .sourceUnreachable, error.message, isStalled: error.isLasting, retry: .none)
    }
}

extension Application {
    /// Where the values are that its variables stand for.
    var valuePlaces: Set<ValueWatches.Place> {
        Set((source.substitute?.from ?? []).map { ValueWatches.Place(namespace: namespace, kind: $0.kind, name: $0.name) })
    }
}
