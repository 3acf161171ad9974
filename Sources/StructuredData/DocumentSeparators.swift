// What kubectl takes between two documents and libyaml does not: `---#comment`, and a byte order mark behind a `---`.

import Glibc

enum DocumentSeparators {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let commented: [UInt8] = Array("---#".utf8)

    /// The text with a space in front of such a comment and without such marks, which are left where files were put one behind
    /// the other; nil where it has neither. Lines stay what they are.
    static func plain(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard concerns(text) else { return nil }
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count + 64)
        var start = 0
        var isAtDocument = true
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
            var line = text[start..<end]
            if isAtDocument, line.starts(with: mark) { line = line.dropFirst(mark.count) }
            isAtDocument = line.starts(with: "---".utf8)
            if line.starts(with: commented) {
                plain += "--- ".utf8
                line = line.dropFirst(3)
            }
            plain += line
            start = end
        }
        return plain
    }

    /// Whether a line begins with such a comment, or, behind the first, with such a mark.
    private static func concerns(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return false }
        var start = 0
        while start < text.count {
            let first = base[start]
            if first == commented[0], text[start...].starts(with: commented) { return true }
            if first == mark[0], start > 0, text[start...].starts(with: mark) { return true }
            guard let end = memchr(base + start, 0x0A, text.count - start) else { return false }
            start = base.distance(to: end.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return false
    }
}
