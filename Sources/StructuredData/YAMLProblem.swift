// libyaml's complaints in words that say what to do: its own are about tokens, ours about the file.

import CLibYAML

/// Why libyaml stopped.
struct YAMLProblem {
    private let source: YAMLSource
    private let context: String
    private let problem: String
    private let contextMark: yaml_mark_t
    private let problemMark: yaml_mark_t

    init(_ parser: yaml_parser_t, _ source: YAMLSource) {
        self.source = source
        context = parser.context.map { String(cString: $0) } ?? ""
        problem = parser.problem.map { String(cString: $0) } ?? "the text could not be read"
        contextMark = parser.context_mark
        problemMark = parser.problem_mark
    }

    var error: YAMLError {
        switch problem {
        case "found character that cannot start any token": strangeCharacter
        case "could not find expected ':'":
            at(contextMark, "this line is neither \"key: value\" nor \"- item\", nor does it continue the one above; is a \":\" missing?")
        case "found unexpected end of stream", "found unexpected document indicator":
            at(contextMark, "the quote that opens here is never closed")
        case "did not find expected key": badIndentation("a key")
        case "did not find expected '-' indicator": badIndentation("a list item (\"- \")")
        case "did not find expected ',' or ']'": unclosed("list", "[", "]")
        case "did not find expected ',' or '}'": unclosed("map", "{", "}")
        case "did not find expected node content": missingValue
        case "did not find expected alphabetic or numeric character":
            at(
                contextMark,
                "text that begins with \"\(context.contains("alias") ? "*" : "&")\" must be in quotes, unless it names an anchor")
        default: at(problemMark, YAMLProblem.words[problem] ?? (context.isEmpty ? problem : "\(problem) (\(context))"))
        }
    }

    /// libyaml's words and ours, for what is wrong right where it stopped.
    private static let words: [String: String] = [
        "found a tab character that violates indentation": tab,
        "found a tab character where an indentation space is expected": tab,
        "found unknown escape character": "unknown escape in double quotes; write \\\\ for a backslash, or use single quotes",
        "did not find expected hexdecimal number": "this escape needs hexadecimal digits: \\x41, \\u00e9 or \\U0001f600",
        "found invalid Unicode character escape code":
            "this escape is half of a surrogate pair, or beyond U+10FFFF; write the character itself",
        "block sequence entries are not allowed in this context":
            "a list item (\"- \") cannot stand here; put it on a line of its own, or quote the text",
        "mapping keys are not allowed in this context": "a key cannot stand here; check the indentation, or quote the text",
        "mapping values are not allowed in this context":
            "a \":\" cannot stand here: quote the text if it contains \": \", or check the indentation of this line and the one above",
        "found unexpected ':'": "a \":\" cannot stand here; quote the text",
        "did not find expected <document start>":
            "the document has ended before this; begin the next one with a line \"---\", or check the indentation",
        "did not find expected comment or line break": "behind \"|\" or \">\" only a comment may stand; the text begins on the next line",
        "found an indentation indicator equal to 0": "the number behind \"|\" or \">\" must be 1 to 9",
        "found undefined tag handle": "this tag's prefix is not declared; quote the text if \"!\" is a part of it",
        "did not find expected tag URI": "\"!\" begins a tag; quote the text if it is none",
        "did not find the expected '>'": "\"!<\" begins a tag that must end with \">\"; quote the text if it is none",
        "did not find expected whitespace or line break":
            "a space or a line break must follow here; quote the text if it begins with \"!\"",
        "found incompatible YAML document": "only %YAML 1.1 and 1.2 are read",
        "found unknown directive name": directive,
        "could not find expected directive name": directive,
        "found unexpected non-alphabetical character": directive,
    ]

    private static let directive =
        "a line that begins with \"%\" is a directive of YAML, and this one is not known; indent or quote the text"
    private static let tab = "a tab cannot indent YAML; use spaces"

    private func at(_ mark: yaml_mark_t, _ message: String) -> YAMLError {
        let location = SourceLocation(file: source.file, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
        return YAMLError(message: message, location: location)
    }

    /// The byte that stands at the problem; 0 at the end of the text. libyaml's index counts characters.
    private var byte: UInt8 {
        var characters = 0
        for byte in source.text.dropFirst(source.text.startsWithByteOrderMark ? 3 : 0) where byte & 0xC0 != 0x80 {
            if characters == problemMark.index { return byte }
            characters += 1
        }
        return 0
    }

    private var strangeCharacter: YAMLError {
        if byte == 0x09 { return at(problemMark, YAMLProblem.tab) }
        return at(problemMark, "text cannot begin with \"\(Unicode.Scalar(byte))\" unless it is in quotes")
    }

    private func badIndentation(_ wanted: String) -> YAMLError {
        let before = source.line(Int(clamping: problemMark.line) + 1).prefix(Int(clamping: problemMark.column))
        if before.contains(where: { $0 != 0x20 }) {
            return at(problemMark, "this cannot stand behind what is before it on the line; is a quote missing here, or not closed above?")
        }
        return at(
            problemMark,
            "expected \(wanted) in column \(Int(clamping: contextMark.column) + 1), as on line \(Int(clamping: contextMark.line) + 1); "
                + "check the indentation, and quotes and brackets above")
    }

    private func unclosed(_ kind: String, _ open: String, _ close: String) -> YAMLError {
        let line = Int(clamping: contextMark.line) + 1
        return at(problemMark, "expected \",\" or \"\(close)\" here: the \(kind) that \"\(open)\" opens on line \(line) is not closed yet")
    }

    private var missingValue: YAMLError {
        guard "]},".utf8.contains(byte) else { return at(problemMark, "a value is missing here") }
        return at(problemMark, "\"\(Unicode.Scalar(byte))\" cannot stand here: a value is missing before it, or the text needs quotes")
    }
}
