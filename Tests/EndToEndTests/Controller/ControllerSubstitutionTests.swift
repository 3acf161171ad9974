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

    /// What is asked while commits are seen that touch nothing.
    private func askedAtRest(_ kept: KeptScenario) async throws -> [ServerRequest] {
        try await kept.team.cluster.requests(of: "belay") {
            for text in ["one", "two"] {
                let seen = try await kept.repository.commit(["readme.md": "\(UUID()) \(text)\n"])
                try await kept.eventually("the commit is seen") { kept.controller.log.contains(seen) }
            }
        }.filter { $0.resource != "leases" && $0.verb != "watch" }
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
            let asked = try await askedAtRest(kept)
            #expect(asked.isEmpty, "\(asked)")

            // Gone: said, and what was applied stays.
            try await kept.kubectl("delete", "secret/keys")
            try await kept.ready("not RenderFailed: main@sha1:")
            #expect(try await kept.condition().contains("there is no Secret \(kept.namespace)/keys"))
            #expect(try await kept.live("configmap/web", "data", "url")?.string == "https://u:\(Self.second)@example.com")
            try await expectNoSecret(kept)
        }
    }

    /// Whatever the Application is held at: what its variables stood for last stays, it is said, and the next values are taken up.
    @Test(arguments: [#"{"pin":{"run":"RUN","reason":"bad release"}}"#, #"{"sync":{"mode":"Manual"}}"#])
    func whatVariablesStoodForLastStays(_ held: String) async throws {
        try await withController { kept in
            func set(_ level: String) async throws {
                try await kept.kubectl("apply", "--server-side", "-f", "-", input: Manifests.configMap("settings", level))
                try await kept.eventually("\(level) is noticed") {
                    try await kept.live("configmap/web", "data", "level") == .string(level)
                }
            }
            try await kept.kubectl("apply", "--server-side", "-f", "-", input: Manifests.configMap("settings", "info"))
            let commit = try await kept.repository.commit(["deploy/web.yaml": Manifests.configMap("web", "${level}")])
            try await kept.apply()
            try await kept.patch("app", #"{"source":{"substitute":{"from":[{"kind":"ConfigMap","name":"settings"}]}}}"#)
            try await kept.applied(commit)
            let run = try #require(try await kept.history().first { $0["phase"] == "succeeded" }?["id"]?.string)
            try await set("debug")
            try await kept.patch("app", held.replacing("RUN", with: run))
            let newer = try await kept.repository.commit(["deploy/web.yaml": Manifests.configMap("web", "none")])
            try await kept.eventually("the commit waits") { try await kept.status("pendingRevision") == .string("main@sha1:\(newer)") }

            try await kept.kubectl("delete", "configmap/settings")
            try await kept.eventually("it is said") {
                let said = try await kept.condition()
                return said.contains("there is no ConfigMap \(kept.namespace)/settings") && !said.hasPrefix("Pinned")
            }
            #expect(try await kept.live("configmap/web", "data", "level") == "debug")
            try await kept.kubectl("delete", "configmap/web")
            try await kept.eventually("it is made again") { try await kept.live("configmap/web", "data", "level") == "debug" }
            try await set("trace")
            try await kept.eventually("nothing is missing any more") { try await !kept.condition().contains("there is no") }
        }
    }

    /// Rights are told by name, as careful people give them.
    private func allow(_ kept: KeptScenario, _ verbs: String) async throws {
        let text = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: deployer}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: deployer}
            rules:
            - {apiGroups: [""], resources: [configmaps], verbs: ["*"]}
            - {apiGroups: [""], resources: [secrets], resourceNames: [keys], verbs: [\(verbs)]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: deployer}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
            subjects: [{kind: ServiceAccount, name: deployer, namespace: \(kept.namespace)}]
            """
        try await kept.kubectl("apply", "--server-side", "-f", "-", input: text)
    }

    @Test(.enabled(if: isRefereed, "the sandbox knows one identity and no roles: only on a real API server"))
    func whatMayNotBeWatchedIsReadAgain() async throws {
        try await withController { kept in
            func noticed(_ password: String) async throws {
                try await set(kept, password: password, level: "info")
                try await kept.eventually("\(password) is noticed") {
                    try await kept.live("configmap/web", "data", "url")?.string == "https://u:\(password)@example.com"
                }
            }
            try await allow(kept, "get")
            let manifests = Self.manifests.replacing("level: \"${LEVEL}\"", with: "level: info")
            try await kept.repository.commit(["deploy/web.yaml": manifests])
            try await kept.apply()
            try await kept.ready("Succeeded")
            try await kept.patch(
                "app",
                #"{"destination":{"serviceAccountName":"deployer"},"source":{"substitute":{"from":[{"kind":"Secret","name":"keys"}]}}}"#)
            try await kept.ready("not RenderFailed")
            try await noticed(Self.first)
            try await noticed(Self.second)
            let asked = try await askedAtRest(kept)
            #expect(asked.contains { $0.verb == "get" && $0.name == "keys" } && asked.count { $0.verb == "list" } < 2, "\(asked)")

            // With the rights for it, it is watched from the next look on that is none for its values.
            try await allow(kept, "get, list, watch")
            try await kept.patch("app", #"{"timeout":"6m"}"#)
            let generation = try await kept.live("applications.belay.dev/app", "metadata", "generation")
            try await kept.eventually("the spec is known") { try await kept.status("observedGeneration") == generation }
            try await kept.ready("Succeeded")
            try await kept.eventually("the last look that was in line is over") { try await askedAtRest(kept).isEmpty }
            try await noticed(Self.first)
            try await expectNoSecret(kept)
        }
    }
}
