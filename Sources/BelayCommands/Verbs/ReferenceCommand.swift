// `belay reference`: the page docs/reference/cli.md, made from the verbs' own help; not shown to users.

import ArgumentParser
import Foundation

struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Print the command reference as Markdown.", shouldDisplay: false)

    func run() throws { Invocation.current.console.printBytes(Array(ReferenceCommand.page.utf8)) }

    /// The whole page, the same on every machine.
    static var page: String {
        var text = "<!-- Made by `make docs` from the program's own help; edit that instead. -->\n\n# Command reference\n\n"
        text += "```text\n\(trimmed(BelayCommand.helpMessage(columns: 100)))\n```\n"
        let verbs = BelayCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        for verb in verbs {
            let name = verb.configuration.commandName ?? ""
            text += "\n## belay \(name)\n\n```text\n\(trimmed(BelayCommand.helpMessage(for: verb, columns: 100)))\n```\n"
        }
        return text
    }

    private static func trimmed(_ help: String) -> String {
        help.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
            .trimmingCharacters(in: .newlines)
    }
}
