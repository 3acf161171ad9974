// Writing JSON: compact, indented or canonical, into one buffer.

/// Appends JSON to a buffer of bytes.
struct JSONWriter {
    enum Form { case compact, indented, canonical }

    let form: Form
    private(set) var bytes: [UInt8] = []

    init(_ form: Form) { self.form = form }

    mutating func write(_ value: Value, level: Int = 0) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let bool): bytes.append(contentsOf: (bool ? "true" : "false").utf8)
        case .int(let int): writeDecimal(int.magnitude, isNegative: int < 0)
        case .uint(let uint): writeDecimal(uint, isNegative: false)
        case .double(let double): write(double)
        case .string(let string): write(string)
        case .array(let array): write(array, level)
        case .object(let object): write(object, level)
        }
    }

    private mutating func write(_ array: [Value], _ level: Int) {
        if array.isEmpty { return bytes.append(contentsOf: "[]".utf8) }
        bytes.append(UInt8(ascii: "["))
        for (position, element) in array.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(level + 1)
            write(element, level: level + 1)
        }
        breakLine(level)
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: Object, _ level: Int) {
        if object.isEmpty { return bytes.append(contentsOf: "{}".utf8) }
        bytes.append(UInt8(ascii: "{"))
        let entries = form == .canonical ? object.entriesSortedByKey : object.entries
        for (position, entry) in entries.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(level + 1)
            write(entry.key)
            bytes.append(UInt8(ascii: ":"))
            if form == .indented { bytes.append(UInt8(ascii: " ")) }
            write(entry.value, level: level + 1)
        }
        breakLine(level)
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine(_ level: Int) {
        guard form == .indented else { return }
        bytes.append(0x0A)
        for _ in 0..<level {
            bytes.append(0x20)
            bytes.append(0x20)
        }
    }

    private mutating func writeDecimal(_ magnitude: UInt64, isNegative: Bool) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        if magnitude < 10 { return bytes.append(0x30 | UInt8(magnitude)) }
        bytes.append(contentsOf: String(magnitude).utf8)
    }

    private mutating func write(_ double: Double) {
        if form == .canonical {
            if let int = Int64(exactly: double) { return writeDecimal(int.magnitude, isNegative: int < 0) }
            if let uint = UInt64(exactly: double) { return writeDecimal(uint, isNegative: false) }
        }
        bytes.append(contentsOf: NumberText.json(double))
    }

    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { text in
            var runStart = 0
            for (position, byte) in text.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: text[runStart..<position])
                escape(byte)
                runStart = position + 1
            }
            bytes.append(contentsOf: text[runStart...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x20...: bytes.append(byte)
        default:
            bytes.append(contentsOf: (byte < 16 ? "u000" : "u00").utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        }
    }
}
