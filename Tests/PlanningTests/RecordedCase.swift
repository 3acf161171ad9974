// One case as it was recorded from a real API server: what was observed, what was asked and answered, and the plan that followed.

import Foundation
import KubernetesModel
import Planning
import StructuredData

/// A planner's inputs and its plan, as one JSON document under `Fixtures/cases`.
struct RecordedCase: Sendable {
    var name: String
    var planner: Planner
    var answers: ProbeAnswers
    /// ``PlanText/value(of:)`` of the plan.
    var plan: Value

    static let redactionKey = Array("a key for tests only".utf8)

    init(name: String, planner: Planner, answers: ProbeAnswers, plan: Value) {
        self.name = name
        self.planner = planner
        self.answers = answers
        self.plan = plan
    }

    struct Malformed: Error { var what: String }

    // MARK: Reading

    init(_ value: Value) throws {
        name = value["name"]?.string ?? ""
        let application = try Self.application(value["application"] ?? .null)
        let objects = try (value["desired"]?.array ?? []).map { item in
            guard let object = item["object"].map({ Unstructured($0) }), let key = object.key, let kind = object.groupVersionKind else {
                throw Malformed(what: "desired")
            }
            return DesiredObject(
                object: object, key: key, groupVersionKind: kind,
                location: SourceLocation(file: item["file"]?.string ?? "app.yaml", line: 1))
        }
        let resources = (value["resources"]?.array ?? []).map { item in
            APIResource(
                groupVersionKind: GroupVersionKind(
                    group: item["group"]?.string ?? "", version: item["version"]?.string ?? "", kind: item["kind"]?.string ?? ""),
                resource: item["resource"]?.string ?? "", namespaced: item["namespaced"]?.bool ?? true)
        }
        var observed = ObservedState(discovery: Discovery(resources: resources))
        observed.parent = value["parent"].map { Unstructured($0) }
        for item in value["members"]?.array ?? [] {
            let object = Unstructured(item)
            if let key = object.key { observed.members[key] = object }
        }
        for item in value["present"]?.array ?? [] {
            let object = Unstructured(item)
            if let key = object.key { observed.others[key] = .present(object) }
        }
        for item in value["absent"]?.array ?? [] { observed.others[Self.key(item)] = .absent }
        for entry in value["namespaces"]?.object ?? Object() {
            observed.namespaces[entry.key] = try Self.namespaceState(entry.value.string ?? "")
        }
        for item in value["autoscaled"]?.array ?? [] { observed.autoscaled.insert(Self.key(item)) }
        for item in value["records"]?.array ?? [] {
            guard let desired = item["desired"]?.string.flatMap(Self.digest), let live = item["live"]?.string.flatMap(Self.digest) else {
                throw Malformed(what: "records")
            }
            observed.records[Self.key(item)] = Record(uid: item["uid"]?.string ?? "", desired: desired, live: live)
        }
        var options = Planner.Options()
        options.dryRunsCreates = value["dryRunsCreates"]?.bool ?? false
        options.plannedTogether = Set((value["plannedTogether"]?.array ?? []).compactMap { $0.string })
        if value["purpose"]?.string == "deletion" { options.purpose = .deletion }
        planner = Planner(
            desired: DesiredState(application: application, revision: "main@sha1:0", treeID: "tree", objects: objects), observed: observed,
            claimedElsewhere: Set((value["claimedElsewhere"]?.array ?? []).map(Self.key)), redactionKey: Self.redactionKey, options: options
        )
        answers = [:]
        for item in value["answers"]?.array ?? [] {
            answers[try Self.probe(item)] = try Self.answer(item)
        }
        plan = value["plan"] ?? .null
    }

    private static func application(_ value: Value) throws -> Application {
        var application = Application(
            namespace: value["namespace"]?.string ?? "apps", name: value["name"]?.string ?? "demo",
            source: .init(repoURL: "https://git.example.com/demo.git"),
            destination: .init(namespace: value["destination"]?.string ?? "demo"))
        if let text = value["conflicts"]?.string { application.sync.conflicts = try required(.init(rawValue: text), text) }
        if let text = value["adopt"]?.string { application.sync.adopt = try required(.init(rawValue: text), text) }
        if let text = value["drift"]?.string { application.drift.policy = try required(.init(rawValue: text), text) }
        for rule in value["ignore"]?.array ?? [] {
            application.drift.ignore.append(
                .init(
                    kind: rule["kind"]?.string ?? "", name: rule["name"]?.string ?? "*",
                    paths: (rule["paths"]?.array ?? []).compactMap { $0.string },
                    managers: (rule["managers"]?.array ?? []).compactMap { $0.string }))
        }
        return application
    }

