// An Application as it stands in a cluster, with its status: read leniently, for it comes from outside and may hold anything.

import KubernetesModel
package import StructuredData

/// What the verbs need of an Application resource. Nothing in it is trusted: texts are cut, lists too, and what cannot be read is absent.
package struct ApplicationResource: Sendable {
    /// Why, and until when, something is kept from going on.
    package struct Stop: Sendable, Equatable {
        package var reason: String
        package var until: String?

        /// Whether it has not ended; an end that cannot be read is none.
        package func isActive(now: Double) -> Bool { until.flatMap(Moment.seconds).map { $0 > now } ?? true }
    }

    package struct Hold: Sendable, Equatable {
        package var group: String?
        package var kind: String
        package var namespace: String?
        package var name: String
        package var stop: Stop

        /// `Deployment shop/api`.
        package var object: String { namespace.map { "\(kind) \($0)/\(name)" } ?? "\(kind) \(name)" }
    }

    package struct Condition: Sendable, Equatable {
        package var type: String
        package var status: String
        package var reason: String
        package var message: String
        package var since: String?
    }

    package struct Run: Sendable, Equatable {
        package var id: String
        package var revision: String
        package var phase: String
        package var trigger: String
        package var startedAt: String
        package var finishedAt: String?
        package var message: String

        /// Whether it goes on. A phase that this version does not know is over.
        package var isUnderWay: Bool { ["planned", "applying", "waiting"].contains(phase) }
    }

    /// The resource as it came.
    package let value: Value
    package let namespace: String
    package let name: String

    // MARK: - What was asked for
    package let suspension: Stop?
    package let pin: Stop?
    package let pinnedRun: String
    package let holds: [Hold]
    /// The annotation that asks for a look now.
    package let requestedAt: String?

    // MARK: - What the controller says
    package let observedGeneration: Int64
    package let handledRequest: String?
    package let attempted: String
    package let applied: String
    package let pending: String
    /// `unknown` where the controller says nothing that is known.
    package let health: String
    package let openDrift: Int
    package let members: Int?
    /// Of the last plan, 64 hexadecimal digits; nil where it is anything else.
    package let planDigest: String?
    package let counts: [String: Int]
    /// Newest first.
    package let runs: [Run]
    package let conditions: [Condition]

    package init(_ value: Value) {
        let object = Unstructured(value)
        self.value = value
        namespace = Self.text(.string(object.namespace ?? ""), 63)
        name = Self.text(.string(object.name), 253)
        requestedAt = object.annotation(Self.requestAnnotation)
        let spec = value["spec"]
        suspension = Self.stop(spec?["suspend"])
        pin = Self.stop(spec?["pin"])
        pinnedRun = Self.text(spec?.at("pin", "run"), 26)
        holds = (spec?.at("drift", "holds")?.array ?? []).prefix(Application.Limits.holds).compactMap(Self.hold)
        let status = value["status"]
        observedGeneration = status?["observedGeneration"]?.int ?? 0
        handledRequest = status?["lastHandledReconcileAt"]?.string
        attempted = Self.text(status?["lastAttemptedRevision"], 1200)
        applied = Self.text(status?["lastAppliedRevision"], 1200)
        pending = Self.text(status?["pendingRevision"], 1200)
        let said = status?["health"]?.string ?? ""
        health = ["healthy", "progressing", "degraded", "suspended", "missing"].contains(said) ? said : "unknown"
        openDrift = max(0, Int(clamping: status?["openDrift"]?.int ?? 0))
        members = status?["members"]?.int.map { max(0, Int(clamping: $0)) }
        let digest = Self.text(status?["planDigest"], 65)
        planDigest = digest.utf8.count == 64 && digest.utf8.allSatisfy(TimeoutOption.isHexadecimal) ? digest.lowercased() : nil
        counts = Self.counts(status?["counts"])
        runs = (status?["runs"]?.array ?? []).prefix(50).map(Self.run)
        conditions = (status?["conditions"]?.array ?? []).prefix(50).map(Self.condition)
    }

    package static let requestAnnotation = "reconcile.belay.dev/requestedAt"
    /// `COMMIT REQUESTED-AT`: the commit that the request is for, while it is that request that is asked.
    package static let commitAnnotation = "reconcile.belay.dev/requestedRevision"
    package static let approvalAnnotation = "belay.dev/approve-plan"

    /// `NAMESPACE/NAME`.
    package var reference: String { "\(namespace)/\(name)" }
    package var uid: String { Unstructured(value).uid ?? "" }
    package var generation: Int64 { Unstructured(value).generation ?? 0 }
    package var resourceVersion: String { Unstructured(value).resourceVersion ?? "" }
    package var isTerminating: Bool { Unstructured(value).isTerminating }
    package var created: String? { Unstructured(value).creationTimestamp }

    package func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
    package var ready: Condition? { condition("Ready") }
    /// Whether a plan waits for an approval: the whole of it, or only what it would prune.
    package var needsApproval: Bool { isPlanHeld || isPruningHeld }
    /// A commit that waits for `belay sync` is Held, too, but nothing is stalled by it.
    private var isPlanHeld: Bool {
        ready?.reason == "Held" && planDigest != nil && (condition("Stalled")?.status == "True" || runs.first?.phase == "held")
    }
    /// All else of the plan is applied. The status has no field for that: its words name the plan.
    private var isPruningHeld: Bool {
        guard let planDigest else { return false }
        let told = "nothing is pruned unless the plan \(planDigest.prefix(12)) is approved"
        return conditions.contains { $0.message.contains(told) } || runs.first?.message.contains(told) == true
    }
    /// Whether a commit waits for `belay sync`, so that asking for a look lets it go.
    package var isSyncedByHand: Bool { spec("sync", "mode") == Application.SyncPolicy.Mode.manual.rawValue }
    package var isReady: Bool { ready?.status == "True" }

    /// A text of the spec, cut; empty where there is none.
    package func spec(_ keys: String...) -> String {
        var node = value["spec"]
        for key in keys { node = node?[key] }
        return Self.text(node, 2048)
    }

    /// Which ref of its repository it follows: `branch main`, or `HEAD`.
    package var followedRef: String {
        let ref = value.at("spec", "source", "ref")
        for kind in ["branch", "tag", "semver", "commit", "name"] {
            let text = Self.text(ref?[kind], 1024)
            if !text.isEmpty { return "\(kind) \(text)" }
        }
        return "HEAD"
    }

    /// The repository's address without what may be a credential in it.
    package var repository: String {
        let url = spec("source", "repoURL")
        guard let scheme = url.firstRange(of: "://"), let at = url[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@")
        else { return url }
        return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
    }

    /// Who last wrote a part of the spec, as the API server's record says: the field manager and the time of its last write.
    package func writer(of field: String) -> (manager: String, time: String?)? {
        let path = FieldPath(fields: "spec", field)
        let entry = Unstructured(value).managedFields.last { $0.subresource == nil && $0.fields.containsAnything(at: path) }
        return entry.map { (Self.text(.string($0.manager), 128), $0.time) }
    }

    /// Whether a revision (`main@sha1:…`) is that of a commit, given whole or by its first digits (at least 7).
    package static func isRevision(_ revision: String, of commit: String) -> Bool {
        guard commit.utf8.count >= 7, let last = revision.split(separator: ":", omittingEmptySubsequences: false).last else { return false }
        return last.lowercased().hasPrefix(commit.lowercased())
    }

    // MARK: - Reading

    private static func text(_ value: Value?, _ limit: Int) -> String {
        guard let text = value?.string else { return "" }
        return text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self)
    }

    private static func optional(_ value: Value?, _ limit: Int) -> String? {
        let text = text(value, limit)
        return text.isEmpty ? nil : text
    }

    private static func stop(_ value: Value?) -> Stop? {
        guard let value, value.object != nil else { return nil }
        return Stop(reason: text(value["reason"], 1024), until: optional(value["until"], 64))
    }

    private static func hold(_ value: Value) -> Hold? {
        guard let stop = stop(value), let kind = optional(value["kind"], 63), let name = optional(value["name"], 253) else { return nil }
        return Hold(
            group: value["group"]?.string.map { text(.string($0), 253) }, kind: kind, namespace: optional(value["namespace"], 63),
            name: name, stop: stop)
    }

    private static func run(_ value: Value) -> Run {
        Run(
            id: text(value["id"], 26), revision: text(value["revision"], 1200), phase: text(value["phase"], 32),
            trigger: text(value["trigger"], 64), startedAt: text(value["startedAt"], 64), finishedAt: optional(value["finishedAt"], 64),
            message: text(value["message"], 1024))
    }

    private static func condition(_ value: Value) -> Condition {
        Condition(
            type: text(value["type"], 316), status: text(value["status"], 16), reason: text(value["reason"], 256),
            message: text(value["message"], 4096), since: optional(value["lastTransitionTime"], 64))
    }

    private static let operations = ["create", "adopt", "configure", "recreate", "prune", "unchanged", "skip", "blocked", "failed"]

    private static func counts(_ value: Value?) -> [String: Int] {
        var counts: [String: Int] = [:]
        for name in operations { counts[name] = value?[name]?.int.map { max(0, Int(clamping: $0)) } }
        return counts
    }
}
