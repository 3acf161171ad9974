// The text of a manifest before libyaml sees it: its encoding, its characters, and whether it is JSON.

/// A file's text, and the errors that can be told by looking at its bytes.
struct YAMLSource {
    let text: UnsafeBufferPointer<UInt8>
    let file: String

    func error(_ message: String, at offset: Int) -> YAMLError {
        let position = TextPosition(of: offset, in: text)
        return YAMLError(message: message, location: SourceLocation(file: file, line: position.line, column: position.column))
    }

    /// Manifests are UTF-8; other Unicode encodings are recognised to say so.
    func refuseOtherEncodings() throws(YAMLError) {
        guard text.count >= 2 else { return }
        let isUTF16 =
            (text[0] == 0xFF && text[1] == 0xFE) || (text[0] == 0xFE && text[1] == 0xFF)
            || (text[0] == 0 && text[1] != 0) || (text[0] != 0 && text[1] == 0 && text.count % 2 == 0 && text[0] < 0x80)
        if isUTF16 && isMostlyHalfEmpty {
            throw error("the file is UTF-16 or UTF-32; save it as UTF-8", at: 0)
        }
    }

    /// Whether a byte order mark stands first, or every other of the first bytes is zero.
    private var isMostlyHalfEmpty: Bool {
        if text[0] >= 0xFE { return true }
        let head = text.prefix(64)
        return head.count(where: { $0 == 0 }) * 3 >= head.count
    }

