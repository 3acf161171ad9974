// Variables from the command line: values of the Application, of a ConfigMap and of a Secret, and the Secret's seen by nobody.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite struct SubstitutionTests {
    private static let first = "s3cr3t-canary-one"
    private static let second = "s3cr3t-canary-two"
    private static let byHand = "s3cr3t-canary-by-hand"

    private static let manifests = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {level: "${LEVEL}"}}
        spec:
          replicas: ${REPLICAS}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: "registry.example.com/web:${TAG:-1}"
                env: [{name: OPEN, value: "${LEVEL}"}, {name: PASSWORD, value: "p=${PASSWORD}"}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: script, annotations: {belay.dev/substitute: disabled}}
        data: {run: "echo ${HOME}"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: copy}
        stringData: {password: "${PASSWORD}"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: url}
        data:
          url: "https://u:${PASSWORD}@example.com"
          list: |
            a $${b}

        """

    private func application(_ team: Scenario, _ more: String = "") throws -> String {
        let file = team.home + "/app.yaml"
        try FileManager.default.createDirectory(atPath: team.home, withIntermediateDirectories: true)
        let text = """
            apiVersion: belay.dev/v1alpha1
            kind: Application
            metadata: {name: app, namespace: \(team.namespace)}
            spec:
              source:
                repoURL: \(team.repository.path)
                path: deploy
                substitute:
                  values: {REPLICAS: "0"\(more)}
                  from: [{kind: ConfigMap, name: settings}, {kind: Secret, name: keys}, {kind: Secret, name: none, optional: true}]
              destination: {namespace: \(team.namespace)}

            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    private func set(_ team: Scenario, password: String, level: String = "info") async throws {
        let text = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {LEVEL: \(level), REPLICAS: "5", not-a-name: x}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: keys}
            stringData: {PASSWORD: \(password)}
            """
        let made = try await team.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input: text)
        #expect(made.status == 0, "\(made)")
    }

    private func expectNoSecret(_ results: [ProgramResult], below home: String) {
        var texts = results.map { ($0.command, $0.output + $0.errors) }
        let files = FileManager.default.enumerator(atPath: home)
        while let file = files?.nextObject() as? String {
            guard let data = FileManager.default.contents(atPath: home + "/" + file) else { continue }
            texts.append((file, String(decoding: data, as: UTF8.self)))
        }
        for secret in [Self.first, Self.second, Self.byHand] {
            let inBase64 = Data(secret.utf8).base64EncodedString().prefix { $0 != "=" }.dropLast()
            for (place, text) in texts {
                #expect(!text.contains(secret), "\(secret) came out in \(place)")
                #expect(!text.contains(inBase64), "\(secret) came out in \(place) as Base64")
            }
        }
    }

    @Test func valuesComeFromTheClusterAndSecretsAreSeenByNobody() async throws {
        try await withScenario { team in
            try await team.makeNamespace()
            try await team.repository.commit(["deploy/all.yaml": Self.manifests])
            let file = try application(team)
            var said: [ProgramResult] = []

            // What is missing is told before anything is written; without a cluster it is told what was not asked.
            let missing = try await team.run("apply", "-f", file)
            #expect(missing.status == 2, "\(missing)")
            for kind in ["ConfigMap \(team.namespace)/settings", "Secret \(team.namespace)/keys"] {
                #expect(missing.says("there is no \(kind), which spec.source.substitute.from names"), "\(missing)")
            }
            #expect(!missing.says("none"), "what is optional may be missing: \(missing)")
            let rendered = try await team.run("render", "-f", file)
            #expect(rendered.status == 2, "\(rendered)")
            #expect(rendered.says("deploy/all.yaml:13:"), "\(rendered)")
            #expect(rendered.says("Deployment web: spec.template.spec.containers[0].env[0].value has the variable LEVEL"), "\(rendered)")
            #expect(rendered.says("no cluster was asked for ConfigMap settings, Secret keys, Secret none"), "\(rendered)")
            #expect(try await team.run("validate", "-f", file).status == 2)
            #expect(try await team.run("validate", "-f", try application(team, ", LEVEL: info, PASSWORD: x")).status == 0)
            _ = try application(team)

            try await set(team, password: Self.first)
            for format in ["table", "wide", "json", "yaml", "markdown"] {
                said.append(try await team.run("diff", "-f", file, "-o", format))
            }
            said.append(try await team.run("apply", "-f", file))
            #expect(said.last?.status == 0, "\(said)")
            let web = try await team.object("deployment/web")
            #expect(web?.at("spec", "replicas") == 0, "values win over from")
            #expect(web?.at("metadata", "labels", "level") == "info")
            let container = web?.at("spec", "template", "spec", "containers")?[0]
            #expect(container?["image"] == "registry.example.com/web:1")
            #expect(container?["env"]?[1]?["value"]?.string == "p=\(Self.first)")
            #expect(try await team.object("configmap/script")?.at("data", "run") == "echo ${HOME}")
            #expect(try await team.object("configmap/url")?.at("data", "list") == "a ${b}\n")
            #expect(
                try await team.object("secret/copy")?.at("data", "password")?.string == Data(Self.first.utf8).base64EncodedString())

            // Nothing changed: nothing is to be done.
            let again = try await team.run("apply", "-f", file, "-o", "json")
            #expect(again.status == 0, "\(again)")
            #expect(try operations(again.json(), "unchanged").count == 4, "\(again)")
            said.append(again)

            // Other values, and a hand on what came from the Secret.
            try await set(team, password: Self.second, level: "debug")
            let patch = #"{"data":{"url":"https://u:\#(Self.byHand)@example.com","other":"open"}}"#
            #expect(try await team.kubectl("patch", "configmap/url", "--type=merge", "-p", patch).status == 0)
            let report = try await team.run("diff", "-f", file, "-o", "json")
            #expect(report.status == 1, "\(report)")
            let changed = try changes(report.json())
            #expect(changed.contains { $0.to == "debug" }, "\(changed)")
            let url = changed.filter { $0.path == "data.url" }
            #expect(
                url.count == 1 && url.allSatisfy { (String(describing: $0.from) + String(describing: $0.to)).contains("REDACTED(") },
                "\(url)")
            let password = changed.first { $0.path.contains("name=PASSWORD") }
            #expect(
                password?.from?.string?.hasPrefix("REDACTED(") == true && password?.to?.string?.hasPrefix("REDACTED(") == true, "\(changed)"
            )
            #expect(password?.from != password?.to, "a change is seen")
            #expect(changed.contains { $0.path.contains("name=OPEN") && $0.to == "debug" }, "\(changed)")
            said.append(report)
            for format in ["table", "wide", "yaml", "markdown"] { said.append(try await team.run("diff", "-f", file, "-o", format)) }
            said.append(try await team.run("apply", "-f", file))
            #expect(said.last?.status == 0, "\(said)")
            #expect(
                try await team.object("configmap/url")?.at("data", "url")?.string == "https://u:\(Self.second)@example.com")
            #expect(
                try await team.object("secret/copy")?.at("data", "password")?.string == Data(Self.second.utf8).base64EncodedString())

            #expect(
                try await team.object("configmap/url")?.at("metadata", "annotations", "belay.dev/secret-fields") == #"[["data","url"]]"#)

            // Nothing is substituted any more, and nobody reads the Secret: what came from it is known by its place.
            let offFile = file.replacing("app.yaml", with: "off.yaml")
            let off = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
                .filter { !$0.contains("substitute:") && !$0.contains("values:") && !$0.contains("from:") }
            try off.joined(separator: "\n").write(toFile: offFile, atomically: true, encoding: .utf8)
            try await team.repository.commit([
                "deploy/all.yaml": Self.manifests.replacing("${REPLICAS}", with: "0").replacing("level: \"${LEVEL}\"", with: "level: debug")
            ])
            for format in ["table", "wide", "json", "yaml", "markdown"] {
                said.append(try await team.run("diff", "-f", offFile, "-o", format))
                #expect(said.last?.status == 1 && said.last?.says("${PASSWORD}") == true, "\(said)")
            }

            // Git uses it no more: what stood there until now is the Secret's all the same.
            try await team.repository.commit([
                "deploy/all.yaml": Self.manifests.replacing("p=${PASSWORD}", with: "open").replacing("u:${PASSWORD}@", with: "")
            ])
            for format in ["table", "json"] { said.append(try await team.run("diff", "-f", file, "-o", format)) }

            // The server refuses an object, and its words are withheld.
            try await team.repository.commit([
                "deploy/all.yaml": Self.manifests.replacing("replicas: ${REPLICAS}", with: "replicas: ${PASSWORD}")
            ])
            let refused = try await team.run("diff", "-f", file)
            #expect(refused.status == 2, "\(refused)")
            #expect(refused.says("withheld"), "\(refused)")
            said.append(refused)
            said.append(try await team.run("apply", "-f", file))
            #expect(said.last?.status != 0)

            let name = "\(team.namespace)/app"
            for verb in ["history", "drift", "inventory"] { said.append(try await team.run(verb, name, "-o", "json")) }
            for run in try await team.run("history", name, "-o", "name").output.split(separator: "\n") {
                said.append(try await team.run("show", String(run), "-o", "json"))
            }
            expectNoSecret(said, below: team.home)
        }
    }
}
