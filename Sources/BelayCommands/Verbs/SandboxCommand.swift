// `belay sandbox`: an embedded cluster for a first run, demos and tests, in the foreground until it is interrupted.

import ArgumentParser
import Foundation
import SandboxCluster

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run an embedded Kubernetes-compatible cluster until interrupted.",
        discussion: """
            Writes a kubeconfig that only you can read, then one line on standard output when the cluster is ready, and stays in the
            foreground. Pods are simulated: nothing runs in them.
            """)

    @Option(help: ArgumentHelp("Port on 127.0.0.1; 0 for a free one.", valueName: "number"))
    var port = 0

    @Option(
        help: ArgumentHelp("Keep the cluster's objects in this folder (default: in memory).", valueName: "folder"), completion: .directory)
    var dataDir: String?

    @Option(
        help: ArgumentHelp("Where to write the kubeconfig (default: belay-sandbox.kubeconfig in this folder).", valueName: "file"),
        completion: .file())
    var kubeconfig = "belay-sandbox.kubeconfig"

    enum Switch: String, CaseIterable, ExpressibleByArgument { case on, off }

    @Option(help: "Simulated controllers and kubelet: on or off.")
    var controllers: Switch = .on

    func validate() throws {
        if !(0...65535).contains(port) { throw ValidationError("--port is a number from 0 to 65535") }
        if kubeconfig.isEmpty || dataDir?.isEmpty == true { throw ValidationError("--kubeconfig and --data-dir are not empty") }
    }

    func run() async throws {
        throw CommandFailure(.failure, "the sandbox is not built in yet")
    }
}
