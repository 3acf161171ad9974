// A regular expression as steps, all of whose ways are gone at once: no pattern is slow.

/// What a pattern of RE2's syntax comes to. It only says whether there is a match, so that greed and groups do not matter.
struct PatternProgram: Sendable {
    struct Failure: Error { var reason: String }

    enum Step: Sendable {
        case one(PatternClass)
        case either(Int, Int)
        case go(Int)
        case assert(Assertion)
        case match
    }

    enum Assertion: Sendable { case start, end, lineStart, lineEnd, wordBoundary, noWordBoundary }

    /// As Go limits it: of repetitions of repetitions too.
    private static let maximumSteps = 20_000

    private var steps: [Step] = []
    /// How many parts were turned to steps, those that come to none among them.
    private var parts = 0
    /// How much there may be to do for one character.
    private(set) var work = 0

    /// - Throws: ``Failure`` where the pattern is none.
    init(_ pattern: String) throws(Failure) {
        var parser = PatternParser(pattern)
        try emit(try parser.parse())
        try append(.match)
        work = steps.reduce(0) { sum, step in
            if case .one(let characters) = step { sum + 1 + characters.ranges.count + 4 * characters.categories.count } else { sum + 1 }
        }
    }

    private mutating func append(_ step: Step) throws(Failure) {
        guard steps.count < PatternProgram.maximumSteps else { throw Failure(reason: "it is too long with its repetitions") }
        steps.append(step)
    }

    private mutating func emit(_ tree: PatternTree) throws(Failure) {
        parts += 1
        if parts > 5 * PatternProgram.maximumSteps { throw Failure(reason: "it is too long with its repetitions") }
        switch tree {
        case .empty: break
        case .one(let characters): try append(.one(characters))
        case .assert(let assertion): try append(.assert(assertion))
        case .sequence(let parts): for part in parts { try emit(part) }
        case .choice(let parts):
            var jumps: [Int] = []
            for (index, part) in parts.enumerated() {
                let fork = steps.count
                let isLast = index == parts.count - 1
                if !isLast { try append(.either(fork + 1, 0)) }
                try emit(part)
                if isLast { break }
                jumps.append(steps.count)
                try append(.go(0))
                steps[fork] = .either(fork + 1, steps.count)
            }
            for jump in jumps { steps[jump] = .go(steps.count) }
        case .repetition(let part, let minimum, let maximum):
            for _ in 0..<minimum { try emit(part) }
            guard let maximum else {
                let fork = steps.count
                try append(.either(fork + 1, 0))
                try emit(part)
                try append(.go(fork))
                steps[fork] = .either(fork + 1, steps.count)
                return
            }
            var forks: [Int] = []
            for _ in minimum..<max(minimum, maximum) {
                forks.append(steps.count)
                try append(.either(steps.count + 1, 0))
                try emit(part)
            }
            for fork in forks { steps[fork] = .either(fork + 1, steps.count) }
        }
    }

    /// Whether there is a match somewhere in the text.
    func matches(_ text: String) -> Bool {
        let characters = Array(text.unicodeScalars)
        var current: [Int] = []
        // By the position that reached a step last.
        var reached = [Int](repeating: -1, count: steps.count)
        for position in 0...characters.count {
            var waiting: [Int] = []
            var pending = [0] + current.reversed()
            while let index = pending.popLast() {
                if reached[index] == position { continue }
                reached[index] = position
                switch steps[index] {
                case .match: return true
                case .one: waiting.append(index)
                case .go(let next): pending.append(next)
                case .either(let first, let second): pending += [second, first]
                case .assert(let assertion): if PatternProgram.holds(assertion, position, characters) { pending.append(index + 1) }
                }
            }
            guard position < characters.count else { return false }
            current = waiting.filter { index in
                if case .one(let wanted) = steps[index] { wanted.contains(characters[position].value) } else { false }
            }.map { $0 + 1 }
        }
        return false
    }

    private static func holds(_ assertion: Assertion, _ position: Int, _ text: [Unicode.Scalar]) -> Bool {
        func isWord(_ index: Int) -> Bool { text.indices.contains(index) && PatternClass.word.contains(text[index].value) }
        return switch assertion {
        case .start: position == 0
        case .end: position == text.count
        case .lineStart: position == 0 || text[position - 1] == "\n"
        case .lineEnd: position == text.count || text[position] == "\n"
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }
}

/// Characters, by their numbers.
struct PatternClass: Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false
    /// Whether large and small letters of ASCII are alike.
    var ignoresCase = false
    /// Kinds of characters: `\pL`.
    var categories: [Categories] = []

    /// The characters of some of Unicode's general categories, or all others.
    struct Categories: Sendable {
        var wanted: Set<Unicode.GeneralCategory>
        var isNegated = false

        func contains(_ character: UInt32) -> Bool {
            guard let character = Unicode.Scalar(character) else { return false }
            return wanted.contains(character.properties.generalCategory) != isNegated
        }
    }

    static let digit = PatternClass(ranges: [0x30...0x39])
    static let word = PatternClass(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = PatternClass(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

    func contains(_ character: UInt32) -> Bool {
        var isFound = has(character)
        if !isFound, ignoresCase, let other = PatternClass.otherCase(character) { isFound = has(other) }
        return isFound != isNegated
    }

    private func has(_ character: UInt32) -> Bool {
        ranges.contains { $0.contains(character) } || categories.contains { $0.contains(character) }
    }

    private static func otherCase(_ character: UInt32) -> UInt32? {
        switch character {
        case 0x41...0x5A: character + 0x20
        case 0x61...0x7A: character - 0x20
        default: nil
        }
    }

    /// All others.
    var others: [ClosedRange<UInt32>] {
        var others: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { others.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound == .max ? .max : range.upperBound + 1)
        }
        if next <= 0x10FFFF { others.append(next...0x10FFFF) }
        return others
    }
}

indirect enum PatternTree: Sendable {
    case empty
    case one(PatternClass)
    case assert(PatternProgram.Assertion)
    case sequence([PatternTree])
    case choice([PatternTree])
    /// At most nil times: as often as there is.
    case repetition(PatternTree, Int, Int?)
}
