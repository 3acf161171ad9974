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

    /// The advice that follows: numbers and booleans are usually text whose quotes were forgotten.
    package var quotingAdvice: String {
        switch self {
        case .bool, .int, .uint, .double: "; put it in quotes if it is meant as text"
        default: ""
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
package func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