    private static func required<T>(_ value: T?, _ text: String) throws -> T {
        guard let value else { throw Malformed(what: text) }
        return value
    }

    static func key(_ value: Value) -> ObjectKey {
        ObjectKey(
            groupKind: GroupKind(group: value["group"]?.string ?? "", kind: value["kind"]?.string ?? ""),
            namespace: value["namespace"]?.string, name: value["name"]?.string ?? "")
    }

    private static func namespaceState(_ text: String) throws -> ObservedState.NamespaceState {
        switch text {
        case "active": .active
        case "terminating": .terminating
        case "missing": .missing
        case "unknown": .unknown
        default: throw Malformed(what: text)
        }
    }

    private static func digest(_ text: String) -> Digest? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while rest.count >= 2 {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return Digest(bytes: bytes)
    }

    private static let requests: [(String, Probe.Request)] = [
        ("apply", .apply(force: false)), ("force", .apply(force: true)), ("update", .update), ("get", .get),
    ]

    private static func probe(_ value: Value) throws -> Probe {
        guard let request = requests.first(where: { $0.0 == value["request"]?.string })?.1 else { throw Malformed(what: "request") }
        return Probe(key: key(value), request: request, round: Int(value["round"]?.int ?? 0))
    }

    private static let reasons: [(String, ProbeFailure.Reason)] = [
        .fieldConflict, .staleResourceVersion, .alreadyExists, .forbidden, .namespaceTerminating, .namespaceMissing, .kindMissing,
        .invalid, .immutable, .badRequest, .transient, .other,
    ].map { (reason: ProbeFailure.Reason) in ("\(reason)", reason) }

    private static func answer(_ value: Value) throws -> ProbeAnswer {
        if let object = value["object"] { return .object(Unstructured(object), created: value["created"]?.bool ?? false) }
        guard let failure = value["failed"] else { return .absent }
        guard let reason = reasons.first(where: { $0.0 == failure["reason"]?.string })?.1 else { throw Malformed(what: "reason") }
        return .failed(
            ProbeFailure(
                reason: reason, status: failure["status"].flatMap { Status($0) }, message: failure["message"]?.string ?? "",
                conflicts: (failure["conflicts"]?.array ?? []).map {
                    .init(path: $0["path"]?.string ?? "", manager: $0["manager"]?.string ?? "")
                }))
    }

    // MARK: Writing

    /// The document; what is empty is left out.
    func value(application: Value, resources: [APIResource]) -> Value {
        var object: Object = ["name": .string(name), "application": application]
        object["resources"] = .array(
            resources.map {
                [
                    "group": .string($0.groupVersionKind.group), "version": .string($0.groupVersionKind.version),
                    "kind": .string($0.groupVersionKind.kind), "resource": .string($0.resource), "namespaced": .bool($0.namespaced),
                ]
            })
        object["desired"] = .array(
            planner.desired.objects.map { ["file": .string($0.location.file), "object": $0.object.value] })
        let observed = planner.observed
        object["parent"] = observed.parent?.value
        object["members"] = list(observed.members.sorted { $0.key < $1.key }.map(\.value.value))
        var present: [Value] = []
        var absent: [Value] = []
        for (key, existence) in observed.others.sorted(by: { $0.key < $1.key }) {
            switch existence {
            case .present(let live): present.append(live.value)
            case .absent: absent.append(Self.value(of: key))
            case .unknown: break
            }
        }
        object["present"] = list(present)
        object["absent"] = list(absent)
        if !observed.namespaces.isEmpty {
            var namespaces = Object()
            for (name, state) in observed.namespaces.sorted(by: { $0.key < $1.key }) { namespaces[name] = .string("\(state)") }
            object["namespaces"] = .object(namespaces)
        }
        object["autoscaled"] = list(observed.autoscaled.sorted().map(Self.value))
        object["records"] = list(
            observed.records.sorted { $0.key < $1.key }.map { key, record in
                var item = Self.value(of: key).object ?? Object()
                item["uid"] = .string(record.uid)
                item["desired"] = .string(record.desired.description)
                item["live"] = .string(record.live.description)
                return .object(item)
            })
        if planner.options.purpose == .deletion { object["purpose"] = "deletion" }
        if planner.options.dryRunsCreates { object["dryRunsCreates"] = true }
        object["plannedTogether"] = list(planner.options.plannedTogether.sorted().map { .string($0) })
        object["claimedElsewhere"] = list(planner.claimedElsewhere.sorted().map(Self.value))
        object["answers"] = list(
            answers.sorted { ($0.key.key, "\($0.key.request)", $0.key.round) < ($1.key.key, "\($1.key.request)", $1.key.round) }
                .map(Self.value))
        object["plan"] = plan
        return .object(object)
    }

