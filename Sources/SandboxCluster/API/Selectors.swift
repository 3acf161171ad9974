// Label and field selectors, as they stand in a query.

import StructuredData

/// `app=web,tier!=db,env in (a,b),!legacy`
struct LabelSelector: Sendable {
    private enum Requirement: Sendable {
        case isIn(String, Set<String>)
        case isNotIn(String, Set<String>)
        case exists(String)
        case isAbsent(String)
        case isGreater(String, Int64)
        case isLess(String, Int64)
    }
    private var requirements: [Requirement] = []

    var isEmpty: Bool { requirements.isEmpty }

    static let everything = LabelSelector()

    private init() {}

    /// - Throws: 400 with the server's words.
    init(_ text: String) throws(Failure) {
        for part in LabelSelector.split(text) {
            let trimmed = LabelSelector.trim(part)
            if trimmed.isEmpty { continue }
            guard let requirement = LabelSelector.read(trimmed) else {
                let words = trimmed.split(separator: " ")
                throw .badRequest(
                    "unable to parse requirement: found '\(words.count > 1 ? words[1] : Substring(trimmed))', expected: in, notin, =, ==, !=, gt, lt"
                )
            }
            requirements.append(requirement)
        }
    }

    /// A `metav1.LabelSelector` object, or a plain map of labels.
    init(object: Value?) {
        guard let object = object?.object else { return }
        let isPlain = object["matchLabels"] == nil && object["matchExpressions"] == nil
        for entry in (isPlain ? object : object["matchLabels"]?.object) ?? Object() {
            requirements.append(.isIn(entry.key, [entry.value.string ?? ""]))
        }
        for expression in object["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = Set((expression["values"]?.array ?? []).compactMap(\.string))
            switch expression["operator"]?.string {
            case "In": requirements.append(.isIn(key, values))
            case "NotIn": requirements.append(.isNotIn(key, values))
            case "Exists": requirements.append(.exists(key))
            default: requirements.append(.isAbsent(key))
            }
        }
    }

    /// Splits at commas that are not in parentheses.
    private static func split(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        return parts
    }

    private static func trim(_ text: some StringProtocol) -> String {
        var view = text.unicodeScalars.map { $0 }[...]
        while let first = view.first, first == " " || first == "\t" { view.removeFirst() }
        while let last = view.last, last == " " || last == "\t" { view.removeLast() }
        var result = ""
        result.unicodeScalars.append(contentsOf: view)
        return result
    }

    private static func read(_ text: String) -> Requirement? {
        if text.hasPrefix("!") {
            let key = trim(text.dropFirst())
            return isKey(key) ? .isAbsent(key) : nil
        }
        for (mark, negated) in [("!=", true), ("==", false), ("=", false)] {
            if let found = text.firstRange(of: mark) {
                let key = trim(text[..<found.lowerBound])
                let value = trim(text[found.upperBound...])
                guard isKey(key), isValue(value) else { return nil }
                return negated ? .isNotIn(key, [value]) : .isIn(key, [value])
            }
        }
        for (mark, isGreater) in [(">", true), ("<", false)] {
            if let found = text.firstRange(of: mark) {
                let key = trim(text[..<found.lowerBound])
                guard isKey(key), let bound = Int64(trim(text[found.upperBound...])) else { return nil }
                return isGreater ? .isGreater(key, bound) : .isLess(key, bound)
            }
        }
        if let open = text.firstIndex(of: "("), text.hasSuffix(")") {
            let words = text[..<open].split(separator: " ")
            let values = text[text.index(after: open)...].dropLast().split(separator: ",", omittingEmptySubsequences: false).map {
                trim($0)
            }
            guard words.count == 2, let key = words.first.map(String.init), isKey(key), values.allSatisfy(isValue) else { return nil }
            switch words[1] {
            case "in": return .isIn(key, Set(values))
            case "notin": return .isNotIn(key, Set(values))
            default: return nil
            }
        }
        return isKey(text) ? .exists(text) : nil
    }

    private static func isKey(_ text: String) -> Bool { NameRules.qualifiedName(text).isEmpty }
    private static func isValue(_ text: String) -> Bool { NameRules.labelValue(text).isEmpty }

    func matches(_ object: Value) -> Bool {
        requirements.isEmpty || matches(labels: object.at("metadata", "labels")?.object ?? Object())
    }

    func matches(labels: Object) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .isIn(let key, let values): labels[key]?.string.map(values.contains) ?? false
            case .isNotIn(let key, let values): !(labels[key]?.string.map(values.contains) ?? false)
            case .exists(let key): labels[key] != nil
            case .isAbsent(let key): labels[key] == nil
            case .isGreater(let key, let bound): labels[key]?.string.flatMap(Int64.init).map { $0 > bound } ?? false
            case .isLess(let key, let bound): labels[key]?.string.flatMap(Int64.init).map { $0 < bound } ?? false
            }
        }
    }
}

/// `metadata.name=x,status.phase!=Running`
struct FieldSelector: Sendable {
    private var terms: [(path: [String], value: String, isEqual: Bool)] = []

    static let everything = FieldSelector()

    private init() {}

    /// Fields of a kind that may be selected, besides name and namespace.
    private static let known: [String: [String]] = [
        "pods": [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
            "status.podIP", "status.podIPs", "status.nominatedNodeName",
        ],
        "events": [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent",
            "source", "type",
        ],
        "secrets": ["type"], "namespaces": ["status.phase"], "nodes": ["spec.unschedulable"],
        "replicasets": ["status.replicas"], "replicationcontrollers": ["status.replicas"], "jobs": ["status.successful"],
        "services": ["spec.clusterIP", "spec.type"], "certificatesigningrequests": ["spec.signerName"],
    ]

    /// - Throws: 400 for a field that the kind cannot be selected by.
    init(_ text: String, resource: ServedResource, also selectable: [String] = [], isCustom: Bool = false) throws(Failure) {
        for part in text.split(separator: ",") {
            var isEqual = true
            var pieces: [Substring]
            if let mark = part.firstRange(of: "!=") {
                isEqual = false
                pieces = [part[..<mark.lowerBound], part[mark.upperBound...]]
            } else if let mark = part.firstRange(of: "==") ?? part.firstRange(of: "=") {
                pieces = [part[..<mark.lowerBound], part[mark.upperBound...]]
            } else {
                throw .badRequest("invalid field selector: '\(text)'; can't understand '\(part)'")
            }
            let field = String(pieces[0])
            let isKnown =
                field == "metadata.name" || field == "metadata.namespace" && resource.isNamespaced
                || FieldSelector.known[resource.resource]?.contains(field) == true || selectable.contains(field)
            if !isKnown {
                throw .badRequest(
                    isCustom || FieldSelector.known[resource.resource] != nil
                        ? "field label not supported: \(field)"
                        : "\"\(field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
            }
            terms.append((field.split(separator: ".").map(String.init), String(pieces[1]), isEqual))
        }
    }

    /// The name that is asked for, where exactly one is.
    var name: String? { terms.first { $0.path == ["metadata", "name"] && $0.isEqual }?.value }

    func matches(_ object: Value) -> Bool {
        terms.allSatisfy { term in
            var node: Value? = object
            for key in term.path { node = node?[key] }
            let text =
                switch node {
                case .string(let string)?: string
                case .bool(let bool)?: bool ? "true" : "false"
                case .int(let int)?: String(int)
                default: term.path == ["spec", "unschedulable"] || term.path == ["spec", "hostNetwork"] ? "false" : ""
                }
            return text.hasSameBytes(as: term.value) == term.isEqual
        }
    }
}
