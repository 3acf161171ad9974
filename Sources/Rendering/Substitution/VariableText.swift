// A text with variables in its parts: `${NAME}`, `${NAME:-default}`, and `$${` for `${` itself.

import KubernetesModel

/// What is written between the variables of one text, and they.
struct VariableText {
    enum Part: Equatable {
        case text(Substring)
        case variable(String, fallback: String?)
        /// `${` with something behind it that is no variable; up to its `}`, or to the end.
        case broken(String)
    }

    private(set) var parts: [Part] = []

    /// The one variable that the text consists of.
    var only: Part? {
        guard parts.count == 1, case .variable = parts[0] else { return nil }
        return parts[0]
    }

    /// Whether a text may have variables at all, or an escape.
    static func mayHave(_ text: String) -> Bool {
        var isDollar = false
        for byte in text.utf8 {
            if isDollar, byte == UInt8(ascii: "{") { return true }
            isDollar = byte == UInt8(ascii: "$")
        }
        return false
    }

    init(_ text: String) {
        let bytes = text.utf8
        let dollar = UInt8(ascii: "$")
        let brace = UInt8(ascii: "{")
        var start = bytes.startIndex
        var index = start
        func byte(_ index: String.Index) -> UInt8? { index < bytes.endIndex ? bytes[index] : nil }
        while index < bytes.endIndex {
            let next = bytes.index(after: index)
            guard bytes[index] == dollar else {
                index = next
                continue
            }
            if byte(next) == dollar, byte(bytes.index(after: next)) == brace {
                add(text[start..<index])
                start = next
                index = bytes.index(next, offsetBy: 2)
            } else if byte(next) == brace {
                add(text[start..<index])
                let name = bytes.index(after: next)
                let end = bytes[name...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.endIndex
                parts.append(Self.part(text[name..<end], isClosed: end < bytes.endIndex))
                index = end < bytes.endIndex ? bytes.index(after: end) : end
                start = index
            } else {
                index = next
            }
        }
        add(text[start...])
    }

    private mutating func add(_ text: Substring) {
        if !text.isEmpty { parts.append(.text(text)) }
    }

    /// - Parameter inside: what stands between the braces.
    private static func part(_ inside: Substring, isClosed: Bool) -> Part {
        let bytes = inside.utf8
        let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        let rest = bytes[end...]
        let hasFallback = rest.starts(with: ":-".utf8)
        guard isClosed, Application.Substitution.isName(bytes[..<end]), rest.isEmpty || hasFallback, !mayHave(String(inside)) else {
            return .broken("${" + inside + (isClosed ? "}" : ""))
        }
        return .variable(String(inside[..<end]), fallback: hasFallback ? String(inside[bytes.index(end, offsetBy: 2)...]) : nil)
    }
}
