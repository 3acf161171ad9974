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
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case "\n": bytes += Array("\\n".utf8)
            case "\r": bytes += Array("\\r".utf8)
            case "\t": bytes += Array("\\t".utf8)
            case "\u{8}": bytes += Array("\\b".utf8)
            case "\u{C}": bytes += Array("\\f".utf8)
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: bytes += Array(String(scalar).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
