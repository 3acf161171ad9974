// The annotations by which a manifest asks Belay for something (interfaces section 4): a mistyped one must not pass silently.

import KubernetesModel
import StructuredData

struct BehaviourAnnotations {
    private(set) var isIgnored = false
    /// Annotation and what is wrong with it, in their order.
    private(set) var problems: [(key: String, problem: String)] = []

    private static let prefix = "belay.dev/"
    /// The words that each may have; none: checked by a rule of its own.
    private static let words: [(key: String, values: [String])] = [
        ("belay.dev/wave", []),
        ("belay.dev/prune", ["allowed", "disabled"]),
        ("belay.dev/recreate", ["allowed"]),
        ("belay.dev/adopt", ["allowed"]),
        ("belay.dev/apply", ["ignore", "create-only"]),
        ("belay.dev/drift", ["correct", "report", "ignore"]),
        ("belay.dev/hook", ["PreSync", "PostSync", "SyncFail"]),
        ("belay.dev/substitute", ["disabled"]),
        ("belay.dev/approve-plan", []),
    ]
    /// Written by Belay itself.
    private static let reserved = ["belay.dev/application", "belay.dev/source", "belay.dev/secret-fields", "belay.dev/run"]

    static func isKnown(_ key: String) -> Bool { words.contains { $0.key.hasSameBytes(as: key) } }

    init(_ annotations: Object) {
        for entry in annotations where entry.key.utf8.starts(with: BehaviourAnnotations.prefix.utf8) {
            let value = entry.value.isNull ? "" : entry.value.string
            guard let value else { continue }
            if let problem = problem(entry.key, value) { problems.append((entry.key, problem)) }
            if entry.key.hasSameBytes(as: "belay.dev/apply"), value.hasSameBytes(as: "ignore") { isIgnored = true }
        }
    }

    private func problem(_ key: String, _ value: String) -> String? {
        if BehaviourAnnotations.reserved.contains(where: { $0.hasSameBytes(as: key) }) {
            return "is written by Belay when it applies an object; remove it from the manifest"
        }
        guard let known = BehaviourAnnotations.words.first(where: { $0.key.hasSameBytes(as: key) }) else {
            let names = BehaviourAnnotations.words.map(\.key)
            return "is no annotation of Belay; "
                + (nearestName(to: key, among: names).map { "did you mean \($0)?" } ?? "there are \(names.joined(separator: ", "))")
        }
        switch key {
        case "belay.dev/wave":
            return Int32(value) == nil ? "is \(quotedForPeople(value)); it must be a whole number in quotes, such as \"1\"" : nil
        case "belay.dev/approve-plan":
            return nil
        default:
            guard known.values.contains(where: { $0.hasSameBytes(as: value) }) else {
                return "is \(quotedForPeople(value)); it must be \(alternatives(known.values))"
            }
            return key.hasSameBytes(as: "belay.dev/hook")
                ? "(\(value)) is not supported yet: hooks are not run; remove the object or the annotation" : nil
        }
    }
}
