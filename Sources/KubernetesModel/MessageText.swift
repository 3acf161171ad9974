// How values from outside are shown in messages.

package import StructuredData

extension Value {
    /// What YAML made of a node where text was expected: `the number 123`, `the boolean true`, `null`, `a list`.
    package var asRead: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "the boolean \(bool)"
        case .int(let int): "the number \(int)"
        case .uint(let uint): "the number \(uint)"
        case .double(let double): "the number \(double)"
        case .string(let string): "the text \(quotedForPeople(string))"
        case .array: "a list"
        case .object: "a map"
        }
    }

    /// What to say of a node that should be text: `is read as the number 123; put it in quotes to make it text`.
    package var notText: String {
        switch self {
        case .bool, .int, .uint, .double: "is read as \(asRead); put it in quotes to make it text"
        default: "is \(asRead); it must be text"
        }
    }

    /// The same without the value, which may be secret.
    package var notTextUnseen: String {
        switch self {
        case .bool, .int, .uint, .double: "is read as \(kindName); put it in quotes to make it text"
        default: "is \(kindName); it must be text"
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
package func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
