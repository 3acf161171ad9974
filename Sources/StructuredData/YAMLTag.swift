// Explicit tags on scalars: `!!str 1`, `!!int "1"`, `!!binary aGVsbG8=`.

/// The tags that decide how a scalar is read; all others leave it a string.
enum YAMLTag {
    struct Failure: Error {
        var message: String
    }

    case string, null, bool, int, float, timestamp, binary, other

    /// - Parameter text: the tag as libyaml gives it, its handle expanded.
    init(_ text: String) {
        switch text {
        case "tag:yaml.org,2002:str": self = .string
        case "tag:yaml.org,2002:null": self = .null
        case "tag:yaml.org,2002:bool": self = .bool
        case "tag:yaml.org,2002:int": self = .int
        case "tag:yaml.org,2002:float": self = .float
        case "tag:yaml.org,2002:timestamp": self = .timestamp
        case "tag:yaml.org,2002:binary": self = .binary
        default: self = .other
        }
    }

    /// What the scalar means under this tag, and its text (decoded, for `!!binary`).
    func resolve(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) throws(Failure) -> (YAMLScalar, String) {
        let meaning = YAMLScalar.plain(bytes)
        switch (self, meaning) {
        case (.string, _), (.other, _): return (.string, text)
        case (.null, .null), (.bool, .bool), (.int, .int), (.int, .uint), (.float, .float): return (meaning, text)
        case (.float, .int(let int)): return (.float(Double(int)), text)
        case (.timestamp, .string) where YAMLTag.looksLikeTime(bytes): return (.string, text)
        case (.binary, _): return (.string, try decoded(bytes))
        default: throw Failure(message: "the text is not \(wanted), as its tag says")
        }
    }

    private var wanted: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean (!!bool)"
        case .int: "an integer (!!int)"
        case .float: "a number (!!float)"
        case .timestamp: "a date (!!timestamp)"
        case .string, .binary, .other: "text"
        }
    }

    private func decoded(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> String {
        guard let data = Base64.decode(bytes) else { throw Failure(message: "the text tagged !!binary is not base64") }
        if let string = String(validating: data, as: UTF8.self) { return string }
        throw Failure(
            message:
                "the text tagged !!binary decodes to bytes that are not UTF-8; in a ConfigMap write the base64 text itself under binaryData"
        )
    }

    /// `2001-12-14`, with or without a time behind it.
    static func looksLikeTime(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= 8, bytes[4] == UInt8(ascii: "-") else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count <= 2, !parts[1].isEmpty else { return false }
        let day = parts[2].prefix { (0x30...0x39).contains($0) }
        guard parts[0].allSatisfy({ (0x30...0x39).contains($0) }), parts[1].allSatisfy({ (0x30...0x39).contains($0) }),
            day.count == 1 || day.count == 2
        else { return false }
        guard let next = parts[2].dropFirst(day.count).first else { return true }
        return next == UInt8(ascii: "T") || next == UInt8(ascii: "t") || next == UInt8(ascii: " ")
    }
}
