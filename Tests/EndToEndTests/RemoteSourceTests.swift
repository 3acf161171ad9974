// A repository on an HTTPS server with an authority of its own, as most teams have it: applied, refused, and nothing of it told on.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.enabled(if: GitServer.isAvailable, "needs nginx, fcgiwrap and openssl")) struct RemoteSourceTests {
    private static let configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: remote}\ndata: {a: \"1\"}\n"

    /// Runs `belay apply` on the closed repository of a server with these variables and options.
    private func apply(
        _ team: Scenario, _ server: GitServer, _ environment: [String: String], _ options: [String]
    ) async throws -> ProgramResult {
        var program = team.program
        program.environment.merge(environment) { $1 }
        return try await program.run(
            ["apply", "--repo", server.url("repo.git", .closed), "--path", "deploy", "--name", "app", "-n", team.namespace] + options)
    }

    @Test func aRepositoryWithPasswordAndPrivateAuthorityIsApplied() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": Self.configMap])
            try await withGitServer(team.repository) { server in
                let credentials = ["BELAY_GIT_USERNAME": server.username, "BELAY_GIT_PASSWORD": server.password]
                let authority = ["--git-ca", server.certificateAuthority]
                let applied = try await apply(team, server, credentials, authority)
                #expect(applied.status == 0, "\(applied)")
                #expect(try await team.object("configmap/remote")?.at("data", "a") == "1")
                let history = try await team.run("history")
                for result in [applied, history] { #expect(!result.says(server.password), "\(result)") }
            }
        }
    }

    @Test func aRefusalIsExitFourWithAReasonAndSendsNothing() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": Self.configMap])
            try await withGitServer(team.repository) { server in
                let authority = ["--git-ca", server.certificateAuthority]
                let wrong = ["BELAY_GIT_USERNAME": server.username, "BELAY_GIT_PASSWORD": "hunter-two"]
                let right = ["BELAY_GIT_USERNAME": server.username, "BELAY_GIT_PASSWORD": server.password]
                let requests = try await team.cluster.requests(of: "belay") {
                    let refused = try await apply(team, server, wrong, authority)
                    #expect(refused.status == 4, "\(refused)")
                    #expect(refused.says("user ada") && !refused.says("hunter-two"), "\(refused)")
                    let unknown = try await apply(team, server, right, [])
                    #expect(unknown.status == 4, "\(unknown)")
                    #expect(unknown.says("--git-ca"), "\(unknown)")
                }
                #expect(requests.filter(\.isWrite).isEmpty, "\(requests)")
            }
        }
    }
}
