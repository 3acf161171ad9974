// Semantic versions of tags and the ranges people write for them (semver.org; ranges as npm and Masterminds' semver have them).

import GitWire

/// A version: three numbers and an optional pre-release.
struct Version: Sendable, Comparable {
    var numbers: [Int]
    var preRelease: [String] = []

    /// Reads `1.2.3`, `v1.2.3`, `1.2.3-rc.1+build`; as a whole version all three numbers are needed.
    init?(_ text: Substring) {
        var rest = text.hasPrefix("v") ? text.dropFirst() : text
        if let plus = rest.firstIndex(of: "+") { rest = rest[..<plus] }
        if let dash = rest.firstIndex(of: "-") {
            preRelease = rest[rest.index(after: dash)...].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard preRelease.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isIdentifierByte) }) else { return nil }
            rest = rest[..<dash]
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        numbers = parts.compactMap { Self.number($0) }
        guard parts.count == 3, numbers.count == 3 else { return nil }
    }

    init(_ numbers: [Int], preRelease: [String] = []) {
        self.numbers = numbers
        self.preRelease = preRelease
    }

    /// Digits only, no leading zero, at most nine of them.
    static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text == "0" || !text.hasPrefix("0")
        else {
            return nil
        }
        return Int(text)
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
    }

    static func < (left: Version, right: Version) -> Bool {
        if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
        // A pre-release comes before its release.
        if left.preRelease.isEmpty || right.preRelease.isEmpty { return !left.preRelease.isEmpty && right.preRelease.isEmpty }
        for (a, b) in zip(left.preRelease, right.preRelease) where a != b {
            switch (number(a[...]), number(b[...])) {
            case (let a?, let b?): return a < b
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return a.utf8.lexicographicallyPrecedes(b.utf8)
            }
        }
        return left.preRelease.count < right.preRelease.count
    }
}

/// Alternatives (`||`), each a list of comparisons that must all hold. Pre-releases count only where a comparison names one.
struct VersionRange: Sendable {
    private struct Bound {
        enum Operation { case less, atMost, equal, notEqual, atLeast, greater }
        var operation: Operation
        var version: Version

        func admits(_ candidate: Version) -> Bool {
            switch operation {
            case .less: candidate < version
            case .atMost: candidate <= version
            case .equal: candidate == version
            case .notEqual: candidate != version
            case .atLeast: candidate >= version
            case .greater: candidate > version
            }
        }
    }
    private let text: String
    private let alternatives: [[Bound]]

    /// - Throws: ``GitSourceError`` with `invalidReference`.
    init(_ text: String) throws(GitSourceError) {
        self.text = text
        var alternatives: [[Bound]] = []
        for alternative in Self.split(text, on: "||") {
            guard let bounds = Self.bounds(alternative) else {
                throw GitSourceError(
                    code: .invalidReference,
                    message: "\"\(GitNames.line(text, limit: 100))\" is no range of versions: write 1.2.x, ^1.2, ~1.2.3 or >=1.0.0 <2.0.0")
            }
            alternatives.append(bounds)
        }
        self.alternatives = alternatives
    }

    func admits(_ version: Version) -> Bool {
        alternatives.contains { bounds in
            let namesPreRelease = bounds.contains { !$0.version.preRelease.isEmpty && $0.version.numbers == version.numbers }
            return (version.preRelease.isEmpty || namesPreRelease) && bounds.allSatisfy { $0.admits(version) }
        }
    }

    /// The name of the tag with the highest version that is admitted.
    /// - Throws: ``GitSourceError`` with `referenceNotFound`.
    func highest(amongRefs names: [String], of place: String) throws(GitSourceError) -> String {
        var best: (name: String, version: Version)?
        var count = 0
        for name in names where name.hasPrefix("refs/tags/") {
            let tag = name.dropFirst("refs/tags/".count)
            guard let version = Version(tag) else { continue }
            count += 1
            guard admits(version) else { continue }
            if let known = best, version <= known.version { continue }
            best = (String(tag), version)
        }
        guard let best else {
            throw GitSourceError(
                code: .referenceNotFound, message: "\(place) has no tag in the range \(text) (\(count) of its tags are semantic versions)")
        }
        return best.name
    }