    private func list(_ items: [Value]) -> Value? { items.isEmpty ? Value?.none : .array(items) }

    static func value(of key: ObjectKey) -> Value {
        var object: Object = ["group": .string(key.group), "kind": .string(key.kind)]
        if let namespace = key.namespace { object["namespace"] = .string(namespace) }
        object["name"] = .string(key.name)
        return .object(object)
    }

    private static func value(of probe: Probe, _ answer: ProbeAnswer) -> Value {
        var item = value(of: probe.key).object ?? Object()
        item["request"] = .string(requests.first { $0.1 == probe.request }?.0 ?? "")
        item["round"] = .int(Int64(probe.round))
        switch answer {
        case .absent: item["absent"] = true
        case .object(let object, let created):
            item["object"] = object.value
            if created { item["created"] = true }
        case .failed(let failure):
            var failed: Object = ["reason": .string("\(failure.reason)"), "message": .string(failure.message)]
            if let status = failure.status {
                failed["status"] = [
                    "kind": "Status", "code": .int(Int64(status.code)), "reason": .string(status.reason),
                    "message": .string(status.message),
                    "details": [
                        "causes": .array(
                            status.causes.map {
                                ["reason": .string($0.reason), "message": .string($0.message), "field": .string($0.field)]
                            })
                    ],
                ]
            }
            if !failure.conflicts.isEmpty {
                failed["conflicts"] = .array(
                    failure.conflicts.map { ["path": .string($0.path), "manager": .string($0.manager)] })
            }
            item["failed"] = .object(failed)
        }
        return .object(item)
    }
}

/// A plan as plain data, with nothing in it that may not be shown.
enum PlanText {
    static func value(of plan: Plan) -> Value {
        var object: Object = ["operations": .array(plan.operations.map(value(of:)))]
        if !plan.warnings.isEmpty { object["warnings"] = .array(plan.warnings.map { .string($0) }) }
        if !plan.pruneObstacles.isEmpty { object["pruneObstacles"] = .array(plan.pruneObstacles.map { .string($0) }) }
        if let hold = plan.hold { object["hold"] = .string(hold) }
        return .object(object)
    }

    static func value(of row: PlannedOperation) -> Value {
        var object: Object = ["op": .string(row.kind.rawValue), "key": .string(row.key.description), "why": .string(row.why)]
        if row.stage != 0 { object["stage"] = .int(Int64(row.stage)) }
        if !row.changes.isEmpty { object["changes"] = .array(row.changes.map(value(of:))) }
        if let drift = row.drift {
            object["drift"] = [
                "kind": .string(drift.kind.rawValue), "fields": .array(drift.fields.map { .string($0.path.description) }),
            ]
        }
        if row.isUnverified { object["unverified"] = true }
        if row.isRejected { object["rejected"] = true }
        if case .apply(let write)? = row.write {
            if write.force { object["force"] = true }
            if let takeover = write.takeover {
                object["takeover"] = .array(
                    (takeover.array ?? []).map { .string("\($0["op"]?.string ?? "") \($0["path"]?.string ?? "")") })
            }
        }
        return .object(object)
    }

    private static func value(of change: FieldChange) -> Value {
        var object: Object = ["path": .string(change.path.description)]
        if let from = change.from { object["from"] = value(of: from) }
        if let to = change.to { object["to"] = value(of: to) }
        if let writer = change.writer { object["manager"] = .string(writer.short) }
        return .object(object)
    }

    private static func value(of shown: Shown) -> Value {
        switch shown {
        case .value(let value): value
        case .redacted(let hash): .string("REDACTED(\(hash))")
        }
    }
}
