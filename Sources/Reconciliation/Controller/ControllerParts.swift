// What every turn of the controller works with.

import ControllerRuntime
import FoundationEssentials
import Journal
import KubernetesClient
import KubernetesModel
import Logging
import Rendering
import Synchronization

/// The controller's machinery, shared by all turns.
struct ControllerParts: Sendable {
    let options: Controller.Options
    /// The controller's own identity: for Applications, their status and reports, and Secrets by name.
    let client: KubernetesClient
    let journal: Journal
    let index: ApplicationIndex
    let memories: Memories
    let records: RecordBook
    let sets: DesiredSets
    let git: GitPool
    let repositories: Repositories
    let kustomizations: BuiltKustomizations
    let files: SharedFiles
    let accounts: ClusterAccounts
    let discovery: DiscoveryCache
    let writer: StatusWriter
    /// Told of every state of an Application that a write of ours is answered with: somebody may have changed it just before.
    let told: @Sendable (Unstructured) async -> Void
    let queue: WorkQueue<String, WorkReason>
    let standing: Standing
    let metrics: ControllerMetrics
    let time: WorkTime
    let logger: Logger
}

/// What all tasks must know at once: whether this controller may still write, and which Applications have a newer revision.
final class Standing: Sendable {
    private struct State {
        var isDeposed = false
        var overtaken: Set<String> = []
        /// Applications whose first turn is over.
        var settled: Set<String> = []
        var turns: [String: Task<Void, Never>] = [:]
        var isStopping = false
    }
    private let state = Mutex(State())

    /// Runs a turn that ``stop()`` can cancel.
    func run(_ application: String, _ turn: @escaping @Sendable () async -> Void) async {
        let task: Task<Void, Never>? = state.withLock { state in
            guard !state.isStopping else { return nil }
            // Awaited below.
            let task = Task { await turn() }
            state.turns[application] = task
            return task
        }
        await task?.value
        state.withLock { _ = $0.turns.removeValue(forKey: application) }
    }

    /// No turn begins any more, and those under way start nothing new.
    func stop() {
        let turns = state.withLock { state in
            state.isStopping = true
            return Array(state.turns.values)
        }
        for turn in turns { turn.cancel() }
    }

    var isDeposed: Bool { state.withLock { $0.isDeposed } }
    func depose() { state.withLock { $0.isDeposed = true } }

    func overtake(_ application: String) { state.withLock { _ = $0.overtaken.insert(application) } }
    func begin(_ application: String) { state.withLock { _ = $0.overtaken.remove(application) } }
    func isOvertaken(_ application: String) -> Bool { state.withLock { $0.overtaken.contains(application) } }

    func settle(_ application: String) { state.withLock { _ = $0.settled.insert(application) } }
    func forget(_ application: String) { state.withLock { _ = $0.settled.remove(application) } }
    func haveSettled(_ applications: [String]) -> Bool { state.withLock { state in applications.allSatisfy(state.settled.contains) } }
}
