// A real API server for the benchmarks and for looking at things by hand: etcd and kube-apiserver from KUBEBUILDER_ASSETS.

import ArgumentParser
import Foundation
import TestSupport

/// `belay-dev api-server --kubeconfig FILE`: one line on standard output when ready, then runs until it is ended.
struct APIServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-server", abstract: "Run etcd and kube-apiserver from KUBEBUILDER_ASSETS until SIGTERM.")
    @Option var kubeconfig: String

    func run() async throws {
        let server = try await APIServer.shared()
        try? FileManager.default.removeItem(atPath: kubeconfig)
        try FileManager.default.copyItem(atPath: server.kubeconfig, toPath: kubeconfig)
        print("kube-apiserver \(server.version) is ready; its audit log is \(server.auditLog)")
        fflush(nil)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
