// Which cluster, and as whom: `--kubeconfig`, `--context`, `--impersonate`.

import ArgumentParser

struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The kubeconfig file (default: $KUBECONFIG, then ~/.kube/config, then in-cluster).", valueName: "file"),
        completion: .file())
    var kubeconfig: String?

    @Option(
        help: ArgumentHelp("The kubeconfig context; must be given for a cluster that is not on this machine.", valueName: "name"))
    var context: String?

    @Flag(help: "Act as the Application's spec.destination.serviceAccountName.")
    var impersonate = false

    func validate() throws {
        if kubeconfig?.isEmpty == true { throw ValidationError("--kubeconfig is empty") }
        if context?.isEmpty == true { throw ValidationError("--context is empty") }
    }
}
