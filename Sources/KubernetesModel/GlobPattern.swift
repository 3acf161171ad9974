// gitignore-style globs, matched without backtracking over more than one star: hostile patterns cost no more than others.

import StructuredData

/// One pattern of gitignore's language: `*` and `?` stay within a segment, `**` as a whole segment spans any number of
/// them, `[a-z]` and `[!a-z]` are sets, `\` takes the next character as it stands. A slash at the start or in the middle
/// ties the pattern to the root; one at the end makes it match folders only; a leading `!` negates it.
///
/// Matching takes at most (length of the pattern) × (length of the path) steps. All is done on bytes.
package struct GlobPattern: Sendable, Equatable {
    /// A text that is no pattern; `description` says why, to be put after the text.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    /// The pattern as it was written.
    package let text: String
    /// Whether it began with `!`.
    package let isNegated: Bool
    private let foldersOnly: Bool
    private let segments: [Segment]

    private enum Segment: Sendable, Equatable {
        /// `**`: any number of segments, also none.
        case anyDepth
        /// `**` at the end: at least one more segment.
        case anythingBelow
        case tokens([Token])
    }

    private enum Token: Sendable, Equatable {
        case byte(UInt8)
        case anyCharacter
        case anyRun
        case set(negated: Bool, ranges: [ClosedRange<UInt32>])
    }

    /// - Throws: ``Problem`` for an empty or over-long pattern (512 bytes), a `[` without `]`, or a `\` at the end.
    package init(_ text: String) throws(Problem) {
        self.text = text
        var bytes = Array(text.utf8)[...]
        if bytes.count > 512 { throw Problem(description: "is longer than 512 bytes") }
        if bytes.contains(0) { throw Problem(description: "contains a NUL byte") }
        isNegated = bytes.first == UInt8(ascii: "!")
        if isNegated { bytes = bytes.dropFirst() }
        foldersOnly = bytes.last == UInt8(ascii: "/")
        while bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
        let isAnchored = bytes.contains(UInt8(ascii: "/"))
        while bytes.first == UInt8(ascii: "/") { bytes = bytes.dropFirst() }
        if bytes.starts(with: Array("./".utf8)) { throw Problem(description: "begins with \"./\"; write it without") }
        if bytes.isEmpty { throw Problem(description: "is empty") }

        var segments: [Segment] = isAnchored ? [] : [.anyDepth]
        let parts = try GlobPattern.split(bytes)
        for (index, part) in parts.enumerated() {
            if part.elementsEqual("**".utf8) {
                if index == parts.count - 1 {
                    segments.append(.anythingBelow)
                } else if segments.last != .anyDepth {
                    segments.append(.anyDepth)
                }
            } else if part.isEmpty {
                continue
            } else {
                segments.append(.tokens(try GlobPattern.tokens(part)))
            }
        }
        self.segments = segments
    }

    /// Whether the pattern, its negation aside, matches this path (segments divided by `/`, no slash at its ends).
    package func matches(_ path: String, isFolder: Bool = false) -> Bool {
        if foldersOnly && !isFolder { return false }
        return matches(segmentsOf: Array(path.utf8).split(separator: UInt8(ascii: "/")), orFolder: false)
    }

    /// Whether it matches the path itself or one of the folders that it lies in.
    package func matchesOrContains(_ path: String, isFolder: Bool = false) -> Bool {
        var segments = Array(path.utf8).split(separator: UInt8(ascii: "/"))
        if foldersOnly && !isFolder { _ = segments.popLast() }
        return matches(segmentsOf: segments, orFolder: true)
    }

    /// Segments against segments; of several `**` only the last one seen is ever tried again. The first match found is the
    /// shortest, so that one pass also answers for all folders of the path.
    private func matches(segmentsOf path: [ArraySlice<UInt8>], orFolder: Bool) -> Bool {
        var position = 0
        var next = 0
        var retry: (segment: Int, position: Int)?
        while position < path.count {
            if next < segments.count {
                switch segments[next] {
                case .anyDepth:
                    retry = (next, position)
                    next += 1
                    continue
                case .anythingBelow:
                    return true
                case .tokens(let tokens):
                    if GlobPattern.matches(tokens, path[position]) {
                        next += 1
                        position += 1
                        continue
                    }
                }
            } else if orFolder {
                return true
            }
            guard let last = retry else { return false }
            retry = (last.segment, last.position + 1)
            next = last.segment + 1
            position = last.position + 1
        }
        return segments[next...].allSatisfy { $0 == .anyDepth }
    }

    /// Tokens against one segment; of several `*` only the last one seen is ever tried again.
    private static func matches(_ tokens: [Token], _ bytes: ArraySlice<UInt8>) -> Bool {
        var position = bytes.startIndex
        var next = 0
        var retry: (token: Int, position: Int)?
        while position < bytes.endIndex {
            if next < tokens.count {
                if tokens[next] == .anyRun {
                    retry = (next, position)
                    next += 1
                    continue
                }
                if let width = width(of: tokens[next], at: position, in: bytes) {
                    next += 1
                    position += width
                    continue
                }
            }
            guard let last = retry else { return false }
            retry = (last.token, last.position + 1)
            next = last.token + 1
            position = last.position + 1
        }
        return tokens[next...].allSatisfy { $0 == .anyRun }
    }

    /// How many bytes the token takes at this position; nil when it does not match there.
    private static func width(of token: Token, at position: Int, in bytes: ArraySlice<UInt8>) -> Int? {
        switch token {
        case .byte(let byte): return bytes[position] == byte ? 1 : nil
        case .anyRun: return nil
        case .anyCharacter: return character(at: position, in: bytes).width
        case .set(let negated, let ranges):
            let (scalar, width) = character(at: position, in: bytes)
            return ranges.contains { $0.contains(scalar) } != negated ? width : nil
        }
    }

    /// The Unicode scalar at a position, or the single byte where there is none.
    private static func character(at position: Int, in bytes: ArraySlice<UInt8>) -> (scalar: UInt32, width: Int) {
        let first = bytes[position]
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        guard length > 1, position + length <= bytes.endIndex else { return (UInt32(first), 1) }
        var scalar = UInt32(first & (0xFF >> UInt8(length + 1)))
        for byte in bytes[(position + 1)..<(position + length)] {
            guard byte & 0xC0 == 0x80 else { return (UInt32(first), 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        return (scalar, length)
    }

    /// Splits at slashes that stand outside of sets.
    private static func split(_ bytes: ArraySlice<UInt8>) throws(Problem) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "/") {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
                if byte == UInt8(ascii: "\\") {
                    index += 1
                    guard index < bytes.endIndex else { throw Problem(description: "ends with a lone \"\\\"") }
                    parts[parts.count - 1].append(bytes[index])
                }
            }
            index += 1
        }
        return parts
    }

    private static func tokens(_ part: [UInt8]) throws(Problem) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < part.count {
            switch part[index] {
            case UInt8(ascii: "*"):
                if tokens.last != .anyRun { tokens.append(.anyRun) }
                index += 1
            case UInt8(ascii: "?"):
                tokens.append(.anyCharacter)
                index += 1
            case UInt8(ascii: "["):
                let (token, next) = try set(in: part, after: index + 1)
                tokens.append(token)
                index = next
            case UInt8(ascii: "\\"):
                tokens.append(.byte(index + 1 < part.count ? part[index + 1] : part[index]))
                index += 2
            default:
                tokens.append(.byte(part[index]))
                index += 1
            }
        }
        return tokens
    }

    /// Reads `a-z]`, `!a-z]`, `]a]` after the bracket.
    private static func set(in part: [UInt8], after start: Int) throws(Problem) -> (Token, next: Int) {
        var index = start
        let negated = index < part.count && (part[index] == UInt8(ascii: "!") || part[index] == UInt8(ascii: "^"))
        if negated { index += 1 }
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while index < part.count {
            if part[index] == UInt8(ascii: "]"), !isFirst { return (.set(negated: negated, ranges: ranges), index + 1) }
            isFirst = false
            let low = member(at: &index, in: part)
            if index + 1 < part.count, part[index] == UInt8(ascii: "-"), part[index + 1] != UInt8(ascii: "]") {
                index += 1
                let high = member(at: &index, in: part)
                if low <= high { ranges.append(low...high) }
            } else {
                ranges.append(low...low)
            }
        }
        throw Problem(description: "has a \"[\" without \"]\"")
    }

    private static func member(at index: inout Int, in part: [UInt8]) -> UInt32 {
        if part[index] == UInt8(ascii: "\\"), index + 1 < part.count { index += 1 }
        let (scalar, width) = character(at: index, in: part[...])
        index += width
        return scalar
    }
}

/// Patterns in their order: the last one that matches a file, or a folder it lies in, decides.
package struct GlobList: Sendable, Equatable {
    private let patterns: [GlobPattern]

    /// - Throws: the problem of the first text that is no pattern, with its index.
    package init(_ texts: [String]) throws(Problem) {
        var patterns: [GlobPattern] = []
        for (index, text) in texts.enumerated() {
            do throws(GlobPattern.Problem) {
                patterns.append(try GlobPattern(text))
            } catch {
                throw Problem(index: index, description: "\(quotedForPeople(text)) \(error)")
            }
        }
        self.patterns = patterns
    }

    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package var index: Int
        package var description: String
    }

    package var isEmpty: Bool { patterns.isEmpty }

    /// Whether the file or folder is in the list; an empty list holds nothing.
    package func contains(_ path: String, isFolder: Bool = false) -> Bool {
        for pattern in patterns.reversed() where pattern.matchesOrContains(path, isFolder: isFolder) { return !pattern.isNegated }
        return false
    }
}
