// From a byte offset to the line and column that an editor shows.

/// A line and a column, both from 1; columns count Unicode scalars.
struct TextPosition: Sendable, Equatable {
    var line: Int
    var column: Int
}

extension TextPosition {
    /// The position of the byte at `offset`. Lines end with LF, CR LF or CR. A byte order mark takes no column.
    init(of offset: Int, in text: UnsafeBufferPointer<UInt8>) {
        var cursor = TextCursor(text)
        self = cursor.position(at: offset)
    }
}

/// Turns rising offsets into positions in one pass over the text.
struct TextCursor {
    private let text: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        if text.startsWithByteOrderMark { offset = 3 }
    }

    /// - Parameter target: at or behind the one asked for before.
    mutating func position(at target: Int) -> TextPosition {
        let end = min(target, text.count)
        while offset < end {
            let byte = text[offset]
            offset += 1
            if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isLineFeed(at: offset)) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return TextPosition(line: line, column: column)
    }

    private func isLineFeed(at index: Int) -> Bool { index < text.count && text[index] == UInt8(ascii: "\n") }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the text begins with the UTF-8 byte order mark, which is no part of it.
    var startsWithByteOrderMark: Bool { count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF }
}
