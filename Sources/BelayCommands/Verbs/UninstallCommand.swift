// `belay uninstall`: the controller goes; kinds, Applications and history stay, unless everything is to go.

import ArgumentParser
import KubernetesClient
import KubernetesModel
import StructuredData

struct UninstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall", abstract: "Take Belay's controller out of a cluster.",
        usage: "belay uninstall [-n NAMESPACE] [--everything] [--yes]",
        discussion: """
            Removes what belay install made, apart from the kinds, the namespace and the journal's volume. What the Applications applied \
            stays as it is. --everything removes these, too; it is refused while there are Applications, for only a running controller \
            can let them go.
            """)

    @OptionGroup var place: InstallPlace

    @Flag(help: "Also the CustomResourceDefinitions, the namespace and the journal.")
    var everything = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    /// What is kept unless everything is to go.
    private static let kept: Set<String> = ["CustomResourceDefinition", "Namespace", "PersistentVolumeClaim"]

    func run() async throws {
        let console = Invocation.current.console
        try await cluster.withClient { client in
            let installer = Installer(client: client) { console.print(Printable.text($0)) }
            if everything { try await refuseWithApplications(installer) }
            let found = try await installer.installed(in: place.namespace)
                .filter { everything || !Self.kept.contains($0.object.kind) }
            if found.isEmpty {
                console.say("there is nothing of Belay in the namespace \(place.namespace)")
                return
            }
            try confirm(found.map { Installer.shown($0.object) }, console)
            try await installer.remove(found)
        }
    }

    private func refuseWithApplications(_ installer: Installer) async throws {
        let applications = try await installer.applications()
        guard !applications.isEmpty else { return }
        let shown = applications.prefix(5).joined(separator: ", ") + (applications.count > 5 ? " …" : "")
        throw CommandFailure(
            .refused, "Applications are there still: \(shown)",
            hint: "delete them first (kubectl delete applications.belay.dev -A --all); with deletionPolicy: Orphan their objects stay")
    }

    private func confirm(_ objects: [String], _ console: Console) throws {
        if yes { return }
        for object in objects { console.say("  \(Printable.text(object))") }
        guard console.canAsk else {
            throw CommandFailure(.refused, "nothing was deleted", hint: "there is no terminal to ask on; pass --yes")
        }
        guard Confirmation.name(place.namespace, "Delete these? Type the namespace \(place.namespace) to go on:", console) else {
            throw CommandFailure(.refused, "nothing was deleted")
        }
    }
}
