// How a verb prints: `-o` and `--color`.

import ArgumentParser

/// The values of `-o`; each verb takes some of them.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, wide, json, yaml, name, markdown, junit

    /// Whether people read it as it comes.
    var isTable: Bool { self == .table || self == .wide }
}

extension ColorChoice: ExpressibleByArgument {}

struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("Format of the data on standard output.", valueName: "format"))
    var output: OutputFormat?

    @Option(help: "Colours: auto (a terminal, NO_COLOR unset), always or never.")
    var color: ColorChoice = .auto

    /// The format, or the verb's default.
    func format(default fallback: OutputFormat = .table) -> OutputFormat { output ?? fallback }

    /// - Throws: `ValidationError` for a format that means nothing for this verb.
    func check(_ allowed: [OutputFormat]) throws {
        guard let output, !allowed.contains(output) else { return }
        throw ValidationError("-o \(output.rawValue) means nothing here; use \(words(allowed.map(\.rawValue)))")
    }
}

/// `a`, `a or b`, `a, b or c`.
func words(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
