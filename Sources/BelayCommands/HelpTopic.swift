// `belay help TOPIC` for topics that are no verbs.

import ArgumentParser

enum HelpTopic {
    static var verbs: [String] { BelayCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"] }

    /// Answers `help exit-codes`, and refuses topics that do not exist; all else is the parser's.
    static func answer(_ arguments: [String]) throws -> Bool {
        guard arguments.first == "help", let topic = arguments.dropFirst().first, !topic.hasPrefix("-") else { return false }
        if topic == "exit-codes" {
            Invocation.current.console.printBytes(Array(ExitStatus.table.utf8))
            return true
        }
        guard verbs.contains(topic) else {
            throw CommandFailure(.invalid, "there is no help on \(topic)", hint: "belay help lists the verbs; another topic is exit-codes")
        }
        return false
    }
}
