// Runs a sandbox in the foreground, to try clients against it.

import ArgumentParser
import Foundation
import SandboxCluster

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sandbox", abstract: "Run a sandbox cluster.", shouldDisplay: false)

    @Option var port = 0
    @Option(help: "Where to write the kubeconfig.") var kubeconfig: String
    @Option var dataDir: String?
    @Flag var noControllers = false

    func run() async throws {
        let server = SandboxServer(port: port, dataDirectory: dataDir, controllers: !noControllers)
        let address = try await server.start()
        try Data(address.kubeconfigYAML.utf8).write(to: URL(fileURLWithPath: kubeconfig))
        print("ready \(address.url)")
        fflush(nil)
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.finish() }
            source.activate()
            return source
        }
        for await _ in ends {}
        for source in sources { source.cancel() }
        await server.shutdown()
    }
}