    /// Bytes that are no UTF-8, and characters that YAML does not allow; and directives in a number that nobody needs,
    /// because libyaml's time grows with their square.
    func refuseUnreadableCharacters() throws(YAMLError) {
        var offset = text.startsWithByteOrderMark ? 3 : 0
        var directives = 0
        while offset < text.count {
            let byte = text[offset]
            if byte == UInt8(ascii: "%"), offset == 0 || text[offset &- 1] == 0x0A || text[offset &- 1] == 0x0D {
                directives &+= 1
                if directives > 1000 { throw error("more than 1000 lines begin with \"%\", as YAML's directives do", at: offset) }
            }
            if byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                offset &+= 1
                continue
            }
            guard let length = UTF8Check.sequenceLength(at: offset, in: text) else {
                throw error("the byte 0x\(hexadecimal(UInt32(byte))) is not UTF-8 here; save the file as UTF-8", at: offset)
            }
            let scalar = scalar(at: offset, length: length)
            if !YAMLSource.isReadable(scalar) {
                let name = scalar == 0 ? "a NUL byte" : scalar == 0xFEFF ? "a byte order mark" : "the character U+\(hexadecimal(scalar))"
                throw error("\(name) is not allowed in YAML; remove it, or write it as an escape in double quotes", at: offset)
            }
            offset &+= length
        }
    }

    /// The characters that YAML allows unescaped.
    static func isReadable(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private func scalar(at offset: Int, length: Int) -> UInt32 {
        if length == 1 { return UInt32(text[offset]) }
        var scalar = UInt32(text[offset]) & (0xFF >> UInt32(length + 1))
        for index in 1..<length { scalar = scalar << 6 | UInt32(text[offset + index] & 0x3F) }
        return scalar
    }

    private func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, (number > 0xFF ? 4 : 2) - digits.count)) + digits
    }

    /// Whether the first character that is no white space begins a JSON map or list.
    var looksLikeJSON: Bool {
        var offset = text.startsWithByteOrderMark ? 3 : 0
        while offset < text.count, text[offset] <= 0x20, text[offset] != 0 { offset += 1 }
        return offset < text.count && (text[offset] == UInt8(ascii: "{") || text[offset] == UInt8(ascii: "["))
    }

    /// Reads JSON values, one after the other.
    ///
    /// - Returns: nil where something else than JSON follows behind a `---`.
    func readJSON(_ limits: YAMLLimits) throws(JSONReader.Failure) -> [YAMLDocument]? {
        let rules = JSONReader.Rules(
            depth: limits.depth, nodes: limits.nodes, scalarSize: limits.scalarSize, refusesRepeatedKeys: true, keepsOffsets: true)
        var reader = JSONReader(text, rules: rules)
        var cursor = TextCursor(text)
        var documents: [YAMLDocument] = []
        while true {
            reader.skipSpace()
            if reader.isAtEnd { return documents }
            if reader.skipDocumentSeparator() { continue }
            guard reader.next == UInt8(ascii: "{") || reader.next == UInt8(ascii: "[") else {
                if reader.followsDocumentSeparator { return nil }
                throw reader.unexpected("the end of the text")
            }
            if documents.count == limits.documents {
                throw reader.failure("more than \(limits.documents) documents in one file", kind: .limit)
            }
            reader.offsets.removeAll(keepingCapacity: true)
            let value = try reader.value()
            let places = reader.offsets.map { offset in
                let position = cursor.position(at: Int(offset))
                return NodeLocations.Place(
                    line: UInt32(truncatingIfNeeded: position.line), column: UInt32(truncatingIfNeeded: position.column))
            }
            let locations = NodeLocations(file: file, places: places)
            documents.append(
                YAMLDocument(
                    value: value, location: locations.location(of: FieldPath(), in: value) ?? SourceLocation(file: file),
                    locations: locations))
        }
    }

    /// The error to show for a text that could not be read as YAML, and before that perhaps not as JSON.
    ///
    /// JSON's is shown for a file that is named so, and where JSON's reader got further.
    func clearer(_ error: YAMLError, notJSON: JSONReader.Failure?) -> YAMLError {
        var error = error
        if let notJSON {
            let found = self.error(notJSON.message, at: notJSON.offset)
            let isFurther = (found.location.line, found.location.column) > (error.location.line, error.location.column)
            let begins = text.prefix(notJSON.offset).contains { $0 > 0x20 && !"{[\u{FEFF}".utf8.contains($0) }
            if isFurther && begins || file.utf8.suffix(5).elementsEqual(".json".utf8) { error = found }
        }
        if holdsTemplate(line(error.location.line)) || hasTemplateLine {
            error.message =
                "this looks like a template (\"{{\" or \"{%\"); templates are not rendered: "
                + "give Belay what they render to, or exclude the file. As YAML: " + error.message
        }
        return error
    }

    /// Whether a line begins as only a template's does: with `{{-` or `{%`.
    private var hasTemplateLine: Bool {
        var isAtStart = true
        for index in text.indices {
            let byte = text[index]
            if isAtStart, byte == UInt8(ascii: "{") {
                let rest = text[index...].prefix(3)
                if rest.starts(with: "{{-".utf8) || rest.starts(with: "{%".utf8) { return true }
            }
            isAtStart = byte == 0x0A || (isAtStart && (byte == 0x20 || byte == 0x09))
        }
        return false
    }

    private func holdsTemplate(_ line: [UInt8]) -> Bool {
        let brace = UInt8(ascii: "{")
        return line.indices.dropLast().contains { line[$0] == brace && (line[$0 + 1] == brace || line[$0 + 1] == UInt8(ascii: "%")) }
    }

    /// The first bytes of a line, counted from 1: at most 2,000, without the line's end.
    func line(_ number: Int) -> [UInt8] {
        var start = 0
        var line = 1
        while line < number, start < text.count {
            if text[start] == 0x0A { line += 1 }
            start += 1
        }
        var end = start
        while end < text.count, end - start < 2_000, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
        return Array(text[start..<end])
    }
}

extension JSONReader {
    /// Steps over a line of `---`, as it separates the documents of a file.
    fileprivate mutating func skipDocumentSeparator() -> Bool {
        guard isAtLineStart(position), text[position...].starts(with: "---".utf8) else { return false }
        let behind = position + 3
        guard behind == text.count || text[behind] <= 0x20 else { return false }
        position = behind
        return true
    }

    /// Whether `---` is the last thing that was read.
    fileprivate var followsDocumentSeparator: Bool {
        var end = position
        while end > 0, text[end - 1] <= 0x20 { end -= 1 }
        return end >= 3 && text[(end - 3)..<end].elementsEqual("---".utf8)
    }

    private func isAtLineStart(_ offset: Int) -> Bool { offset == 0 || text[offset - 1] == 0x0A || text[offset - 1] == 0x0D }
}
