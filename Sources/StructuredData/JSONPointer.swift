// JSON pointers (RFC 6901), in which users write paths and in which JSON patches speak, to and from FieldPath.

extension FieldPath {
    /// Reads a JSON pointer: `/spec/template/metadata/labels/a.b~1c`; the empty text is the whole object.
    ///
    /// - Parameter root: the tree that the pointer is for: a number is an index where a list stands, a field otherwise.
    ///   Without it every step is a field.
    /// - Returns: nil when the text does not begin with `/`, or has a `~` that neither 0 nor 1 follows.
    package init?(jsonPointer text: String, in root: Value? = nil) {
        self.init()
        if text.utf8.isEmpty { return }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var node = root
        for token in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = FieldPath.unescape(token) else { return nil }
            if case .array = node, let index = FieldPath.index(of: name) {
                elements.append(.index(index))
                node = node?[index]
            } else {
                elements.append(.field(name))
                node = node?[name]
            }
        }
    }

    /// The path as a JSON pointer.
    ///
    /// - Parameter root: the tree to find list elements in that the path names by their keys or their value.
    /// - Returns: nil when such an element is not there.
    package func jsonPointer(in root: Value? = nil) -> String? {
        var text = ""
        var node = root
        for element in elements {
            switch element {
            case .field(let name): text += "/" + FieldPath.escape(name)
            case .index(let index): text += "/\(index)"
            case .key, .value:
                guard let position = node?.position(of: element) else { return nil }
                text += "/\(position)"
            }
            node = node?.value(at: FieldPath([element]))
        }
        return text
    }

    private static func escape(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): bytes += [byte, UInt8(ascii: "0")]
            case UInt8(ascii: "/"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "1")]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unescape(_ token: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = token[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 6901: digits without a leading zero.
    private static func index(of token: String) -> Int? {
        guard let first = token.utf8.first, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return first == 0x30 && token.utf8.count > 1 ? nil : Int(token)
    }
}
