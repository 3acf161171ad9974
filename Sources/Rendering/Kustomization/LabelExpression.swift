// `labelSelector` and `annotationSelector`: the syntax that `kubectl get -l` takes.

import StructuredData

/// `app=web,tier in (front, back),!canary`; all parts must hold.
struct LabelExpression: Sendable {
    private struct Requirement {
        enum Operator { case anyOf, noneOf, exists, absent, greater, less }
        var key: String
        var condition: Operator
        var values: [String] = []
    }

    private let requirements: [Requirement]

    /// - Parameter field: of the selector: `labelSelector`.
    /// - Throws: ``BuildProblem`` where the text is none.
    init(_ text: PlacedText, _ field: String) throws(BuildProblem) {
        var parser = Parser(text.text)
        do throws(Failure) {
            requirements = try parser.requirements()
        } catch {
            throw BuildProblem("\(field) is \(quotedForPeople(text.text)), which cannot be read: \(error.reason)", at: text.place)
        }
    }

    /// - Parameter map: the labels or annotations; nil: there are none.
    func matches(_ map: Node?) -> Bool { requirements.allSatisfy { LabelExpression.holds($0, map?[$0.key].map { $0.text ?? "" }) } }

    private static func holds(_ requirement: Requirement, _ value: String?) -> Bool {
        switch requirement.condition {
        case .anyOf: value.map { requirement.values.contains($0) } ?? false
        case .noneOf: value.map { !requirement.values.contains($0) } ?? true
        case .exists: value != nil
        case .absent: value == nil
        case .greater: compare(value, requirement.values, >)
        case .less: compare(value, requirement.values, <)
        }
    }

    private static func compare(_ value: String?, _ values: [String], _ isInOrder: (Int64, Int64) -> Bool) -> Bool {
        guard let value = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) else { return false }
        return isInOrder(value, bound)
    }

    private struct Failure: Error { var reason: String }

    /// The grammar of Kubernetes' `labels.Parse`.
    private struct Parser {
        private enum Token: Equatable { case word(String), symbol(String), end }
        private var tokens: [Token] = []
        private var position = 0

        init(_ text: String) {
            let bytes = Array(text.utf8)
            let symbols = Set("=!(),><".utf8)
            let spaces = Set(" \t\r\n".utf8)
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if spaces.contains(byte) {
                    index += 1
                } else if symbols.contains(byte) {
                    let pair = String(decoding: bytes[index..<min(index + 2, bytes.count)], as: UTF8.self)
                    let symbol = pair == "==" || pair == "!=" ? pair : String(decoding: [byte], as: UTF8.self)
                    tokens.append(.symbol(symbol))
                    index += symbol.utf8.count
                } else {
                    let end = bytes[index...].firstIndex { symbols.contains($0) || spaces.contains($0) } ?? bytes.count
                    tokens.append(.word(String(decoding: bytes[index..<end], as: UTF8.self)))
                    index = end
                }
            }
        }

        private var next: Token { position < tokens.count ? tokens[position] : .end }
        private mutating func take() -> Token {
            defer { position += 1 }
            return next
        }

        mutating func requirements() throws(Failure) -> [Requirement] {
            var list: [Requirement] = []
            while next != .end {
                list.append(try requirement())
                switch take() {
                case .end: return list
                case .symbol(","): if next == .end { throw Failure(reason: "nothing stands behind the last comma") }
                case let other: throw Failure(reason: "\(shown(other)) stands where a comma is expected")
                }
            }
            return list
        }

        private mutating func requirement() throws(Failure) -> Requirement {
            var token = take()
            let isNegated = token == .symbol("!")
            if isNegated { token = take() }
            guard case .word(let key) = token else { throw Failure(reason: "\(shown(token)) stands where a key is expected") }
            guard LabelExpression.isKey(key) else { throw Failure(reason: "\(quotedForPeople(key)) is no key of labels") }
            if isNegated { return Requirement(key: key, condition: .absent) }
            if next == .end || next == .symbol(",") { return Requirement(key: key, condition: .exists) }
            let symbol = take()
            switch symbol {
            case .symbol("="), .symbol("=="): return try Requirement(key: key, condition: .anyOf, values: [value()])
            case .symbol("!="): return try Requirement(key: key, condition: .noneOf, values: [value()])
            case .word("in"): return try Requirement(key: key, condition: .anyOf, values: values())
            case .word("notin"): return try Requirement(key: key, condition: .noneOf, values: values())
            case .symbol(">"): return try Requirement(key: key, condition: .greater, values: [number()])
            case .symbol("<"): return try Requirement(key: key, condition: .less, values: [number()])
            default: throw Failure(reason: "\(shown(symbol)) stands behind \(key), where =, ==, !=, in or notin is expected")
            }
        }

        private mutating func value() throws(Failure) -> String {
            if next == .end || next == .symbol(",") { return "" }
            let token = take()
            guard case .word(let value) = token else { throw Failure(reason: "\(shown(token)) stands where a value is expected") }
            return try checked(value)
        }

        private mutating func number() throws(Failure) -> String {
            let value = try value()
            guard Int64(value) != nil else { throw Failure(reason: "\(quotedForPeople(value)) is no whole number") }
            return value
        }

        /// `(a, b)`; an empty place is the empty value.
        private mutating func values() throws(Failure) -> [String] {
            let open = take()
            guard open == .symbol("(") else { throw Failure(reason: "\(shown(open)) stands where ( is expected") }
            var values: [String] = []
            var isValueExpected = true
            while true {
                switch take() {
                case .word(let value):
                    guard isValueExpected else { throw Failure(reason: "\(quotedForPeople(value)) stands where a comma or ) is expected") }
                    values.append(try checked(value))
                    isValueExpected = false
                case .symbol(","):
                    if isValueExpected { values.append("") }
                    isValueExpected = true
                case .symbol(")"):
                    if isValueExpected { values.append("") }
                    return values
                case let other: throw Failure(reason: "\(shown(other)) stands where a value or ) is expected")
                }
            }
        }

        private func checked(_ value: String) throws(Failure) -> String {
            guard value.isEmpty || LabelExpression.isName(value) else {
                throw Failure(reason: "\(quotedForPeople(value)) is no value of labels")
            }
            return value
        }

        private func shown(_ token: Token) -> String {
            switch token {
            case .word(let text), .symbol(let text): quotedForPeople(text)
            case .end: "the end"
            }
        }
    }

    /// `name` or `prefix/name`.
    private static func isKey(_ key: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last, isName(String(name)) else { return false }
        guard parts.count == 2 else { return true }
        return parts[0].utf8.count <= 253
            && parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                guard let first = label.utf8.first, let last = label.utf8.last else { return false }
                return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
                    && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isName(_ text: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard text.utf8.count <= 63, let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }
}
