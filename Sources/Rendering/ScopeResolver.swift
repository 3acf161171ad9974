// Where objects of a kind live: asked of the cluster where there is one, of this source's definitions, of the built-in table.

import KubernetesModel
import StructuredData

struct ScopeResolver {
    enum Answer: Equatable {
        case namespaced, cluster
        /// Nobody knows; taken for namespaced, as most kinds are.
        case unknown
        /// What is wrong with the kind, and at which field (`apiVersion` or `kind`).
        case problem(String, at: String)

        init(_ scope: Scope) { self = scope == .cluster ? .cluster : .namespaced }
    }

    private let discovery: Discovery?
    private let definitions: [GroupKind: DefinedKind]
    /// The kinds that the cluster serves, by name alone: to say where else a kind is.
    private let servedByKind: [String: [APIResource]]
    private var answers: [GroupVersionKind: Answer] = [:]
    /// Kinds that were asked for and that neither the cluster serves nor the source defines.
    private(set) var unserved: Set<GroupVersionKind> = []

    init(discovery: Discovery?, definitions: [DefinedKind]) {
        self.discovery = discovery
        self.definitions = Dictionary(definitions.map { ($0.groupKind, $0) }, uniquingKeysWith: { first, _ in first })
        servedByKind = Dictionary(grouping: discovery?.resources ?? [], by: \.groupVersionKind.kind)
    }

    mutating func scope(of type: GroupVersionKind) -> Answer {
        if let known = answers[type] { return known }
        let answer = resolve(type)
        answers[type] = answer
        return answer
    }

    private mutating func resolve(_ type: GroupVersionKind) -> Answer {
        guard let discovery else { return scopeWithoutCluster(of: type) }
        if let served = discovery[type] {
            if !served.verbs.isEmpty, !served.verbs.contains("patch") {
                return .problem("\(type.kind) of \(type.apiVersion) cannot be applied: the cluster does not let it be changed", at: "kind")
            }
            return served.namespaced ? .namespaced : .cluster
        }
        if let defined = definitions[type.groupKind] { return scope(of: type, definedBy: defined) }
        if discovery.incompleteGroups.contains(type.group) { return BuiltInKinds.scope(of: type.groupKind).map(Answer.init) ?? .unknown }
        unserved.insert(type)
        return .problem(missing(type, discovery), at: discovery[type.groupKind] == nil && !isElsewhere(type) ? "kind" : "apiVersion")
    }

    private func scope(of type: GroupVersionKind, definedBy defined: DefinedKind) -> Answer {
        guard !defined.versions.contains(where: { $0.hasSameBytes(as: type.version) }), !defined.versions.isEmpty else {
            return Answer(defined.scope)
        }
        return .problem(
            "\(type.apiVersion) is not served: the CustomResourceDefinition of \(type.kind) in this source serves "
                + "\(alternatives(defined.versions.map { "\(type.group)/\($0)" }))", at: "apiVersion")
    }

    private func scopeWithoutCluster(of type: GroupVersionKind) -> Answer {
        if BuiltInKinds.isOnlyAsked(type.groupKind) {
            return .problem("\(type.kind) is a question to the API server, not an object that it keeps; it cannot be applied", at: "kind")
        }
        if let scope = BuiltInKinds.scope(of: type.groupKind) { return Answer(scope) }
        if let defined = definitions[type.groupKind] { return scope(of: type, definedBy: defined) }
        guard BuiltInKinds.isBuiltIn(group: type.group) else { return .unknown }
        if let near = nearestName(to: type.kind, among: BuiltInKinds.kinds(inGroup: type.group)) {
            return .problem("\(type.apiVersion) has no kind \(type.kind); did you mean \(near)?", at: "kind")
        }
        if let elsewhere = BuiltInKinds.apiVersions(ofKind: type.kind).first {
            return .problem("\(type.kind) is not in \(quotedForPeople(type.apiVersion)); write \(elsewhere)", at: "apiVersion")
        }
        return .unknown
    }

    private func isElsewhere(_ type: GroupVersionKind) -> Bool { !(servedByKind[type.kind] ?? []).isEmpty }

    private func missing(_ type: GroupVersionKind, _ discovery: Discovery) -> String {
        let start = "no kind \(type.kind) in \(type.apiVersion) is served by the cluster"
        let served = (servedByKind[type.kind] ?? []).map(\.groupVersionKind)
        let sameGroup = served.filter { $0.group.hasSameBytes(as: type.group) }
        if !sameGroup.isEmpty { return "\(start); it serves \(type.kind) in \(alternatives(sameGroup.map(\.apiVersion)))" }
        if !served.isEmpty { return "\(start); did you mean \(alternatives(served.map(\.apiVersion)))?" }
        let neighbours = discovery.resources.map(\.groupVersionKind).filter { $0.apiVersion.hasSameBytes(as: type.apiVersion) }.map(\.kind)
        if let near = nearestName(to: type.kind, among: neighbours) { return "\(start); did you mean \(near)?" }
        if type.group == "belay.dev", type.kind == "Application" {
            return "\(start); an Application is not applied from here but given with -f: exclude the file, or keep it outside of the path"
        }
        return "\(start), and no CustomResourceDefinition of this source defines it; apply its definition first, or add it to this source"
    }
}
