// What a run sent to the API server, in numbers that a report shows.

extension KubernetesClient {
    /// Requests by kind, retries included. A dry-run counts as `dryRun` only, whatever its verb.
    package struct RequestCounts: Sendable, Equatable {
        package var get = 0
        package var list = 0
        package var watch = 0
        package var apply = 0
        package var dryRun = 0
        package var create = 0
        package var update = 0
        package var patch = 0
        package var delete = 0
        /// Discovery and `/version`.
        package var discovery = 0
        /// Of the writes above, those that were no dry-run, by their class.
        package var writes: [WriteClass: Int] = [:]

        package init() {}

        package var total: Int { self.get + list + watch + apply + dryRun + create + update + patch + delete + discovery }

        mutating func count(_ subject: RequestSubject, _ writeClass: WriteClass?) {
            if let writeClass { writes[writeClass, default: 0] += 1 }
            if subject.dryRun {
                dryRun += 1
                return
            }
            switch subject.verb {
            case .get: get += 1
            case .list: list += 1
            case .watch: watch += 1
            case .apply: apply += 1
            case .create: create += 1
            case .update: update += 1
            case .patch: patch += 1
            case .delete: delete += 1
            case .discover: discovery += 1
            }
        }
    }
}
