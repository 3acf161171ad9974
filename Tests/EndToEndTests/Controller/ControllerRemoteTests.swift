// The controller and a Git server over HTTPS: read with what a Secret has, and not waited for where it is not needed.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.enabled(if: GitServer.isAvailable, "needs nginx, fcgiwrap and openssl"), .timeLimit(.minutes(5))) struct ControllerRemoteTests {
    @Test func aGitServerThatSaysNothingHoldsUpNoCorrection() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await withGitServer(kept.repository) { server in
                let authority = try Data(contentsOf: URL(fileURLWithPath: server.certificateAuthority)).base64EncodedString()
                try await kept.kubectl(
                    "apply", "-f", "-",
                    input: """
                        apiVersion: v1
                        kind: Secret
                        metadata: {name: git}
                        stringData: {username: \(server.username), password: "\(server.password)"}
                        data: {ca.crt: \(authority)}
                        """)
                try await kept.apply(url: server.url("repo.git", .closed), secret: "git")
                try await kept.applied(first)
                try await server.silent {
                    // Every second the server is asked; this one is under way for a minute.
                    try await kept.eventually("the server is asked", for: .seconds(20)) { server.hasGuest }
                    try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
                    try await kept.eventually("the drift is put right", for: .seconds(5)) {
                        try await kept.live("configmap/a", "data", "level") == "1"
                    }
                    #expect(server.hasGuest, "the server still says nothing")
                }
                let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
                try await server.push(kept.repository, "main")
                try await kept.applied(second, for: .seconds(90))
            }
            #expect(!kept.controller.log.contains("correct horse"))
        }
    }
}
