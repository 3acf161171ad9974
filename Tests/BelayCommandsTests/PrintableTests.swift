// What comes from outside steers no terminal, and JSON stays the same document.

import BelayCommands
import StructuredData
import Testing

@Suite struct PrintableTests {
    @Test(arguments: [
        ("plain", "plain"), ("größe → 漢字 🙂", "größe → 漢字 🙂"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\u{1B}[31mred\u{1B}[0m", "\\u001b[31mred\\u001b[0m"),
        ("\u{7F}\u{9B}2J", "\\u007f\\u009b2J"), ("abc\u{202E}def", "abc\\u202edef"), ("\u{2066}x\u{2069}", "\\u2066x\\u2069"),
        ("zero\u{200B}width\u{FEFF}", "zero\\u200bwidth\\ufeff"), ("\u{2028}\u{2029}", "\\u2028\\u2029"),
        ("tag\u{E0041}", "tag\\U000e0041"),
        ("filler\u{3164}", "filler\\u3164"), ("\u{0}", "\\u0000"), ("heart ❤\u{FE0F}", "heart ❤\u{FE0F}"), ("", ""),
    ])
    func oneLineIsSafe(_ text: String, _ expected: String) {
        #expect(Printable.text(text).utf8.elementsEqual(expected.utf8))
    }

    @Test func crlfIsNotALineOfItsOwnKind() {
        #expect(Printable.text("a\r\nb") == "a\\r\\nb")
        #expect(Printable.lines("a\r\nb") == ["a\\r", "b"])
    }

    @Test(arguments: ["\u{1B}[2J\u{9B}", "bidi \u{202E}", "line\nbreak", "tag\u{E0041}", "plain", "ü\u{7F}"])
    func jsonIsTheSameDocument(_ text: String) throws {
        let value: Value = ["text": .string(text), "list": [.string(text), 1, .null]]
        for bytes in [JSON.writeIndented(value), JSON.write(value)] {
            let safe = Printable.json(bytes)
            #expect(try JSON.read(safe) == value)
            let dangerous = String(decoding: safe, as: UTF8.self).unicodeScalars.filter { scalar in
                let category = scalar.properties.generalCategory
                return scalar != "\n" && (category == .control || category == .format)
            }
            #expect(dangerous.isEmpty)
        }
    }

    @Test func longTextIsCutBetweenLetters() {
        #expect(Printable.shortened("abcdef", to: 6) == "abcdef")
        #expect(Printable.shortened("abcdef", to: 4) == "abc…")
        #expect(Printable.shortened("äöüß", to: 4) == "äöüß")
        #expect(Printable.shortened("👨‍👩‍👧x👨‍👩‍👧", to: 2) == "👨‍👩‍👧…")
    }
}
