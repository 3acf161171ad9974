// Plays the cases on a real API server and keeps what was asked and answered: `Tests/Transcripts/cases`, replayed in every test run.

import ArgumentParser
import Foundation
import TestSupport

/// `belay-dev record [CASE…]`: run from the checkout's root, with KUBEBUILDER_ASSETS.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Play cases on a kube-apiserver and write their transcripts.")
    @Option(help: "Where the scripts are.") var cases = "Tests/Cases"
    @Option(help: "Where the transcripts go.") var to = "Tests/Transcripts/cases"
    @Argument(help: "Names of cases; none: all.") var names: [String] = []

    func run() async throws {
        let scripts = try CaseScript.all(in: URL(fileURLWithPath: cases)).filter { names.isEmpty || names.contains($0.name) }
        guard !scripts.isEmpty else { throw ValidationError("no such case in \(cases)") }
        let bare = try await APIServer(controllers: .none)
        var scaling: APIServer?
        try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
        var failed = false
        for script in scripts {
            // Objects that change by themselves, in their own time, make no two recordings alike. An autoscaler comes to rest.
            guard script.needs.isSubset(of: [.rbac, .autoscaling]) else {
                print("\(script.name): left out, it needs \(script.needs.map(\.rawValue).sorted().joined(separator: ", "))")
                continue
            }
            var server = bare
            if script.needs.contains(.autoscaling) {
                let own = if let scaling { scaling } else { try await APIServer(controllers: .autoscaler) }
                scaling = own
                server = own
            }
            let (failures, count) = try await record(script, on: server)
            failed = failed || !failures.isEmpty
            print(failures.isEmpty ? "\(script.name): \(count) requests" : failures.joined(separator: "\n"))
        }
        if failed { throw ExitCode.failure }
    }

    private func record(_ script: CaseScript, on server: APIServer) async throws -> ([String], Int) {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("record-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let cluster = TestCluster(kind: .apiServer(server), kubeconfig: server.kubeconfig, scratch: scratch)
        return try await RecordingProxy.with(cluster) { proxy in
            try await withGitRepository { repository in
                let scenario = Scenario(
                    cluster: cluster, repository: repository, namespace: script.name, home: scratch + "/home", kubeconfig: proxy.kubeconfig)
                let run = try await CaseRun.play(script, on: scenario)
                let recorded = proxy.recorded
                guard run.failures.isEmpty else { return (run.failures, recorded.count) }
                let text = Transcript.text(
                    of: recorded, about: script.about, needs: script.needs, version: server.version, names: run.repositoryNames)
                try text.write(toFile: "\(to)/\(script.name).json", atomically: true, encoding: .utf8)
                return ([], recorded.count)
            }
        }
    }
}
