// Waits until what was applied works, is seen to be broken, or the time is up.

package import HealthAssessment
package import KubernetesClient
package import KubernetesModel
package import Planning
import StructuredData

/// One object to wait for.
package struct HealthSubject: Sendable {
    package var key: ObjectKey
    package var resource: APIResource
    /// A Job that the cluster removes when it is finished: that it is gone is no failure.
    package var mayEndItself: Bool
    /// What the run's write made of it; what is known from before that does not count. nil: nothing was written.
    package var record: Record?
    package init(key: ObjectKey, resource: APIResource, mayEndItself: Bool = false, record: Record? = nil) {
        self.key = key
        self.resource = resource
        self.mayEndItself = mayEndItself
        self.record = record
    }

    /// What is said of it when it is not there.
    fileprivate var absence: HealthVerdict {
        mayEndItself
            ? HealthVerdict(.healthy, "finished and removed, as its ttlSecondsAfterFinished says; how it ended is not known any more")
            : HealthVerdict(.missing, "it is not in the cluster any more")
    }
}

/// What somebody who watches the objects of a run knows of them.
package struct HealthWatch: Sendable {
    /// One look at the set.
    package struct Look: Sendable {
        /// Of those that are known as the run has written them.
        package var verdicts: [ObjectKey: HealthVerdict]
        /// A mark of this moment.
        package var mark: Int
        /// Whether an object that was seen as it was recorded is so no longer: that is not left standing until the wait ends.
        package var isDisturbed: Bool

        package init(verdicts: [ObjectKey: HealthVerdict], mark: Int, isDisturbed: Bool = false) {
            self.verdicts = verdicts
            self.mark = mark
            self.isDisturbed = isDisturbed
        }
    }

    package var look: @Sendable ([HealthSubject]) async -> Look
    /// Waits until something has happened to the set since that mark, at most so long.
    /// - Returns: whether something has.
    /// - Throws: `CancellationError` when the task is cancelled.
    package var change: @Sendable (_ since: Int, _ pause: Duration) async throws -> Bool
    /// Told which objects go by the run's own doing: that they are not as they were disturbs nobody.
    package var disregard: @Sendable (Set<ObjectKey>) async -> Void

    package init(
        look: @escaping @Sendable ([HealthSubject]) async -> Look,
        change: @escaping @Sendable (_ since: Int, _ pause: Duration) async throws -> Bool,
        disregard: @escaping @Sendable (Set<ObjectKey>) async -> Void = { _ in }
    ) {
        self.look = look
        self.change = change
        self.disregard = disregard
    }

    /// The same, for whom nothing is a disturbance.
    package var undisturbed: HealthWatch {
        var watch = self
        watch.look = { [look] subjects in
            var seen = await look(subjects)
            seen.isDisturbed = false
            return seen
        }
        return watch
    }
}

