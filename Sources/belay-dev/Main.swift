// The developers' own commands: not installed, not documented for users.

import ArgumentParser

@main
struct BelayDev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "belay-dev", abstract: "Commands for those who work on Belay.",
        subcommands: [
            SchemaFactsCommand.self, SandboxCommand.self, MixedManifestsCommand.self, BareApplyCommand.self, APIServerCommand.self,
            RecordCommand.self, ControllerLoadCommand.self, AwaitApplicationsCommand.self, AuditCommand.self, DriftLoadCommand.self,
        ])
}
