// `belay completion`: the script that lets a shell complete our words.

import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a completion script for bash, zsh or fish.",
        discussion: """
            bash: belay completion bash > ~/.local/share/bash-completion/completions/belay
            zsh:  belay completion zsh > "${fpath[1]}/_belay"
            fish: belay completion fish > ~/.config/fish/completions/belay.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Invocation.current.console.print(BelayCommand.completionScript(for: kind))
    }
}
