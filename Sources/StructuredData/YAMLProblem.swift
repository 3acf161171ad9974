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
        for (part, answer) in YAMLProblem.answers where problem.contains(part) {
            if let found = answer(self) { return found }
        }
        return at(problemMark, context.isEmpty ? problem : "\(problem) (\(context))")
    }

    private func at(_ mark: yaml_mark_t, _ message: String) -> YAMLError {
        let location = SourceLocation(file: source.file, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
        return YAMLError(message: message, location: location)
    }

    private var contextLine: Int { Int(clamping: contextMark.line) + 1 }

    /// The byte that stands at the problem; 0 at the end of the text. libyaml's index counts characters.
    private var byte: UInt8 {
        var characters = 0
        for byte in source.text.dropFirst(source.text.startsWithByteOrderMark ? 3 : 0) where byte & 0xC0 != 0x80 {
            if characters == problemMark.index { return byte }
            characters += 1
        }
        return 0
    }

    /// The first answer whose words are in libyaml's problem, and that has something to say, is taken.
    private static let answers: [(String, @Sendable (YAMLProblem) -> YAMLError?)] = [
        ("cannot start any token", { $0.strangeCharacter }),
        ("tab character", { $0.at($0.problemMark, "a tab cannot indent YAML; use spaces") }),
        ("could not find expected ':'", { $0.missingColon }),
        ("unexpected end of stream", { $0.unclosedQuote }),
        ("unexpected document indicator", { $0.unclosedQuote }),
        (
            "unknown escape character",
            { $0.at($0.problemMark, "unknown escape in double quotes; write \\\\ for a backslash, or use single quotes") }
        ),
        ("hexdecimal number", { $0.at($0.problemMark, "this escape needs hexadecimal digits (\\xNN, \\uNNNN, \\UNNNNNNNN)") }),
        ("invalid Unicode character escape", { $0.at($0.problemMark, "this escape is half of a surrogate pair or beyond U+10FFFF") }),
        (
            "block sequence entries are not allowed",
            { $0.at($0.problemMark, "a list item (\"- \") cannot stand here; put it on a line of its own") }
        ),
        ("mapping keys are not allowed", { $0.at($0.problemMark, "a key cannot stand here; check the indentation of this line") }),
        (
            "mapping values are not allowed",
            {
                $0.at(
                    $0.problemMark,
                    "a second \":\" cannot stand here: quote the text if it contains \": \", or check the indentation of this line")
            }
        ),
        ("did not find expected key", { $0.badIndentation("a key") }),
        ("did not find expected '-' indicator", { $0.badIndentation("a list item (\"- \")") }),
        ("did not find expected ',' or ']'", { $0.unclosedFlow("list", "]", "[") }),
        ("did not find expected ',' or '}'", { $0.unclosedFlow("map", "}", "{") }),
        ("did not find expected node content", { $0.at($0.problemMark, "a value is missing here") }),
        (
            "did not find expected <document start>",
            {
                $0.at(
                    $0.problemMark,
                    "the document has ended before this line; begin the next one with a line \"---\", or check the indentation")
            }
        ),
        ("alphabetic or numeric character", { $0.badAnchor }),
        ("undefined tag handle", { $0.at($0.problemMark, "this tag's prefix is not declared; quote the text if \"!\" is part of it") }),
        (
            "expected comment or line break",
            { $0.at($0.problemMark, "behind \"|\" or \">\" only a comment may stand; the text begins on the next line") }
        ),
        (
            "indentation indicator equal to 0",
            { $0.at($0.problemMark, "the number behind \"|\" or \">\" must be 1 to 9") }
        ),
        ("incompatible YAML document", { $0.at($0.problemMark, "only %YAML 1.1 and 1.2 are read") }),
    ]

    private var strangeCharacter: YAMLError? {
        switch byte {
        case 0x09: at(problemMark, "a tab cannot indent YAML; use spaces")
        case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
            at(problemMark, "text cannot begin with \"\(Unicode.Scalar(byte))\" unless it is in quotes")
        default: nil
        }
    }

    private var missingColon: YAMLError? {
        at(contextMark, "this line is neither \"key: value\" nor \"- item\", nor does it continue the one above; is a \":\" missing?")
    }

    private var unclosedQuote: YAMLError? {
        context.contains("quoted scalar") ? at(contextMark, "the quote that opens here is never closed") : nil
    }

    private func badIndentation(_ wanted: String) -> YAMLError? {
        at(
            problemMark,
            "expected \(wanted) in the column of line \(contextLine) (column \(Int(clamping: contextMark.column) + 1)); "
                + "check the indentation, or quotes and brackets above")
    }

    private func unclosedFlow(_ kind: String, _ close: String, _ open: String) -> YAMLError? {
        at(problemMark, "expected \",\" or \"\(close)\": the \(kind) that \"\(open)\" opens on line \(contextLine) is not complete here")
    }

    private var badAnchor: YAMLError? {
        let sign = context.contains("alias") ? "*" : "&"
        return at(contextMark, "text that begins with \"\(sign)\" must be in quotes, unless it names an anchor")
    }
}
