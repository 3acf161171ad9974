// `belay install`: what a cluster needs for the controller, as YAML or applied.

import ArgumentParser
import KubernetesClient
import KubernetesModel
import StructuredData

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Put Belay's kinds and its controller into a cluster.",
        usage: "belay install [--export] [--crds-only] [-n NAMESPACE] [--image IMAGE]",
        discussion: """
            Applies CustomResourceDefinitions, a namespace, the controller's rights, a volume and a Deployment by server-side apply, and \
            waits until the kinds are served. With --export they are printed as YAML, and no cluster is asked.
            """)

    @Flag(help: "Print the objects as YAML; no cluster is asked.")
    var export = false

    @Flag(help: "Only the CustomResourceDefinitions.")
    var crdsOnly = false

    @OptionGroup(title: "Controller") var controller: ControllerOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    @Flag(help: "Take fields that another program wrote.")
    var forceConflicts = false

    @Option(
        help: ArgumentHelp("How long to wait until the kinds are served, with a unit.", valueName: "duration"),
        transform: TimeoutOption.parse)
    var timeout: Duration = .seconds(60)

    func run() async throws {
        let console = Invocation.current.console
        let installation = controller.installation
        let objects = crdsOnly ? Definitions.all : installation.objects
        if export {
            for object in objects { console.printBytes(Installation.document(object)) }
            return
        }
        try await cluster.withClient { client in
            let installer = Installer(client: client) { console.print(Printable.text($0)) }
            if !crdsOnly { _ = try await installer.installed(in: installation.namespace) }
            try await installer.apply(objects, force: forceConflicts, timeout: timeout)
            if !crdsOnly { try await installer.removeFormerRoles(objects, in: installation.namespace) }
        }
    }
}

/// What the controller is installed with.
struct ControllerOptions: ParsableArguments {
    @OptionGroup var place: InstallPlace

    @Option(help: ArgumentHelp("The controller's container image (default: belay:\(BelayVersion.current)).", valueName: "image"))
    var image: String?

    @Option(help: ArgumentHelp("Whom to act as for Applications that name no service account.", valueName: "name"))
    var defaultServiceAccount: String?

    @Option(help: ArgumentHelp("Look at Applications of this namespace only.", valueName: "namespace"))
    var watchNamespace: String?

    @Flag(help: "Let Applications name repositories on the controller's own disk.")
    var allowFileRepositories = false

    @Flag(help: "Leave out the ClusterRole that may change everything: every Application must then act as a service account.")
    var leastRights = false

    func validate() throws {
        if let problem = defaultServiceAccount.flatMap(Names.dnsSubdomainProblem) {
            throw ValidationError("--default-service-account \(problem)")
        }
        if let problem = watchNamespace.flatMap(Names.namespaceProblem) { throw ValidationError("--watch-namespace \(problem)") }
        if let image, image.isEmpty || image.contains(where: \.isWhitespace) { throw ValidationError("--image is no image's name") }
    }

    var installation: Installation {
        var installation = Installation()
        installation.namespace = place.namespace
        if let image { installation.image = image }
        installation.defaultServiceAccount = defaultServiceAccount
        installation.watchNamespace = watchNamespace
        installation.allowsFileRepositories = allowFileRepositories
        installation.managesCluster = !leastRights
        return installation
    }
}

/// Where the controller lives.
struct InstallPlace: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The controller's namespace.", valueName: "namespace"))
    var namespace = Installation.defaultNamespace

    func validate() throws {
        if let problem = Names.namespaceProblem(namespace) { throw ValidationError("--namespace \(problem)") }
    }
}
