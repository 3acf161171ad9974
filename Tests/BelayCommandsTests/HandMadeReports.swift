// Reports as Reconciliation would make them, by hand: every operation, every kind of change, and hostile text.

import KubernetesClient
import KubernetesModel
import Planning
import Reconciliation
import StructuredData

enum HandMade {
    static let now = 1_790_000_000.0
    /// 180 s before `now`.
    static let threeMinutesAgo = "2026-09-21T14:10:20Z"
    static let commit = "3f2c1ab90f0a4c1d9e7b5a3c2d1e0f9a8b7c6d5e"

    static var application: Application {
        var application = Application(
            namespace: "shop", name: "web", source: .init(repoURL: "https://git.example.com/shop.git", path: "deploy"),
            destination: .init(namespace: "shop"))
        application.sync.prune = true
        return application
    }

    static func row(
        _ kind: OperationKind, _ group: String, _ name: String, _ why: String, file: String? = nil, line: Int = 1,
        namespace: String? = "shop"
    ) -> PlannedOperation {
        let parts = group.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let gvk = GroupVersionKind(group: parts[0], version: "v1", kind: parts[1])
        var operation = PlannedOperation(
            kind: kind, key: ObjectKey(groupKind: gvk.groupKind, namespace: namespace, name: name), resource: nil, groupVersionKind: gvk,
            why: why)
        operation.location = file.map { SourceLocation(file: $0, line: line) }
        if kind != .unchanged && kind != .skip && kind != .blocked {
            operation.write = .apply(ApplyWrite(body: .object(Object()), force: false))
        }
        return operation
    }

    /// All operations, with changes of all shapes.
    static var plan: Plan {
        var web = row(.configure, "apps/Deployment", "web", "drift: spec.replicas set by kubectl, 3m ago", file: "deploy/web.yaml", line: 3)
        web.changes = [
            FieldChange(
                path: FieldPath(fields: "spec", "replicas"), from: .value(7), to: .value(3),
                writer: Writer(manager: "kubectl", operation: "Update", subresource: "scale", time: threeMinutesAgo),
                location: SourceLocation(file: "deploy/web.yaml", line: 11, column: 3)),
            FieldChange(
                path: FieldPath([.field("spec"), .field("containers"), .key([.init(name: "name", json: "\"web\"")]), .field("image")]),
                from: .value("nginx:1.25"), to: .value("nginx:1.26")),
            FieldChange(
                path: FieldPath([.field("metadata"), .field("labels"), .field("a.b/c")]), from: .value("gone"), to: nil,
                writer: Writer(manager: "unknown (the API keeps no record)", operation: "", subresource: nil, time: nil)),
            FieldChange(path: FieldPath(fields: "spec", "paused"), from: nil, to: .value(false)),
            FieldChange(path: FieldPath(fields: "spec", "text"), from: .value("1"), to: .value(1)),
        ]
        var flags = row(.configure, "/ConfigMap", "flags", "spec of Git changed", file: "deploy/flags.yaml")
        flags.changes = [
            FieldChange(
                path: FieldPath(fields: "data", "app.ini"), from: .value(.string(lines(1...12) + "old\nend\n")),
                to: .value(.string(lines(1...12) + "new\nend\n")))
        ]
        var token = row(.configure, "/Secret", "token", "data differs", file: "deploy/token.yaml")
        token.changes = [FieldChange(path: FieldPath(fields: "data", "key"), from: .redacted("aaaa1111"), to: .redacted("bbbb2222"))]
        var crd = row(.create, "example.com/Widget", "w", "in Git, not in the cluster", file: "deploy/widget.yaml")
        crd.isUnverified = true
        return Plan(
            application: application, parentID: "applyset-x-v1", revision: "main@sha1:\(commit)", treeID: "tree",
            operations: [
                row(.create, "/Namespace", "shop", "in Git, not in the cluster", file: "deploy/ns.yaml", namespace: nil), crd,
                row(.adopt, "/Service", "web", "nobody owned it", file: "deploy/web.yaml", line: 30), web, flags, token,
                row(.recreate, "batch/Job", "migrate", "spec.template is immutable", file: "deploy/job.yaml"),
                row(.skip, "/ServiceAccount", "default", "belay.dev/apply: create-only", file: "deploy/sa.yaml"),
                row(.blocked, "/ConfigMap", "helm", "owned by the Helm release \"x\"", file: "deploy/helm.yaml"),
                row(.unchanged, "rbac.authorization.k8s.io/Role", "reader", "", file: "deploy/rbac.yaml"),
                row(.prune, "batch/Job", "old", "not in Git since 88aa10e"),
            ],
            warnings: ["an autoscaler sets the replicas of Deployment shop/web"], pruneObstacles: [],
            approvalDigest: Digest(of: .string("plan")))
    }

