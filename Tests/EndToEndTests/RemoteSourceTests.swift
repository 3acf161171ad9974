// A repository on an HTTPS server with an authority of its own, as most teams have it: applied, refused, and nothing of it told on.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.enabled(if: GitServer.isAvailable, "needs nginx, fcgiwrap and openssl")) struct RemoteSourceTests {
    private static let configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: remote}\ndata: {a: \"1\"}\n"

    /// Runs `belay apply` on a repository, by default the closed one of a server, with these variables and options.
    private func apply(
        _ team: Scenario, _ server: GitServer, _ environment: [String: String], _ options: [String], url: String? = nil
    ) async throws -> ProgramResult {
        var program = team.program
        program.environment.merge(environment) { $1 }
        return try await program.run(
            ["apply", "--repo", url ?? server.url("repo.git", .closed), "--path", "deploy", "--name", "app", "-n", team.namespace]
                + options)
    }

    private func right(_ server: GitServer) -> [String: String] {
        ["BELAY_GIT_USERNAME": server.username, "BELAY_GIT_PASSWORD": server.password]
    }

    private func withServer(_ body: (Scenario, GitServer) async throws -> Void) async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": Self.configMap])
            try await withGitServer(team.repository) { server in try await body(team, server) }
        }
    }

    @Test func aRepositoryWithPasswordAndPrivateAuthorityIsApplied() async throws {
        try await withServer { team, server in
            let applied = try await apply(team, server, right(server), ["--git-ca", server.certificateAuthority])
            #expect(applied.status == 0, "\(applied)")
            #expect(try await team.object("configmap/remote")?.at("data", "a") == "1")
            let history = try await team.run("history")
            for result in [applied, history] { #expect(!result.says(server.password), "\(result)") }
        }
    }

    @Test func aTokenOfTheEnvironmentIsEnough() async throws {
        try await withServer { team, server in
            try "x-access-token:{PLAIN}t0ken-canary\n".write(toFile: server.directory + "/users", atomically: true, encoding: .utf8)
            let authority = ["--git-ca", server.certificateAuthority]
            let applied = try await apply(team, server, ["BELAY_GIT_TOKEN": "t0ken-canary"], authority)
            #expect(applied.status == 0 && !applied.says("canary"), "\(applied)")
            let refused = try await apply(team, server, ["BELAY_GIT_TOKEN": "t0ken-wrong"], authority)
            #expect(refused.status == 4 && !refused.says("t0ken-wrong"), "\(refused)")
            let nobody = try await apply(team, server, [:], authority)
            #expect(nobody.status == 4 && nobody.says("BELAY_GIT_TOKEN"), "it says how to give one: \(nobody)")
        }
    }

    @Test func aRefusalIsExitFourWithAReasonAndSendsNothing() async throws {
        try await withServer { team, server in
            let authority = ["--git-ca", server.certificateAuthority]
            let wrong = ["BELAY_GIT_USERNAME": server.username, "BELAY_GIT_PASSWORD": "hunter-two"]
            let requests = try await team.cluster.requests(of: "belay") {
                let refused = try await apply(team, server, wrong, authority)
                #expect(refused.status == 4, "\(refused)")
                #expect(refused.says("user ada") && !refused.says("hunter-two"), "\(refused)")
                let unknown = try await apply(team, server, right(server), [])
                #expect(unknown.status == 4, "\(unknown)")
                #expect(unknown.says("--git-ca"), "\(unknown)")

                let strange = [
                    ("https://localhost:\(server.ports.modern)/private/repo.git", "TLS 1.2"),
                    ("https://localhost:\(server.ports.otherName)/private/repo.git", "another host"),
                    ("https://localhost:\(server.ports.expired)/private/repo.git", "expired"),
                    ("https://localhost:\(server.ports.http)/private/repo.git", "no secure connection"),
                    ("https://127.0.0.1:\(server.ports.https)/private/repo.git", "DNS name"),
                    ("https://nowhere.invalid/repo.git", "not known"), (server.url("nope.git"), "404"),
                    (server.url("repo.git", .broken), "500"), (server.url("repo.git", .forbidden), "403"),
                ]
                for (url, words) in strange {
                    let result = try await apply(team, server, right(server), authority, url: url)
                    #expect(result.status == 4 && result.says(words), "\(words): \(result)")
                    #expect(result.says("cannot read the source of \(team.namespace)/app"), "\(result)")
                    #expect(!result.says(server.password), "\(result)")
                }
            }
            #expect(requests.filter(\.isWrite).isEmpty, "\(requests)")
        }
    }

    @Test func aRedirectToAnotherHostIsRefusedAndNothingGoesThere() async throws {
        try await withServer { team, server in
            let authority = ["--git-ca", server.certificateAuthority]
            for door in [GitServer.Door.astray, .elsewhere, .downgraded] {
                let result = try await apply(team, server, right(server), authority, url: server.url("repo.git", door))
                #expect(result.status == 4 && result.says("redirects elsewhere"), "\(door): \(result)")
            }
            #expect(try server.foreignLog() == "")
            let own = try server.requests()
            #expect(own.contains { $0.contains("/astray/") && $0.hasSuffix("302 with-credentials") }, "it was sent on: \(own)")
            #expect(own.allSatisfy { $0.contains(" https localhost:") }, "\(own)")

            // The other host does keep a log, of whatever comes.
            let visit = try await Program("curl").run(
                ["-sk", "--noproxy", "*", "--max-time", "5", "https://127.0.0.1:\(server.ports.foreign)/"])
            #expect(visit.status == 0, "\(visit)")
            try await Wait.until("the other host logs a visit") { try !server.foreignLog().isEmpty }
        }
    }

    /// Back by the deadline, without a process left.
    @Test func aServerThatNeverAnswersIsGivenUpInTime() async throws {
        try await withServer { team, server in
            let silent = try SilentServer()
            let name = "bg-" + UUID().uuidString.prefix(10)
            let worker = team.repository.scratch + "/" + name
            try FileManager.default.createSymbolicLink(atPath: worker, withDestinationPath: Scenario.binary("belay-git"))
            var variables = right(server)
            variables["BELAY_GIT_PATH"] = worker
            let began = ContinuousClock.now
            let result = try await apply(
                team, server, variables, ["--timeout", "3s"], url: "https://localhost:\(silent.port)/team/repo.git")
            #expect(result.status == 4, "\(result)")
            #expect(result.says("did not answer within 3 s"), "\(result)")
            #expect(silent.connections >= 1)
            #expect(began.duration(to: .now) < .seconds(50), "well before the 60 s of a run without --timeout")
            #expect(processes(named: name).isEmpty, "belay-git was left behind")

            // The same program by the same name is found while it is at work.
            async let second = apply(
                team, server, variables, ["--timeout", "5s"], url: "https://localhost:\(silent.port)/team/repo.git")
            try await Wait.until("belay-git is at work") { !processes(named: name).isEmpty }
            #expect(try await second.status == 4)
            #expect(processes(named: name).isEmpty, "belay-git was left behind")
        }
    }

    @Test func theProxyOfTheEnvironmentIsUsedAndNamedWhereItFails() async throws {
        try await withServer { team, server in
            let proxy = try SilentServer()
            var variables = right(server)
            variables["HTTPS_PROXY"] = "http://127.0.0.1:\(proxy.port)"
            variables["NO_PROXY"] = "127.0.0.1"
            let authority = ["--git-ca", server.certificateAuthority]
            let silent = try await apply(team, server, variables, authority + ["--timeout", "3s"])
            #expect(silent.status == 4 && silent.says("proxy"), "\(silent)")
            #expect(proxy.received.first?.hasPrefix("CONNECT localhost:\(server.ports.https) ") == true, "\(proxy.received)")
            #expect(proxy.received.allSatisfy { !$0.contains("Authorization") }, "the proxy is not told the password")

            variables["HTTPS_PROXY"] = "http://127.0.0.1:1"
            let dead = try await apply(team, server, variables, authority)
            #expect(dead.status == 4, "\(dead)")
            #expect(try server.requests().isEmpty, "nothing went past the proxy")

            variables["NO_PROXY"] = "127.0.0.1,localhost"
            let past = try await apply(team, server, variables, authority)
            #expect(past.status == 0, "\(past)")
        }
    }

    private func processes(named name: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { Int($0) != nil }.filter { process in
            let status = FileManager.default.contents(atPath: "/proc/\(process)/stat") ?? Data()
            return String(decoding: status, as: UTF8.self).contains("(\(name))")
        }
    }
}