/// Looks at live objects, those that are not settled yet only: whenever a watch tells of a change, else again and again, by GET where
/// they are few and by LIST of the set where they are many.
package struct HealthWait: Sendable {
    package enum Conclusion: Sendable, Equatable { case healthy, degraded, timedOut, interrupted, disturbed }

    package var client: KubernetesClient
    package var rules: [Application.HealthRule]
    /// `applyset.kubernetes.io/part-of=ID`, for lists.
    package var labelSelector: String
    package var concurrency: Int
    package var pace: Pace
    /// Whether waiting has lost its point.
    package var isOver: @Sendable () -> Bool
    /// nil: nobody watches, and the server is asked each time.
    package var watch: HealthWatch?

    package init(
        client: KubernetesClient, rules: [Application.HealthRule], labelSelector: String, concurrency: Int, pace: Pace = .system,
        isOver: @escaping @Sendable () -> Bool = { false }, watch: HealthWatch? = nil
    ) {
        self.client = client
        self.rules = rules
        self.labelSelector = labelSelector
        self.concurrency = concurrency
        self.pace = pace
        self.isOver = isOver
        self.watch = watch
    }

    /// More unsettled objects of one kind and namespace than this are listed.
    private static let listThreshold = 5

    /// Waits for all subjects; `degraded` is believed when it is seen twice in a row.
    ///
    /// - Parameter changed: called with each verdict that differs from the object's last one.
    /// - Returns: how it ended, and the last verdict of each subject; an object that cannot be read is `unknown`.
    package func wait(
        for subjects: [HealthSubject], until deadline: ContinuousClock.Instant,
        changed: @Sendable (ObjectKey, HealthVerdict) -> Void = { _, _ in }
    ) async -> (conclusion: Conclusion, verdicts: [ObjectKey: HealthVerdict]) {
        var verdicts: [ObjectKey: HealthVerdict] = [:]
        var open = subjects
        // A watch is a moment behind the writes, and wakes: what it does not know is asked for a little later, and never because of a wake.
        var backoff = Backoff(first: watch == nil ? .milliseconds(200) : .seconds(1), limit: .seconds(2))
        let classes = StorageClasses(client: client)
        var asks = watch == nil
        while true {
            let last = await look(at: open, classes, asks: asks, known: verdicts)
            let seen = last.verdicts
            var suspicious = false
            var broken = false
            for subject in open {
                // What was seen broken and is gone since, such as a failed Job that removes itself, stays broken.
                let failed = verdicts[subject.key].flatMap { $0.health == .degraded ? $0 : nil }
                let verdict = seen[subject.key] ?? failed ?? subject.absence
                let isBroken = verdict.health == .degraded || verdict.health == .missing
                if isBroken {
                    suspicious = true
                    if verdicts[subject.key]?.health == verdict.health { broken = true }
                }
                if verdicts[subject.key] != verdict { changed(subject.key, verdict) }
                verdicts[subject.key] = verdict
            }
            if broken { return (.degraded, verdicts) }
            open = open.filter { verdicts[$0.key].map(HealthWait.isSettled) != true }
            if open.isEmpty { return (.healthy, verdicts) }
            if isOver() { return (.interrupted, verdicts) }
            if last.isDisturbed { return (.disturbed, verdicts) }
            let pause = suspicious ? Duration.seconds(1) : backoff.pause(jitter: pace.jitter())
            do {
                if let watch, !suspicious {
                    let left = pace.now().duration(to: deadline)
                    guard left > .zero else { return (.timedOut, verdicts) }
                    asks = !(try await watch.change(last.mark, min(pause, left)))
                } else {
                    guard try await pace.wait(pause, until: deadline) else { return (.timedOut, verdicts) }
                    asks = true
                }
            } catch {
                return (.interrupted, verdicts)
            }
        }
    }

    /// Whether there is nothing more to wait for.
    private static func isSettled(_ verdict: HealthVerdict) -> Bool {
        switch verdict.health {
        case .healthy, .suspended: true
        case .progressing, .degraded, .missing, .unknown: false
        }
    }

    private enum Question: Sendable {
        case get(HealthSubject)
        case list(APIResource, namespace: String?, keys: Set<ObjectKey>)
    }

    private struct Scope: Hashable {
        var resource: APIResource
        var namespace: String?
    }

    /// - Parameters:
    ///   - asks: whether the server is asked for what the watch does not know.
    ///   - known: the verdicts of the last look.
    private func look(
        at subjects: [HealthSubject], _ classes: StorageClasses, asks: Bool, known: [ObjectKey: HealthVerdict]
    ) async -> HealthWatch.Look {
        guard let watch else { return HealthWatch.Look(verdicts: await read(subjects, classes), mark: 0) }
        var look = await watch.look(subjects)
        let unknown = subjects.filter { look.verdicts[$0.key] == nil }
        if !asks {
            for subject in unknown {
                look.verdicts[subject.key] = known[subject.key] ?? HealthVerdict(.progressing, "it was written just now")
            }
        } else if !unknown.isEmpty {
            look.verdicts.merge(await read(unknown, classes)) { $1 }
        }
        return look
    }

    private func read(_ subjects: [HealthSubject], _ classes: StorageClasses) async -> [ObjectKey: HealthVerdict] {
        var questions: [Question] = []
        for (scope, group) in Dictionary(grouping: subjects, by: { Scope(resource: $0.resource, namespace: $0.key.namespace) }) {
            if group.count > HealthWait.listThreshold {
                questions.append(.list(scope.resource, namespace: scope.namespace, keys: Set(group.map(\.key))))
            } else {
                questions += group.map(Question.get)
            }
        }
        let answers = (try? await mapConcurrently(questions, limit: concurrency) { await ask($0, classes) }) ?? []
        return answers.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    private func ask(_ question: Question, _ classes: StorageClasses) async -> [ObjectKey: HealthVerdict] {
        do {
            switch question {
            case .get(let subject):
                let object = try await client.get(subject.resource, namespace: subject.key.namespace, name: subject.key.name)
                guard let object else { return [:] }
                return [subject.key: assess(object, rules: rules, storageClass: await classes.needed(for: object))]
            case .list(let resource, let namespace, let keys):
                let items = try await client.list(resource, namespace: namespace, labelSelector: labelSelector).items
                var verdicts: [ObjectKey: HealthVerdict] = [:]
                for item in items {
                    guard let key = item.key, keys.contains(key) else { continue }
                    verdicts[key] = assess(item, rules: rules, storageClass: await classes.needed(for: item))
                }
                return verdicts
            }
        } catch {
            let verdict = HealthVerdict(.unknown, "it could not be read: \(words(for: error))")
            switch question {
            case .get(let subject): return [subject.key: verdict]
            case .list(_, _, let keys): return Dictionary(uniqueKeysWithValues: keys.map { ($0, verdict) })
            }
        }
    }
}
