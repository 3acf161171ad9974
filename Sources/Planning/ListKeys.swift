// How the elements of a list are told apart: learnt from managedFields, with a table for what the API always had.

import KubernetesModel
import StructuredData

/// Turns elements of lists into path elements, as the server would write them in managedFields.
struct ListKeys: Sendable {
    private enum Kind: Equatable { case keyed([String]), set }
    /// By the fields on the way to the list, list elements left out: all containers have the same kind of `env`.
    private var learnt: [[String]: Kind] = [:]
    /// Selectors that are owned as one value: an apply replaces them whole.
    private var selectors: Set<FieldPath> = []

    init(_ entries: [ManagedFieldsEntry] = []) { self.init(entries.map(\.fields)) }

    init(_ sets: [FieldSet]) {
        for set in sets {
            learn(set.paths)
            for path in set.leaves {
                if case .field(let name)? = path.elements.last, name.lowercased().hasSuffix("selector") { selectors.insert(path) }
            }
        }
    }

    /// Whether the map at `path` is one value and not the sum of its fields.
    func isWhole(_ path: FieldPath) -> Bool { selectors.contains(path) }

    private mutating func learn(_ paths: [FieldPath]) {
        for path in paths {
            var fields: [String] = []
            for element in path.elements {
                switch element {
                case .field(let name): fields.append(name)
                case .key(let keys): learnt[fields] = .keyed(keys.map(\.name))
                case .value: learnt[fields] = .set
                case .index: break
                }
            }
        }
    }

    /// Path elements for all elements of the list at `path`, in order; nil where its elements have no identity (an atomic list).
    func elements(of list: [Value], at path: FieldPath) -> [FieldPath.Element]? {
        var fields: [String] = []
        for element in path.elements { if case .field(let name) = element { fields.append(name) } }
        switch learnt[fields] {
        case .set?: return Self.unique(list.map { .value(Self.text($0)) })
        case .keyed(let names)?:
            if let found = Self.unique(list.map { Self.key($0, names) }) { return found }
        case nil: break
        }
        guard let last = fields.last else { return nil }
        if last == "finalizers", fields.count == 2, fields[0] == "metadata" { return Self.unique(list.map { .value(Self.text($0)) }) }
        for names in Self.wellKnown[last] ?? [] {
            if let found = Self.unique(list.map { Self.key($0, names) }) { return found }
        }
        return nil
    }

    static func text(_ value: Value) -> String { String(decoding: CanonicalJSON.bytes(of: value), as: UTF8.self) }

    private static func key(_ item: Value, _ names: [String]) -> FieldPath.Element? {
        var fields: [FieldPath.KeyField] = []
        for name in names {
            guard let value = item[name] ?? defaults[name] else { return nil }
            switch value {
            case .array, .object, .null: return nil
            default: fields.append(FieldPath.KeyField(name: name, json: text(value)))
            }
        }
        return .key(fields.sorted { $0.name.precedesByBytes($1.name) })
    }

    /// nil where one is missing or two are the same.
    private static func unique(_ elements: [FieldPath.Element?]) -> [FieldPath.Element]? {
        var seen: Set<FieldPath.Element> = []
        var found: [FieldPath.Element] = []
        found.reserveCapacity(elements.count)
        for element in elements {
            guard let element, seen.insert(element).inserted else { return nil }
            found.append(element)
        }
        return found
    }

    /// Key fields that the API server fills in before it compares.
    private static let defaults: [String: Value] = ["protocol": "TCP"]

    /// Lists of the built-in kinds by the name of their field; tried in order, the first whose keys are whole and unique counts.
    private static let wellKnown: [String: [[String]]] = [
        "containers": [["name"]], "initContainers": [["name"]], "ephemeralContainers": [["name"]], "env": [["name"]],
        "volumes": [["name"]], "volumeMounts": [["mountPath"]], "volumeDevices": [["devicePath"]],
        "ports": [["containerPort", "protocol"], ["port", "protocol"]], "imagePullSecrets": [["name"]], "hostAliases": [["ip"]],
        "topologySpreadConstraints": [["topologyKey", "whenUnsatisfiable"]], "conditions": [["type"]],
        "ownerReferences": [["uid"]], "webhooks": [["name"]], "secrets": [["name"]], "resourceClaims": [["name"]],
        "schedulingGates": [["name"]], "validations": [], "matchConditions": [["name"]], "variables": [["name"]],
    ]
}
