// What the rows of a run become in its report.

import Applying
import KubernetesModel
import Planning
import Testing

@testable import Reconciliation

@Suite struct OutcomesTests {
    private func outcome(_ name: String, warnings: [String]) -> OperationOutcome {
        let kind = GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")
        let row = PlannedOperation(
            kind: .create, key: ObjectKey(groupKind: kind.groupKind, namespace: "shop", name: name), resource: nil, groupVersionKind: kind,
            why: "not in the cluster")
        var outcome = OperationOutcome(operation: row, result: .done)
        outcome.warnings = warnings
        return outcome
    }

    @Test func aWarningOfTheServerIsSaidOnceAndNamesItsObjects() {
        var outcomes = Outcomes()
        outcomes.add(outcome("b", warnings: ["old", "odd"]))
        outcomes.add(outcome("c", warnings: ["old"]))
        outcomes.add(outcome("a", warnings: ["old", "old"]))
        #expect(outcomes.warnings() == ["ConfigMap shop/a (and 2 more): old", "ConfigMap shop/b: odd"])
    }
}
