// What is known of a node's type when a strategic merge patch comes to it: whether a list is merged, and by which keys.

/// The place of a node in the types of Kubernetes.
struct MergeSchema: Sendable {
    private let type: MergeType?
    /// Of a list that is merged: the keys of its elements; empty for a list of texts.
    let mergeKeys: [String]?
    private let elementType: MergeType?

    /// Of a node that has a type, of which nothing more is of concern here.
    private static let opaque = MergeSchema(type: nil, mergeKeys: nil, elementType: nil)

    private init(type: MergeType?, mergeKeys: [String]?, elementType: MergeType?) {
        self.type = type
        self.mergeKeys = mergeKeys
        self.elementType = elementType
    }

    /// - Returns: nil for a kind that is not known.
    init?(apiVersion: String, kind: String) {
        guard let name = MergeSchema.kinds["\(apiVersion) \(kind)"], let type = MergeSchema.types[name] else { return nil }
        self.init(type: type, mergeKeys: nil, elementType: nil)
    }

    /// - Returns: nil where the type of the field is not known.
    func field(_ name: String) -> MergeSchema? {
        guard let type else { return nil }
        switch type.fields[name] {
        case .map(let name): return MergeSchema(type: MergeSchema.types[name], mergeKeys: nil, elementType: nil)
        case .list(let keys, let name):
            return MergeSchema(type: nil, mergeKeys: keys, elementType: name.flatMap { MergeSchema.types[$0] })
        case nil: return .opaque
        }
    }

    var elements: MergeSchema { MergeSchema(type: elementType, mergeKeys: nil, elementType: nil) }

    struct MergeType: Sendable {
        enum Field: Sendable { case map(String), list([String], String?) }
        var fields: [String: Field] = [:]
    }

    private static let types: [String: MergeType] = {
        var types: [String: MergeType] = [:]
        for line in MergeFacts.types.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            var type = MergeType()
            for word in words.dropFirst() { type.add(word) }
            types[String(name)] = type
        }
        return types
    }()

    private static let kinds: [String: String] = {
        var kinds: [String: String] = [:]
        for line in MergeFacts.kinds.split(separator: "\n") {
            let words = line.split(separator: " ")
            for kind in words.dropFirst(2) { kinds["\(words[1]) \(kind)"] = String(words[0]) }
        }
        return kinds
    }()
}

extension MergeSchema.MergeType {
    /// - Parameter word: as ``MergeFacts/types`` has it.
    fileprivate mutating func add(_ word: Substring) {
        if let open = word.firstIndex(of: "["), let close = word.firstIndex(of: "]") {
            let element = String(word[word.index(after: close)...])
            let keys = word[word.index(after: open)..<close].split(separator: ",").map(String.init)
            fields[String(word[..<open])] = .list(keys, element.isEmpty ? nil : element)
        } else if let dot = word.firstIndex(of: ".") {
            fields[String(word[..<dot])] = .map(String(word[word.index(after: dot)...]))
        }
    }
}