    // MARK: Reading

    private static func split(_ text: String, on separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = text[...]
        while let found = rest.firstRange(of: separator) {
            parts.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return parts + [rest]
    }

    private static func bounds(_ text: Substring) -> [Bound]? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
        if words.count == 3, words[1] == "-" {
            guard let low = Partial(words[0]), let high = Partial(words[2]) else { return nil }
            return [Bound(operation: .atLeast, version: low.lowest)] + high.upTo
        }
        var bounds: [Bound] = []
        var operation: Substring = ""
        for word in words {
            let symbols = word.prefix { "<>=!^~".contains($0) }
            let rest = word.dropFirst(symbols.count)
            operation = symbols.isEmpty ? operation : symbols
            if rest.isEmpty { continue }
            guard let partial = Partial(rest), let more = partial.bounds(operation) else { return nil }
            bounds += more
            operation = ""
        }
        guard operation.isEmpty, !bounds.isEmpty else { return nil }
        return bounds
    }

    /// `1`, `1.2`, `1.2.3-rc.1`, with `x`, `X` or `*` for what is left open.
    private struct Partial {
        /// The numbers that are given, at most three.
        var numbers: [Int]
        var preRelease: [String] = []

        init?(_ text: Substring) {
            if let whole = Version(text) {
                numbers = whole.numbers
                preRelease = whole.preRelease
                return
            }
            let parts = (text.hasPrefix("v") ? text.dropFirst() : text).split(separator: ".", omittingEmptySubsequences: false)
            let given = parts.prefix { !["x", "X", "*"].contains($0) }
            numbers = given.compactMap { Version.number($0) }
            guard parts.count <= 3, numbers.count == given.count, parts.dropFirst(given.count).allSatisfy({ ["x", "X", "*"].contains($0) })
            else {
                return nil
            }
        }

        var lowest: Version { Version(numbers + Array(repeating: 0, count: 3 - numbers.count), preRelease: preRelease) }

        /// The first version after all that agree in the first `count` numbers.
        private func next(_ count: Int) -> Version {
            var next = Array(numbers.prefix(count))
            if let last = next.popLast() { next.append(last + 1) }
            return Version(next + Array(repeating: 0, count: 3 - next.count))
        }

        var upTo: [Bound] {
            if numbers.isEmpty { return [] }
            return numbers.count == 3
                ? [Bound(operation: .atMost, version: lowest)] : [Bound(operation: .less, version: next(numbers.count))]
        }

        func bounds(_ operation: Substring) -> [Bound]? {
            let atLeast = Bound(operation: .atLeast, version: lowest)
            let isWhole = numbers.count == 3
            switch operation {
            case "", "=", "==":
                return isWhole ? [Bound(operation: .equal, version: lowest)] : [atLeast] + upTo
            case "!=": return isWhole ? [Bound(operation: .notEqual, version: lowest)] : nil
            case ">=": return [atLeast]
            case "<=": return upTo
            case "<": return [Bound(operation: .less, version: lowest)]
            case ">":
                if isWhole { return [Bound(operation: .greater, version: lowest)] }
                return numbers.isEmpty ? nil : [Bound(operation: .atLeast, version: next(numbers.count))]
            case "~", "~>":
                if numbers.isEmpty { return [atLeast] }
                return [atLeast, Bound(operation: .less, version: next(min(2, numbers.count)))]
            case "^":
                if numbers.isEmpty { return [atLeast] }
                let leading = numbers.prefix { $0 == 0 }.count
                return [atLeast, Bound(operation: .less, version: next(min(leading + 1, numbers.count)))]
            default: return nil
            }
        }
    }
}
