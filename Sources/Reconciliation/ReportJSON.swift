// The report as JSON: the field names are a contract (docs/reference/sync-report.schema.json); every fixed field is always there,
// null where there is nothing to say.

import KubernetesClient
import KubernetesModel
package import Planning
package import StructuredData

extension SyncReport {
    /// The `SyncReport` object of `belay diff|apply|delete -o json`.
    package var json: Value {
        [
            "apiVersion": "belay.dev/v1alpha1", "kind": "SyncReport", "application": .string(application.reference),
            "run": runID.isEmpty ? .null : .string(runID), "revision": .string(revision), "commit": commit.map(\.json) ?? .null,
            "phase": .string(phase), "outcome": .string(outcome.name), "planDigest": .string(planDigest), "trigger": .string(trigger),
            "startedAt": .string(startedAt), "finishedAt": .string(finishedAt), "counts": countsJSON,
            "requests": [
                "get": .int(Int64(requests.get)), "list": .int(Int64(requests.list)), "watch": .int(Int64(requests.watch)),
                "apply": .int(Int64(requests.apply)), "dryRun": .int(Int64(requests.dryRun)), "create": .int(Int64(requests.create)),
                "update": .int(Int64(requests.update)), "patch": .int(Int64(requests.patch)), "delete": .int(Int64(requests.delete)),
            ],
            "hold": plan.hold.map { .string($0) } ?? .null, "pruneObstacles": .array(plan.pruneObstacles.map { .string($0) }),
            "warnings": .array(warnings.map { .string($0) }), "operations": .array(operations.map(\.json)),
            "errors": .array(errors.map(\.json)),
        ]
    }

    /// How many rows there are of each operation, all of them named, and `failed`: rows that were tried and did not succeed.
    package var counts: [(name: String, count: Int)] {
        var found: [String: Int] = [:]
        for operation in operations { found[operation.kind.rawValue, default: 0] += 1 }
        return OperationKind.allCases.map { ($0.rawValue, found[$0.rawValue] ?? 0) }
            + [("failed", operations.count { $0.result == "failed" })]
    }

    private var countsJSON: Value {
        .object(Object(uniqueEntries: counts.map { Object.Entry(key: $0.name, value: .int(Int64($0.count))) }))
    }
}

extension SyncReport.Outcome {
    /// The case's name, as it stands in the JSON.
    package var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .differences: "differences"
        case .failed: "failed"
        case .invalid: "invalid"
        case .timedOut: "timedOut"
        case .unreachable: "unreachable"
        case .superseded: "superseded"
        case .refused: "refused"
        }
    }
}

extension SyncReport.ReportedOperation {
    /// What it turned out to be: a create that met an object is an adoption.
    package var kind: OperationKind { adoptedInstead ? .adopt : operation.kind }

    /// One row of `operations`.
    package var json: Value {
        [
            "op": .string(kind.rawValue), "group": .string(operation.key.group), "version": .string(operation.groupVersionKind.version),
            "kind": .string(operation.key.kind), "namespace": operation.key.namespace.map { .string($0) } ?? .null,
            "name": .string(operation.key.name), "result": .string(result), "error": error.map { .string($0) } ?? .null,
            "why": .string(operation.why), "source": operation.location.map(\.json) ?? .null,
            "notes": .array(operation.notes.map { .string($0) }), "unverified": .bool(operation.isUnverified),
            "changes": .array(operation.changes.map(\.json)),
            "health": health.map { .string($0) } ?? .null,
        ]
    }
}

extension SyncReport.ReportedError {
    /// One row of `errors`.
    package var json: Value {
        [
            "message": .string(message), "file": location.map { .string($0.file) } ?? .null,
            "line": known(location?.line), "column": known(location?.column),
        ]
    }
}

extension FieldChange {
    /// One row of `changes`: the value that is there, the value that will be, and who wrote the first.
    package var json: Value {
        [
            "path": .string(path.description), "from": from?.json ?? .null, "to": to?.json ?? .null,
            "manager": writer.map { .string($0.manager) } ?? .null, "operation": writer.map { .string($0.operation) } ?? .null,
            "subresource": writer?.subresource.map { .string($0) } ?? .null, "time": writer?.time.map { .string($0) } ?? .null,
            "source": location.map(\.json) ?? .null,
        ]
    }
}

extension Shown {
    /// The value itself; for a secret the text `REDACTED(hash)`.
    package var json: Value {
        switch self {
        case .value(let value): value
        case .redacted(let hash): .string("REDACTED(\(hash))")
        }
    }
}

extension SourceSnapshot.Commit {
    fileprivate var json: Value {
        ["id": .string(id), "subject": .string(subject), "author": .string(author), "date": .string(date)]
    }
}

extension SourceLocation {
    fileprivate var json: Value { ["file": .string(file), "line": known(line)] }
}

private func known(_ position: Int?) -> Value {
    guard let position, position > 0 else { return .null }
    return .int(Int64(position))
}
