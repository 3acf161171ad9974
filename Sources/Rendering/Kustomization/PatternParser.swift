// Reads a regular expression as Go's regexp package does; what RE2 leaves out, such as (?=…) and \1, is an error.

import StructuredData

struct PatternParser {
    typealias Failure = PatternProgram.Failure

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotIsAll = false
    }
    private var flags = Flags()

    private static let maximumRepetition = 1000
    private static let maximumDepth = 200

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    mutating func parse() throws(Failure) -> PatternTree {
        let tree = try choice()
        if position < text.count { throw Failure(reason: "there is a ) too many") }
        return tree
    }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ wanted: String) -> Bool {
        let wanted = Array(wanted.unicodeScalars)
        guard text[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func choice() throws(Failure) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        if depth > PatternParser.maximumDepth { throw Failure(reason: "it is too deep") }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(Failure) -> PatternTree {
        var parts: [PatternTree] = []
        while let character = next, character != "|", character != ")" {
            if take("\\Q") {
                var last: PatternTree?
                while position < text.count, !take("\\E") {
                    if let last { parts.append(last) }
                    last = single()
                }
                if let last { parts.append(try repeated(last)) }
                continue
            }
            guard let part = try atom() else { continue }
            parts.append(try repeated(part))
        }
        return .sequence(parts)
    }

    private mutating func single() -> PatternTree {
        defer { position += 1 }
        return .one(literal(text[position].value))
    }

    private func literal(_ character: UInt32) -> PatternClass {
        PatternClass(ranges: [character...character], ignoresCase: flags.ignoresCase)
    }

    /// nil: only flags were set.
    private mutating func atom() throws(Failure) -> PatternTree? {
        guard let character = next else { return nil }
        switch character {
        case "(": return try group()
        case "[": return .one(try set())
        case "\\": return try escape()
        case "*", "+", "?": throw Failure(reason: "there is nothing before \(character) to repeat")
        case ".":
            position += 1
            return .one(PatternClass(ranges: flags.dotIsAll ? [] : [0x0A...0x0A], isNegated: true))
        case "^":
            position += 1
            return .assert(flags.isMultiline ? .lineStart : .start)
        case "$":
            position += 1
            return .assert(flags.isMultiline ? .lineEnd : .end)
        default: return single()
        }
    }

    private mutating func repeated(_ atom: PatternTree) throws(Failure) -> PatternTree {
        var tree = atom
        var isRepeated = false
        while let bounds = try bounds() {
            if isRepeated { throw Failure(reason: "a repetition is repeated") }
            isRepeated = true
            _ = take("?")
            tree = .repetition(tree, bounds.minimum, bounds.maximum)
        }
        return tree
    }

    /// `{` that is no repetition stands for itself.
    private mutating func bounds() throws(Failure) -> (minimum: Int, maximum: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let minimum = number() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = next == "}" ? nil : number() ?? -1 }
        guard take("}"), maximum ?? 0 >= 0 else {
            position = start
            return nil
        }
        guard minimum <= PatternParser.maximumRepetition, maximum ?? 0 <= PatternParser.maximumRepetition, maximum ?? minimum >= minimum
        else {
            throw Failure(reason: "a repetition counts wrongly, or beyond 1000")
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        let start = position
        while let character = next, ("0"..."9").contains(character) { position += 1 }
        let digits = String(String.UnicodeScalarView(text[start..<position]))
        return digits.isEmpty ? nil : Int(digits) ?? Int.max
    }

    private mutating func group() throws(Failure) -> PatternTree? {
        let outer = flags
        position += 1
        if take("?") {
            if take("P<") || (!isLookbehind && take("<")) {
                guard let end = text[position...].firstIndex(of: ">"), end > position else {
                    throw Failure(reason: "a group has no name")
                }
                position = end + 1
            } else if try setFlags() {
                return nil
            }
        }
        let tree = try choice()
        guard take(")") else { throw Failure(reason: "a ) is missing") }
        flags = outer
        return tree
    }

    private var isLookbehind: Bool {
        position + 1 < text.count && text[position] == "<" && (text[position + 1] == "=" || text[position + 1] == "!")
    }

    /// Reads `i-s)` or `i-s:`; true for the first, which is a group of nothing.
    private mutating func setFlags() throws(Failure) -> Bool {
        var isOn = true
        while let character = next {
            position += 1
            switch character {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotIsAll = isOn
            case "U": break
            case "-" where isOn: isOn = false
            case ":": return false
            case ")": return true
            default: throw Failure(reason: "it has (?\(character), which is not known")
            }
        }
        throw Failure(reason: "a ) is missing")
    }
}

extension PatternParser {
    private mutating func escape() throws(Failure) -> PatternTree {
        if take("\\A") { return .assert(.start) }
        if take("\\z") { return .assert(.end) }
        if take("\\b") { return .assert(.wordBoundary) }
        if take("\\B") { return .assert(.noWordBoundary) }
        if take("\\C") { throw Failure(reason: "\\C is not known") }
        if let set = namedSet() { return .one(set) }
        if let categories = try categories() {
            return .one(PatternClass(ranges: [], ignoresCase: flags.ignoresCase, categories: [categories]))
        }
        return .one(literal(try escapedCharacter()))
    }

    /// `\d`, `\W`, …
    private mutating func namedSet() -> PatternClass? {
        for (name, set) in [("d", PatternClass.digit), ("w", .word), ("s", .space)] {
            if take("\\" + name) { return set }
            if take("\\" + name.uppercased()) { return PatternClass(ranges: set.others) }
        }
        return nil
    }

    private mutating func escapedCharacter() throws(Failure) -> UInt32 {
        position += 1
        guard let character = next else { throw Failure(reason: "nothing stands behind its last \\") }
        position += 1
        switch character {
        case "a": return 0x07
        case "f": return 0x0C
        case "t": return 0x09
        case "n": return 0x0A
        case "r": return 0x0D
        case "v": return 0x0B
        case "x":
            let isLong = take("{")
            var digits = ""
            while let digit = next, digit.properties.isASCIIHexDigit, isLong || digits.count < 2 {
                digits.unicodeScalars.append(digit)
                position += 1
            }
            guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF, isLong ? take("}") : digits.count == 2 else {
                throw Failure(reason: "\\x has no number behind it")
            }
            return value
        case "0"..."7":
            // One digit alone were a reference to a group.
            guard character == "0" || next.map({ ("0"..."7").contains($0) }) ?? false else {
                throw Failure(reason: "it has \\\(character), which is not known")
            }
            var value = character.value - 0x30
            for _ in 0..<2 {
                guard let digit = next, ("0"..."7").contains(digit) else { break }
                value = value * 8 + (digit.value - 0x30)
                position += 1
            }
            return value
        default:
            guard character.isASCII, !PatternClass.word.contains(character.value) || character == "_" else {
                throw Failure(reason: "it has \\\(character), which is not known")
            }
            return character.value
        }
    }

    /// `[a-z]`, `[^[:alpha:]\d]`.
    private mutating func set() throws(Failure) -> PatternClass {
        position += 1
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var categories: [PatternClass.Categories] = []
        var isFirst = true
        while let character = next, character != "]" || isFirst {
            isFirst = false
            if let named = try namedRanges() {
                ranges += named
                continue
            }
            if let set = namedSet() {
                ranges += set.ranges
                continue
            }
            if let named = try self.categories() {
                categories.append(named)
                continue
            }
            let low = try setCharacter()
            var high = low
            if next == "-", position + 1 < text.count, text[position + 1] != "]" {
                position += 1
                high = try setCharacter()
            }
            guard low <= high else { throw Failure(reason: "a range in [ ] goes backwards") }
            ranges.append(low...high)
        }
        guard take("]") else { throw Failure(reason: "a ] is missing") }
        return PatternClass(ranges: ranges, isNegated: isNegated, ignoresCase: flags.ignoresCase, categories: categories)
    }

    private mutating func setCharacter() throws(Failure) -> UInt32 {
        guard let character = next else { throw Failure(reason: "a ] is missing") }
        if character == "\\" { return try escapedCharacter() }
        position += 1
        return character.value
    }

    /// `[:alpha:]`, `[:^alpha:]`; without its end it is nothing but characters.
    private mutating func namedRanges() throws(Failure) -> [ClosedRange<UInt32>]? {
        let start = position
        guard take("[:") else { return nil }
        let isNegated = take("^")
        guard let end = text[position...].firstIndex(of: ":"), end + 1 < text.count, text[end + 1] == "]" else {
            position = start
            return nil
        }
        let name = String(String.UnicodeScalarView(text[position..<end]))
        position = end + 2
        let known: [String: [ClosedRange<UInt32>]] = [
            "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
            "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": [0x30...0x39], "graph": [0x21...0x7E],
            "lower": [0x61...0x7A], "print": [0x20...0x7E], "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
            "space": [0x09...0x0D, 0x20...0x20], "upper": [0x41...0x5A], "word": PatternClass.word.ranges,
            "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
        ]
        guard let ranges = known[name] else { throw Failure(reason: "[:\(name):] is not known") }
        return isNegated ? PatternClass(ranges: ranges).others : ranges
    }
}

extension PatternParser {
    /// `\pL`, `\p{Lu}`, `\PN`, `\p{^Zs}`; nil where none stands here. Scripts, such as `\p{Greek}`, are not known here.
    private mutating func categories() throws(Failure) -> PatternClass.Categories? {
        guard next == "\\", position + 1 < text.count, text[position + 1] == "p" || text[position + 1] == "P" else { return nil }
        var isNegated = text[position + 1] == "P"
        position += 2
        let isLong = take("{")
        if isLong, take("^") { isNegated.toggle() }
        let end = isLong ? text[position...].firstIndex(of: "}") ?? text.count : min(position + 1, text.count)
        let name = String(String.UnicodeScalarView(text[position..<end]))
        position = end
        guard !isLong || take("}") else { throw Failure(reason: "\\p{ has no end") }
        guard let wanted = PatternParser.categories[name] else {
            throw Failure(reason: "it has \\p with \(quotedForPeople(name)), and the kinds that are known are those as L, Lu or Nd")
        }
        return PatternClass.Categories(wanted: wanted, isNegated: isNegated)
    }

    private static let categories: [String: Set<Unicode.GeneralCategory>] = {
        let parts: [(String, Unicode.GeneralCategory)] = [
            ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter), ("Lo", .otherLetter),
            ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber), ("Nl", .letterNumber),
            ("No", .otherNumber), ("Pc", .connectorPunctuation), ("Pd", .dashPunctuation), ("Ps", .openPunctuation),
            ("Pe", .closePunctuation), ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Po", .otherPunctuation),
            ("Sm", .mathSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator),
            ("Zl", .lineSeparator), ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate),
            ("Co", .privateUse),
        ]
        var categories = Dictionary(parts.map { ($0, [$1]) }) { first, _ in first } as [String: Set<Unicode.GeneralCategory>]
        for (name, category) in parts { categories[String(name.prefix(1)), default: []].insert(category) }
        categories["Any"] = Set(parts.map(\.1)).union([.unassigned])
        return categories
    }()
}
