// Variables with a controller: a ConfigMap or Secret that changes is noticed without a commit, and without a word of what it says.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ControllerSubstitutionTests {
    private static let first = "s3cr3t-canary-one"
    private static let second = "s3cr3t-canary-two"
    private static let byHand = "s3cr3t-canary-by-hand"

    private static let manifests = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web}
        data:
          level: "${LEVEL}"
          url: "https://u:${PASSWORD}@example.com"

        """

    private func set(_ kept: KeptScenario, password: String, level: String) async throws {
        let text = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {LEVEL: \(level)}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: keys}
            stringData: {PASSWORD: \(password)}
            """
        try await kept.kubectl("apply", "--server-side", "-f", "-", input: text)
    }

    private func expectNoSecret(_ kept: KeptScenario) async throws {
        var texts = [("the log", kept.controller.log)]
        for kind in ["applications.belay.dev", "driftreports.belay.dev", "events", "events.events.k8s.io"] {
            texts.append((kind, try await kept.team.kubectl("get", kind, "-o", "yaml").output))
        }
        for file in [kept.journal, kept.journal + "-wal"] {
            texts.append((file, FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""))
        }
        for secret in [Self.first, Self.second, Self.byHand] {
            for (place, text) in texts { #expect(!text.contains(secret), "\(secret) came out in \(place)") }
        }
    }

    @Test func changedValuesAreNoticedAndSecretsAreToldToNobody() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit([
                "deploy/web.yaml": Self.manifests, "plain/web.yaml": Manifests.configMap("plain", "${LEVEL}"),
            ])
            try await kept.apply("plain", path: "plain")
            try await kept.applied(commit, of: "plain")
            #expect(try await kept.live("configmap/plain", "data", "level") == "${LEVEL}", "without the field text stays as it is")
            try await kept.patch("plain", #"{"suspend":{"reason":"seen"}}"#)
            try await kept.apply()
            try await kept.applied(commit)
            try await kept.patch(
                "app", #"{"source":{"substitute":{"from":[{"kind":"ConfigMap","name":"settings"},{"kind":"Secret","name":"keys"}]}}}"#)
            try await kept.ready("not RenderFailed: main@sha1:\(commit) cannot be rendered: \(kept.namespace)/app: there is no ConfigMap")

            // Made at last: nobody needs to say so.
            try await set(kept, password: Self.first, level: "info")
            try await kept.applied(commit)
            #expect(try await kept.live("configmap/web", "data", "level") == "info")
            #expect(try await kept.live("configmap/web", "data", "url")?.string == "https://u:\(Self.first)@example.com")

            // Another ConfigMap, another Secret.
            try await set(kept, password: Self.first, level: "debug")
            try await kept.eventually("the ConfigMap is noticed") { try await kept.live("configmap/web", "data", "level") == "debug" }
            try await set(kept, password: Self.second, level: "debug")
            try await kept.eventually("the Secret is noticed") {
                try await kept.live("configmap/web", "data", "url")?.string == "https://u:\(Self.second)@example.com"
            }
            try await kept.eventually("a run tells why") { try await kept.history().first?["trigger"]?.string == "values" }

            // Drift of such a field is put right, and told without either value.
            try await kept.kubectl("patch", "configmap/web", "--type=merge", "-p", #"{"data":{"url":"\#(Self.byHand)"}}"#)
            try await kept.eventually("the drift is on record") {
                try await kept.drift().contains { episode in
                    "\(episode["fields"] ?? .null)".contains("REDACTED(") && episode["resolution"]?.string == "reverted"
                }
            }
            #expect(try await kept.live("configmap/web", "data", "url")?.string == "https://u:\(Self.second)@example.com")
            try await kept.ready("Succeeded")

            // At rest nothing is asked: the values are watched.
            let sent = try await kept.team.cluster.requests(of: "belay") {
                let seen = try await kept.repository.commit(["readme.md": "one\n"])
                try await kept.eventually("the commit is seen") { kept.controller.log.contains(seen) }
                let next = try await kept.repository.commit(["readme.md": "two\n"])
                try await kept.eventually("the commit is seen") { kept.controller.log.contains(next) }
            }.filter { $0.resource != "leases" && $0.verb != "watch" }
            #expect(sent.isEmpty, "\(sent)")

            // Gone: said, and what was applied stays.
            try await kept.kubectl("delete", "secret/keys")
            try await kept.ready("not RenderFailed: main@sha1:")
            #expect(try await kept.condition().contains("there is no Secret \(kept.namespace)/keys"))
            #expect(try await kept.live("configmap/web", "data", "url")?.string == "https://u:\(Self.second)@example.com")
            try await expectNoSecret(kept)
        }
    }
}
