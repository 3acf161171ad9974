// A test that is kept as a transcript: what belay and kubectl ask in it goes through a proxy, where that is asked for.

import Foundation
import Synchronization

/// What the transcript of a test is called and what it holds.
package struct Recording: Sendable {
    /// The file's name without its ending, and the scenario's namespace.
    package var name: String
    /// One sentence for people.
    package var about: String
    /// What a cluster must have beside a bare API server to answer the same.
    package var needs: Set<CaseScript.Need>
    /// Which requests about objects are kept, by method and target.
    package var keeps: RecordingProxy.Keeping

    package init(
        _ name: String, _ about: String, needs: Set<CaseScript.Need> = [], keeps: @escaping RecordingProxy.Keeping = { _, _ in true }
    ) {
        self.name = name
        self.about = about
        self.needs = needs
        self.keeps = keeps
    }

    /// The folder that `BELAY_RECORD` names; nil: nothing is recorded.
    package static var folder: String? { ProcessInfo.processInfo.environment["BELAY_RECORD"].flatMap { $0.isEmpty ? nil : $0 } }

    /// How a test goes that is being recorded.
    package final class Attempt: Sendable {
        private let failed = Mutex(false)

        /// Whether something came otherwise than the test expects.
        package var hasFailed: Bool { failed.withLock { $0 } }

        /// Of such a test no transcript is written.
        package func fail() { failed.withLock { $0 = true } }
    }

    /// The attempt that this task belongs to.
    @TaskLocal package static var attempt: Attempt?

    /// Runs `body` through a proxy and writes what was said, unless the test failed.
    func record<R>(
        _ cluster: TestCluster, _ repository: GitRepository, version: String, into folder: String, _ body: (Scenario) async throws -> R
    ) async throws -> R {
        try await RecordingProxy.with(cluster, keeps: keeps) { proxy in
            let attempt = Attempt()
            let scenario = Scenario(
                cluster: cluster, repository: repository, namespace: name, home: cluster.scratch + "/home", kubeconfig: proxy.kubeconfig)
            let result = try await Recording.$attempt.withValue(attempt) { try await body(scenario) }
            guard !attempt.hasFailed else { return result }
            let recorded = proxy.recorded
            let text = Transcript.text(
                of: recorded, about: about, needs: needs, version: version, names: [(repository.path, "/repository")])
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8)
            print("\(name): \(recorded.count) requests")
            return result
        }
    }
}
