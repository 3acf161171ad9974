// Rows of plans for tests, and a clock that only tests move.

import KubernetesModel
import Planning
import StructuredData
import Synchronization

@testable import Applying

let configMaps = APIResource(
    groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)

func key(_ name: String, kind: String = "ConfigMap") -> ObjectKey {
    ObjectKey(groupKind: GroupKind(group: "", kind: kind), namespace: "shop", name: name)
}

/// A row that would create a ConfigMap.
func row(_ name: String, stage: Int = 0, needs: [String] = [], kind: OperationKind = .create, writes: Bool = true) -> PlannedOperation {
    var operation = PlannedOperation(
        kind: kind, key: key(name), resource: configMaps, groupVersionKind: configMaps.groupVersionKind, why: "because of \(name)")
    operation.stage = stage
    operation.dependencies = needs.map { key($0) }
    if writes { operation.write = .apply(ApplyWrite(body: .object([:]), force: false, expectsCreation: true)) }
    return operation
}

/// A clock that moves only when somebody sleeps on it.
final class ManualClock: Sendable {
    private let state: Mutex<ContinuousClock.Instant>
    let start: ContinuousClock.Instant

    init() {
        start = ContinuousClock.now
        state = Mutex(start)
    }

    var elapsed: Duration { start.duration(to: state.withLock { $0 }) }

    var pace: Pace {
        Pace(
            now: { self.state.withLock { $0 } },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLock { $0 = $0.advanced(by: duration) }
            },
            jitter: { 1 })
    }
}