    private static func lines(_ range: ClosedRange<Int>) -> String { range.map { "line \($0)\n" }.joined() }

    static var diff: SyncReport {
        var report = SyncReport(
            application: application, runID: "", revision: plan.revision, plan: plan, trigger: "cli", startedAt: "2026-09-21T14:13:20.000Z")
        report.commit = .init(id: commit, subject: "raise the limits", author: "Ana <ana@example.com>", date: "2026-09-21T13:00:00Z")
        report.finishedAt = "2026-09-21T14:13:20.842Z"
        report.requests.get = 3
        report.requests.list = 7
        report.requests.dryRun = 5
        report.outcome = .differences
        return report
    }

    static var held: SyncReport {
        var report = diff
        report.plan.hold = "11 of 12 objects would be deleted (limit: 10 objects)"
        report.phase = "held"
        report.outcome = .refused
        report.runID = "01K5PQ2Z8S0000000000000000"
        return report
    }

    /// The plan carried out, with one object rejected and one blocked by it.
    static var partial: SyncReport {
        var report = diff
        report.phase = "partial"
        report.runID = "01K5PQ2Z8S0000000000000000"
        report.outcome = .failed
        report.finishedAt = "2026-09-21T14:13:58.100Z"
        for index in report.operations.indices where report.operations[index].operation.write != nil {
            report.operations[index].result = "done"
        }
        report.operations[1].result = "failed"
        report.operations[1].error = "spec.size: Invalid value: \"huge\u{1B}[31m\""
        report.operations[2].adoptedInstead = true
        report.operations[3].health = "progressing"
        report.operations[10].result = "blocked"
        report.operations[10].error = "an object that it needs failed"
        return report
    }

    static var unchanged: SyncReport {
        var plan = plan
        plan.operations = plan.operations.filter { $0.kind == .unchanged }
        plan.warnings = []
        var report = SyncReport(
            application: application, runID: "01K5PQ2Z8S0000000000000000", revision: "dir@tree:\(commit)", plan: plan, trigger: "cli",
            startedAt: "2026-09-21T14:13:20.000Z")
        report.phase = "succeeded"
        report.finishedAt = "2026-09-21T14:13:21.000Z"
        return report
    }

    static let hostileText = "x\u{1B}[2J|`<b>&\"'@all\u{202E}\n]]>-->```"

    /// Every text from outside is hostile.
    static var hostile: SyncReport {
        var operation = row(.configure, "apps/" + hostileText, hostileText, hostileText, file: hostileText, namespace: hostileText)
        operation.changes = [
            FieldChange(
                path: FieldPath(fields: "data", hostileText), from: .value(.string(hostileText)),
                to: .value(.string("second\n" + hostileText)),
                writer: Writer(manager: hostileText, operation: hostileText, subresource: hostileText, time: hostileText)),
            FieldChange(path: FieldPath(fields: hostileText), from: .value(["k": .string(hostileText)]), to: nil),
        ]
        var application = application
        application.name = hostileText
        let plan = Plan(
            application: application, parentID: "", revision: hostileText, treeID: "", operations: [operation], warnings: [hostileText],
            pruneObstacles: [hostileText], hold: hostileText, approvalDigest: Digest(of: .null))
        var report = SyncReport(
            application: application, runID: hostileText, revision: hostileText, plan: plan, trigger: "cli", startedAt: hostileText)
        report.commit = .init(id: hostileText, subject: hostileText, author: hostileText, date: hostileText)
        report.errors = [.init(message: hostileText, location: SourceLocation(file: hostileText, line: 1))]
        report.operations[0].result = "failed"
        report.operations[0].error = hostileText
        report.outcome = .failed
        return report
    }
}
