// Objects whose name ends with a hash of their content, as kustomize's generators make them: other content is another object.

import KubernetesModel

/// ConfigMaps and Secrets of Git with such names. What they take the place of is no loss, however much it is.
struct HashedNames {
    private struct Stem: Hashable {
        var kind: GroupKind
        var namespace: String
        var name: String
    }
    private let stems: Set<Stem>

    init(_ keys: [ObjectKey]) { stems = Set(keys.compactMap(HashedNames.stem)) }

    /// Whether Git has the object under a name that differs in the hash alone.
    func replace(_ key: ObjectKey) -> Bool { HashedNames.stem(of: key).map(stems.contains) ?? false }

    /// kustomize's digits: of hexadecimal ones, with consonants in place of 0, 1, 3, a and e, so that no words come of it.
    private static let digits = Set("2456789bcdfghkmt".utf8)
    private static let length = 10

    private static func stem(of key: ObjectKey) -> Stem? {
        guard key.group.isEmpty, key.kind == "ConfigMap" || key.kind == "Secret" else { return nil }
        let name = key.name.utf8
        guard name.count > length + 1, name.suffix(length).allSatisfy(digits.contains),
            name.dropLast(length).last == UInt8(ascii: "-")
        else { return nil }
        return Stem(kind: key.groupKind, namespace: key.namespace ?? "", name: String(decoding: name.dropLast(length + 1), as: UTF8.self))
    }
}
