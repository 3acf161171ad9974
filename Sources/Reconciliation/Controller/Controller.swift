// The controller: watches the Applications, their repositories and their objects, and keeps the cluster fast to Git.

import ControllerRuntime
package import CoreMetrics
import Foundation
package import GitSource
package import Journal
package import KubernetesClient
import KubernetesModel
package import Logging
import Planning
import Rendering
import StructuredData

/// Keeps all Applications of a cluster, or of one namespace of it, until it is stopped.
package struct Controller: Sendable {
    package struct Options: Sendable {
        /// Only Applications of this namespace; nil: all.
        package var namespace: String?
        /// As whom Applications act that name no service account; nil: as the controller.
        package var defaultServiceAccount: String?
        /// Where the lease is kept, and its name.
        package var leaseNamespace = "belay-system"
        package var leaseName = "belay-controller"
        /// Of this process, another one at each start.
        package var identity = ""
        /// How many Applications are worked on at once.
        package var workers = 16
        /// How many requests one of them may have under way.
        package var concurrency = 8
        /// Of bare repositories.
        package var gitCache = ""
        /// The `belay-git` program; nil: found as `GitSource` does it.
        package var gitWorker: String?
        package var repositories = RepositoryPolicy(allowsLocal: false)
        package var retention = 100
        /// Where counts and times go.
        package var metrics: any MetricsFactory = NOOPMetricsHandler.instance
        var backoff = Backoff(first: .seconds(5), longest: .seconds(300))
        package init() {}
    }

    private let connection: ClusterConnection
    private let journal: Journal
    private let options: Options
    private let logger: Logger
    private let time: WorkTime
    /// What probes are told.
    package let health = ControllerHealth()

    /// - Parameters:
    ///   - connection: as the controller itself.
    ///   - journal: kept by nobody else while the controller has the lease.
    package init(connection: ClusterConnection, journal: Journal, options: Options, logger: Logger) {
        self.connection = connection
        self.journal = journal
        self.options = options
        self.logger = logger
        time = .system
    }

    /// Waits for the lease, then works until the task is cancelled; what is being written then is brought to its end.
    ///
    /// - Throws: ``LeaseLost``: another controller may be working by now, so this process should end; ``ClientError`` where the cluster
    ///   cannot be used at all.
    package func run() async throws {
        let metrics = ControllerMetrics(factory: options.metrics, server: connection.serverName)
        let client = try KubernetesClient(connection: connection, answered: metrics.answered)
        let lease = LeaderLease(
            client: client, namespace: options.leaseNamespace, name: options.leaseName, identity: options.identity, time: time)
        let standing = Standing()
        let parts = parts(client, metrics, standing)
        do {
            try await lease.holding(
                waiting: { logger.info("waiting for the lease", metadata: ["holder": "\($0)"]) }, lost: { standing.depose() }
            ) {
                await withTaskCancellationHandler {
                    await lead(parts)
                } onCancel: {
                    standing.stop()
                    // A Git server that does not answer holds up neither the turns that wait for it nor the end of the lease.
                    Task { await parts.git.stop() }
                }
            }
        } catch is CancellationError {
            // Stopped, while it waited or while it worked.
        } catch {
            await close(parts)
            throw error
        }
        await close(parts)
    }

    /// Closes what may take a while only when the lease is given back.
    private func close(_ parts: ControllerParts) async {
        await parts.git.stop()
        await parts.repositories.stop()
        await parts.git.stop()
        await parts.accounts.stop()
        await parts.client.shutdown()
        logger.info("the controller ends")
    }

    // MARK: Working

    private func lead(_ parts: ControllerParts) async {
        logger.info("the controller begins", metadata: ["cluster": "\(connection.serverName)"])
        health.begin()
        parts.metrics.leads(true, lease: options.leaseName)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchApplications(parts) }
            group.addTask { await forgetOldRuns(parts.index) }
            group.addTask { await beat(parts) }
            group.addTask {
                parts.metrics.hasWorkers(options.workers)
                await parts.queue.run(workers: options.workers) { turn in
                    parts.metrics.begins(waited: turn.waited, atWork: await parts.queue.working)
                    await parts.standing.run(turn.key) {
                        await ApplicationTurn(parts: parts, reference: turn.key, reasons: turn.reasons).run()
                    }
                }
            }
            await group.waitForAll()
        }
        health.end()
        parts.metrics.leads(false, lease: options.leaseName)
    }

    private func parts(_ client: KubernetesClient, _ metrics: ControllerMetrics, _ standing: Standing) -> ControllerParts {
        let queue = WorkQueue<String, WorkReason>(time: time)
        let index = ApplicationIndex(time: time)
        let memories = Memories()
        let records = RecordBook(journal: journal)
        let discovery = DiscoveryCache(client: client, time: time)
        let git = GitPool(client: client, cache: options.gitCache, worker: options.gitWorker, policy: options.repositories)
        let repositories = Repositories(git: git, time: time, logger: logger, metrics: metrics) { reference, reason in
            // Where a person has to let it through, or a run is pinned, it only waits.
            if reason == .commit, case .success(let application)? = await index[reference]?.application, application.takesCommits {
                standing.overtake(reference)
            }
            await queue.add(reference, reason)
        }
        let members = MemberChanges(index: index, memories: memories, records: records, queue: queue)
        let redactionKey = journal.redactionKey
        let accounts = ClusterAccounts(
            connection: connection, answered: metrics.answered,
            makeCache: { client in
                LiveCache(
                    client: client, key: redactionKey, rules: { await index.rules(ofSet: $0) }, changed: { await members.take($0) },
                    kindIsGone: { await discovery.invalidate() })
            },
            // After a moment: a ConfigMap and a Secret that change together make one run, and Applications that change each other's values no storm.
            makeValues: { client in ValueWatches(client: client) { await queue.add($0, .values, after: .seconds(1)) } })
        let told: @Sendable (Unstructured) async -> Void = { object in
            guard let reference = ApplicationIndex.reference(of: object) else { return }
            let circle = await index.circle(through: reference)
            let reasons = await index.put(object)
            if reasons.isEmpty { return }
            if case .success(let application)? = await index[reference]?.application, !object.isTerminating {
                _ = await repositories.watch(application)
            }
            // What was begun for another spec is not waited for.
            if !reasons.isDisjoint(with: [.spec, .approval, .request]) { standing.overtake(reference) }
            await queue.add(reference, reasons)
            // Who waits for this one may go on, or know at last that it is there.
            for dependent in await index.dependents(of: reference) { await queue.add(dependent, .dependency) }
            // A circle that is broken here is none for any of them.
            if reasons.contains(.spec) { for other in circle { await queue.add(other, .dependency) } }
        }
        let writer = StatusWriter(
            client: client, discovery: discovery, index: index, instance: options.identity, time: time, told: told)
        return ControllerParts(
            options: options, client: client, journal: journal, index: index, memories: memories, records: records, sets: DesiredSets(),
            git: git, repositories: repositories, kustomizations: BuiltKustomizations(), files: SharedFiles(), accounts: accounts,
            discovery: discovery,
            writer: writer, told: told, queue: queue,
            standing: standing, metrics: metrics, time: time, logger: logger)
    }

    /// Follows the Applications; a new one's repository is followed before its turn comes, so that many share one look.
    private func watchApplications(_ parts: ControllerParts) async {
        let reflector = Reflector(
            client: parts.client, scope: .init(resource: StatusWriter.applications, namespace: options.namespace), time: time)
        await reflector.run { event in
            switch event {
            case .relisting: await parts.index.relist()
            case .page(let objects):
                for object in objects {
                    if let reference = ApplicationIndex.reference(of: object) { await parts.index.saw(reference) }
                    await parts.told(object)
                }
            case .listed:
                for reference in await parts.index.endList() { await drop(reference, parts) }
                health.isListed()
            case .changed(let event):
                if event.kind == .deleted {
                    if let reference = ApplicationIndex.reference(of: event.object) { await drop(reference, parts) }
                } else {
                    await parts.told(event.object)
                }
            case .failing(let error, _):
                logger.error("the Applications cannot be watched", metadata: ["error": "\(error.message)"])
                health.fails("the Applications cannot be watched: \(error.message)")
            case .recovered: health.isListed()
            }
        }
    }

    private func drop(_ reference: String, _ parts: ControllerParts) async {
        let circle = await parts.index.circle(through: reference)
        await parts.index.drop(reference)
        await parts.queue.add(reference, .spec)
        for other in circle { await parts.queue.add(other, .dependency) }
    }

    /// Asks whether what every turn goes through still answers.
    private func beat(_ parts: ControllerParts) async {
        while !Task.isCancelled {
            _ = await parts.queue.depth
            _ = await parts.index.application(ofSet: "")
            // One that fails is told by the turns; one that never ends is told by nobody.
            _ = try? await journal.audit(application: nil, limit: 1)
            health.beats()
            await time.sleep(ControllerHealth.pulse)
        }
    }

    /// History is kept, but not for ever.
    private func forgetOldRuns(_ index: ApplicationIndex) async {
        while !Task.isCancelled {
            await time.sleep(.seconds(3600))
            if Task.isCancelled { return }
            let since = Timestamp.text(Date().addingTimeInterval(-90 * 86_400))
            do {
                let forgotten = try await journal.forget(
                    Retention(count: options.retention, since: since, pinned: await index.pinnedRuns))
                if forgotten != Forgotten() {
                    logger.info("old history was forgotten", metadata: ["runs": "\(forgotten.runs)", "episodes": "\(forgotten.episodes)"])
                }
            } catch {
                logger.warning("old history cannot be forgotten", metadata: ["error": "\(error)"])
            }
        }
    }
}
