// The text of a file by lines and columns, found without counting from its start.

import StructuredData

/// Remembers for every block of the file how many lines and characters stand before it; so it is small beside the file, and a look at any
/// line costs as much as a look at the first.
final class SourceText {
    let bytes: [UInt8]
    /// Before each block: line breaks, and characters.
    private let lines: [UInt32]
    private let characters: [UInt32]

    private static let blockSize = 256

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var lines: [UInt32] = []
        var characters: [UInt32] = []
        var line: UInt32 = 0
        var character: UInt32 = 0
        for (position, byte) in bytes.enumerated() {
            if position % SourceText.blockSize == 0 {
                lines.append(line)
                characters.append(character)
            }
            if byte == UInt8(ascii: "\n") { line &+= 1 }
            if SourceText.isStart(byte) { character &+= 1 }
        }
        self.lines = lines
        self.characters = characters
    }

    /// Of a character, in UTF-8.
    private static func isStart(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

    /// Where a line begins, the first being 1; nil behind the last one.
    func start(ofLine line: Int) -> Int? {
        guard line > 1 else { return line == 1 ? 0 : nil }
        return position(line - 1, lines) { $0 == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// Where a character of a line stands, the first being 1; the line's end where it is shorter, and nil where there is no such line.
    func position(line: Int, column: Int) -> Int? {
        guard column > 0, let start = start(ofLine: line) else { return nil }
        let end = self.start(ofLine: line + 1).map { $0 - 1 } ?? bytes.count
        return min(position(characters(before: start) + column, characters, SourceText.isStart) ?? end, end)
    }

    /// At most so many bytes of what stands from a position to the end of its line.
    func rest(from position: Int, atMost limit: Int) -> ArraySlice<UInt8> {
        guard bytes.indices.contains(position) else { return [] }
        return bytes[position...].prefix(limit).prefix { $0 != UInt8(ascii: "\n") }
    }

    /// The position of the byte that is the one of this number of its sort, counted from 1.
    private func position(_ number: Int, _ counts: [UInt32], _ isOfSort: (UInt8) -> Bool) -> Int? {
        var low = 0
        var high = counts.count
        while low < high {
            let middle = (low + high) / 2
            if Int(counts[middle]) < number { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let start = (low - 1) * SourceText.blockSize
        var count = Int(counts[low - 1])
        for position in start..<min(start + SourceText.blockSize, bytes.count) where isOfSort(bytes[position]) {
            count += 1
            if count == number { return position }
        }
        return nil
    }

    private func characters(before position: Int) -> Int {
        let block = position / SourceText.blockSize
        guard characters.indices.contains(block) else { return bytes.count }
        return bytes[(block * SourceText.blockSize)..<position].reduce(Int(characters[block])) { $0 + (SourceText.isStart($1) ? 1 : 0) }
    }
}
