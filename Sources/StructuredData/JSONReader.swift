// The JSON parser: one pass over the bytes, straight into Value, with nothing of RFC 8259 left out.

/// Reads one JSON value after the other from a buffer.
struct JSONReader: ~Copyable {
    /// What stopped the reading. Only `.syntax` may still be YAML.
    struct Failure: Error {
        enum Kind { case syntax, limit, nodes, meaning }
        var kind: Kind
        var message: String
        var offset: Int
    }

    /// What may be read.
    struct Rules {
        var depth = 512
        var nodes = Int.max
        var scalarSize = Int.max
        var refusesRepeatedKeys = false
        /// Whether the offset of every node (of a map entry: of its key) is kept, in walk order.
        var keepsOffsets = false
    }

    let text: UnsafeBufferPointer<UInt8>
    let rules: Rules
    var position: Int
    /// Offsets of the nodes since the last call of `value()` of the outside.
    var offsets: [UInt32] = []
    private(set) var nodes = 0
    private var keyOffsets: [UInt32] = []
    private var values = ScratchStack<Value>()
    private var entries = ScratchStack<Object.Entry>()
    var keys = KeyCache()

    init(_ text: UnsafeBufferPointer<UInt8>, rules: Rules) {
        self.text = text
        self.rules = rules
        position = text.startsWithByteOrderMark ? 3 : 0
    }

    /// The byte to come; 0 at the end, which no rule of JSON accepts.
    @inline(__always)
    var next: UInt8 { position < text.count ? text[position] : 0 }

    var isAtEnd: Bool { position >= text.count }

    mutating func advance(by count: Int) { position = min(position + count, text.count) }

    @inline(__always)
    mutating func skipSpace() {
        while position < text.count {
            let byte = text[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    /// Reads one value, after white space.
    mutating func value() throws(Failure) -> Value {
        skipSpace()
        return try value(depth: 0, placedAt: position)
    }

    func failure(_ message: String, at offset: Int? = nil, kind: Failure.Kind = .syntax) -> Failure {
        Failure(kind: kind, message: message, offset: offset ?? position)
    }

    private mutating func value(depth: Int, placedAt place: Int) throws(Failure) -> Value {
        nodes += 1
        if nodes > rules.nodes { throw failure("more than \(rules.nodes) nodes; split the file", kind: .nodes) }
        if rules.keepsOffsets { offsets.append(UInt32(truncatingIfNeeded: place)) }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string(isKey: false))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected("a value")
        }
    }

    private mutating func array(depth: Int) throws(Failure) -> Value {
        try enter(depth)
        let start = values.count
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            skipSpace()
            values.push(try value(depth: depth, placedAt: position))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(values.take(from: start))
            default: throw unexpected("',' or ']'")
            }
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> Value {
        try enter(depth)
        let start = entries.count
        let firstKey = keyOffsets.count
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return .object(Object())
        }
        while true {
            skipSpace()
            let place = position
            guard next == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string(isKey: true)
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw unexpected("':' after the key") }
            position += 1
            skipSpace()
            if rules.refusesRepeatedKeys { keyOffsets.append(UInt32(truncatingIfNeeded: place)) }
            let value = try value(depth: depth, placedAt: place)
            entries.push(Object.Entry(key: key, value: value))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                guard rules.refusesRepeatedKeys else { return .object(Object(uniqueEntries: entries.take(from: start))) }
                let positions = try uniqueKeys(from: start, firstKey)
                return .object(Object(uniqueEntries: entries.take(from: start), positions: positions))
            default: throw unexpected("',' or '}'")
            }
        }
    }

    /// The positions of the keys of the map whose entries begin at `start`, for a large one; they all differ.
    private mutating func uniqueKeys(from start: Int, _ firstKey: Int) throws(Failure) -> KeyIndex? {
        defer { keyOffsets.removeSubrange(firstKey...) }
        switch entries.withElements(from: start, UniqueKeys.check) {
        case .unique(let positions): return positions
        case .repeated(let first, let second):
            let key = entries.withElements(from: start) { $0[second].key }
            let earlier = TextPosition(of: Int(keyOffsets[firstKey + first]), in: text)
            throw failure(
                "the key \(quotedForPeople(key)) stands twice in this map, first on line \(earlier.line); remove one",
                at: Int(keyOffsets[firstKey + second]), kind: .meaning)
        }
    }

    /// Steps over the opening bracket.
    @inline(__always)
    private mutating func enter(_ depth: Int) throws(Failure) {
        if depth > rules.depth { throw failure("nested more than \(rules.depth) levels deep", kind: .limit) }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws(Failure) -> Value {
        let length = word.utf8CodeUnitCount
        for index in 0..<length {
            guard position + index < text.count, text[position + index] == word.utf8Start[index] else {
                throw failure("expected \(word)")
            }
        }
        position += length
        return value
    }

    func unexpected(_ wanted: String) -> Failure {
        if isAtEnd { return failure("the text ends where \(wanted) was expected") }
        return failure("expected \(wanted), found \(describe(byte: next))")
    }

    private func describe(byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "'\(Unicode.Scalar(byte))'"
        case 0x80...: "a character outside of ASCII"
        default: "the control character 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
