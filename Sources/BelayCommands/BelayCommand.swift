// The tree of verbs.

import ArgumentParser

struct BelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "belay",
        abstract: "Keeps a Kubernetes cluster fast to a Git repository.",
        discussion: "A first run: belay sandbox, then belay apply --repo . --name my-app. Exit codes: belay help exit-codes.",
        version: BelayVersion.current,
        groupedSubcommands: [
            CommandGroup(name: "Local", subcommands: [RenderCommand.self, ValidateCommand.self]),
            CommandGroup(name: "Cluster", subcommands: [DiffCommand.self, ApplyCommand.self, DeleteCommand.self]),
            CommandGroup(
                name: "Controller",
                subcommands: [
                    GetCommand.self, StatusCommand.self, SyncCommand.self, WaitCommand.self, RollbackCommand.self, ApproveCommand.self,
                    SuspendCommand.self, ResumeCommand.self, HoldCommand.self, EventsCommand.self, TraceCommand.self,
                ]),
            CommandGroup(
                name: "Record", subcommands: [HistoryCommand.self, ShowCommand.self, DriftCommand.self, InventoryCommand.self]),
            CommandGroup(
                name: "Other",
                subcommands: [
                    SandboxCommand.self, ControllerCommand.self, InstallCommand.self, UninstallCommand.self, VersionCommand.self,
                    CompletionCommand.self,
                    ReferenceCommand.self,
                ]),
        ])
}
