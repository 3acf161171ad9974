// `belay sandbox`: an embedded cluster for a first run, demos and tests, in the foreground until it is interrupted.

import ArgumentParser
import Foundation
import SandboxCluster

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run an embedded Kubernetes-compatible cluster until interrupted.",
        discussion: """
            Writes a kubeconfig that only you can read, then one line on standard output when the cluster is ready, and stays in the \
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
        let invocation = Invocation.current
        let console = invocation.console
        let path = invocation.absolute(kubeconfig)
        let server = SandboxServer(port: port, dataDirectory: dataDir.map(invocation.absolute), controllers: controllers == .on)
        let address: SandboxServer.Address
        do {
            address = try await server.start()
        } catch {
            throw CommandFailure(.failure, "the sandbox cannot start: \(error)", hint: port == 0 ? nil : "leave out --port for a free one")
        }
        do {
            try SandboxCommand.write(address.kubeconfigYAML, to: path)
            console.print("sandbox ready at \(address.url), kubeconfig \(Printable.text(path))")
            try console.finish()
            console.say("to use it in another terminal: export KUBECONFIG=\(SandboxCommand.quoted(path))")
            console.say("then for example: belay apply --repo . --name my-app, or kubectl get pods -A; Ctrl-C here ends it")
            await SandboxCommand.untilCancelled()
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    /// Returns when the task is cancelled: SIGINT or SIGTERM.
    private static func untilCancelled() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    /// Writes a file that only its owner can read, in place of what was there.
    private static func write(_ text: String, to path: String) throws {
        let draft = path + ".\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        } catch {
            unlink(draft)
            throw unwritable(path)
        }
        guard rename(draft, path) == 0 else {
            let failure = unwritable(path)
            unlink(draft)
            throw failure
        }
    }

    private static func unwritable(_ path: String) -> CommandFailure {
        CommandFailure(
            .invalid, "cannot write the kubeconfig \(path): \(String(cString: strerror(errno)))", hint: "name another with --kubeconfig")
    }

    /// For a POSIX shell.
    private static func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "/._-+".utf8.contains(byte)
        }
        return plain ? path : "'" + Printable.text(path).replacing("'", with: "'\\''") + "'"
    }
}
