// What kustomize puts behind the names of generated objects: ten characters that stand for their content.

import StructuredData

/// Of ConfigMaps and Secrets: their kind, their data and a Secret's type, but not their name. Source: kustomize's api/hasher.
struct ContentHash: CustomStringConvertible {
    let description: String

    init(_ node: Node) {
        var entries: [(String, Node?)]
        switch node["kind"]?.string {
        case "ConfigMap": entries = [("binaryData", node["binaryData"]), ("data", node["data"])]
        case "Secret": entries = [("data", node["data"]), ("stringData", node["stringData"]), ("type", node["type"])]
        default: entries = node.map?.entries.map { ($0.key, $0.value) } ?? []
        }
        // The name is looked for under a key that no object has, so that it is always empty.
        entries += [("kind", node["kind"]), ("name", nil)]
        var writer = GoJSONWriter()
        writer.write(
            entries.compactMap { name, node in
                switch name {
                case "binaryData", "stringData": node?.map == nil ? nil : (name, node?.value ?? .null)
                case "data", "type", "name":
                    if let node, !node.isNull {
                        node.map == nil ? (name, .string(node.text ?? "")) : (name, node.value)
                    } else {
                        (name, "")
                    }
                default: (name, node?.value ?? .null)
                }
            })
        description = ContentHash.shown(Digest(of: writer.bytes).description)
    }

    /// The first ten digits, without those that could make a word.
    private static func shown(_ digits: String) -> String {
        String(
            digits.prefix(10).map { digit in
                switch digit {
                case "0": "g"
                case "1": "h"
                case "3": "k"
                case "a": "m"
                case "e": "t"
                default: digit
                }
            })
    }
}

/// JSON as Go writes it by default: keys sorted, and what is special in HTML escaped.
struct GoJSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ entries: [(String, Value)]) {
        bytes.append(UInt8(ascii: "{"))
        for (position, entry) in entries.sorted(by: { $0.0.precedesByBytes($1.0) }).enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            write(entry.0)
            bytes.append(UInt8(ascii: ":"))
            write(entry.1)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func write(_ value: Value) {
        switch value {
        case .string(let text): write(text)
        case .object(let object): write(object.entries.map { ($0.key, $0.value) })
        case .array(let array):
            bytes.append(UInt8(ascii: "["))
            for (position, element) in array.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element)
            }
            bytes.append(UInt8(ascii: "]"))
        default: bytes += JSON.write(value)
        }
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { text in
            var start = 0
            for (position, byte) in text.enumerated() {
                guard let escape = GoJSONWriter.escape(byte, text[position...]) else { continue }
                bytes += text[start..<position]
                bytes += Array(escape.utf8)
                start = position + (byte < 0x80 ? 1 : 3)
            }
            bytes += text[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// What is written for the character that begins with this byte; nil: the character itself.
    private static func escape(_ byte: UInt8, _ rest: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), 0..<0x20:
            "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        // Line and paragraph separators.
        case 0xE2: rest.starts(with: [0xE2, 0x80, 0xA8]) ? "\\u2028" : rest.starts(with: [0xE2, 0x80, 0xA9]) ? "\\u2029" : nil
        default: nil
        }
    }
}
