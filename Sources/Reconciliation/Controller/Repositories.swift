// All repositories in use: Applications that follow the same reference with the same credentials share one watch.

import ControllerRuntime
import GitSource
import KubernetesModel
import Logging
import StructuredData

/// Which Application follows what.
actor Repositories {
    private struct Key: Hashable {
        var access: GitPool.Access
        var reference: String
    }

    private let git: GitPool
    private let time: WorkTime
    private let logger: Logger
    private let metrics: ControllerMetrics
    private let wake: @Sendable (String, WorkReason) async -> Void
    private var watches: [Key: RepositoryWatch] = [:]
    private var followed: [String: Key] = [:]

    init(
        git: GitPool, time: WorkTime, logger: Logger, metrics: ControllerMetrics,
        wake: @escaping @Sendable (String, WorkReason) async -> Void
    ) {
        self.git = git
        self.time = time
        self.logger = logger
        self.metrics = metrics
        self.wake = wake
    }

    /// How the Application's repository is opened.
    static func access(_ application: Application) -> GitPool.Access {
        let secret = application.source.secretRef?.name
        return GitPool.Access(
            repository: application.source.repoURL, namespace: secret == nil ? nil : application.namespace, secret: secret)
    }

    /// The watch of the Application's source, made if need be.
    func watch(_ application: Application) async -> RepositoryWatch {
        let reference = GitRequest.Reference(application.source.ref)
        let key = Key(access: Repositories.access(application), reference: "\(reference)")
        if let old = followed[application.reference], old != key { await leave(application.reference) }
        followed[application.reference] = key
        let watch =
            watches[key]
            ?? RepositoryWatch(
                access: key.access, reader: RepositoryReader(key.access, reference, git), time: time, logger: logger, metrics: metrics,
                wake: wake)
        watches[key] = watch
        await watch.follow(application.reference, path: application.source.path, interval: application.interval)
        return watch
    }

    /// Forgets an Application; a watch that nobody needs ends.
    func leave(_ application: String) async {
        guard let key = followed.removeValue(forKey: application), let watch = watches[key] else { return }
        await watch.leave(application)
        // Another one may have come to the watch meanwhile.
        guard !followed.values.contains(key), watches[key] === watch else { return }
        watches[key] = nil
        await watch.stop()
        await git.keep(only: watches.keys.map(\.access))
    }

    /// Takes down what a rendering of the Application at a commit looked at.
    func note(_ snapshot: SourceSnapshot, at commit: String, of application: Application) async {
        guard let key = followed[application.reference], let watch = watches[key] else { return }
        await watch.note(reads: snapshot.reads, at: commit, of: application.reference, path: application.source.path)
    }

    /// What an Application's source is now, by the last look at it.
    func tree(of application: String) async -> String? {
        guard let key = followed[application], let watch = watches[key] else { return nil }
        return await watch.tree(of: application)
    }

    /// Whether the Application's source was read since the controller began.
    func isKnown(_ application: String) async -> Bool {
        guard let key = followed[application], let watch = watches[key] else { return false }
        return await watch.isKnown
    }

    /// What the other Applications of the same source have there, by the last look at it.
    func looks(besides application: String) async -> [String: SourceLook] {
        guard let key = followed[application], let watch = watches[key] else { return [:] }
        var looks = await watch.looks
        looks[application] = nil
        return looks
    }

    /// What those follow now that have the same repository by another watch; one that cannot be read is left out.
    func looks(besideTheSourceOf application: String) async -> [String: SourceLook] {
        guard let key = followed[application] else { return [:] }
        var looks: [String: SourceLook] = [:]
        for (other, watch) in watches where other != key && other.access.repository.hasSameBytes(as: key.access.repository) {
            // One look for all of them.
            var isFresh = true
            for (name, path) in await watch.paths where name != application {
                guard let look = try? await watch.look(for: name, path: path, isFresh: isFresh) else { break }
                isFresh = false
                looks[name] = look
            }
        }
        return looks
    }

    func stop() async {
        for watch in watches.values { await watch.stop() }
        watches = [:]
    }
}
