// charts/belay against belay install: the same definitions to the byte, the same objects, and values that the schema knows.

import BelayCommands
import Foundation
import StructuredData
import TestSupport
import Testing

@Suite struct ChartTests {
    private static let folder = repositoryRoot().appendingPathComponent("charts/belay")

    private func read(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: Self.folder.appendingPathComponent(file))) }

    /// What Helm's engine makes of the chart: for each of the values its objects, or why it refuses them.
    private func render(_ values: [Value], namespace: String = Installation.defaultNamespace) async throws -> [Value] {
        let wanted = values.map { values -> Value in ["name": "belay", "namespace": .string(namespace), "values": values] }
        return try await helm(wanted)
    }

    private func helm(_ wanted: [Value]) async throws -> [Value] {
        let result = try await Program(repositoryRoot().appendingPathComponent("scripts/helm").path)
            .run([], input: String(decoding: JSON.write(.array(wanted)), as: UTF8.self))
        try #require(result.status == 0, "\(result)")
        return try JSON.read(Array(result.output.utf8)).array ?? []
    }

    private func objects(_ answer: Value) throws -> [String: Value] {
        var objects: [String: Value] = [:]
        let manifests = try #require(answer["manifests"]?.object, "\(answer["error"]?.string ?? "")")
        for manifest in manifests where manifest.key.hasSuffix(".yaml") {
            for document in try YAML.read(Array((manifest.value.string ?? "").utf8), file: manifest.key) {
                objects[name(document.value)] = plain(document.value)
            }
        }
        return objects
    }

    private func name(_ object: Value) -> String {
        "\(object["kind"]?.string ?? "") \(object.at("metadata", "namespace")?.string ?? "")/\(object.at("metadata", "name")?.string ?? "")"
    }

    /// Without what only Helm writes.
    private func plain(_ object: Value) -> Value {
        var object = object
        for path in [["metadata"], ["spec", "template", "metadata"]] {
            var node: Value? = object
            for key in path { node = node?[key] }
            guard node != nil else { continue }
            for key in ["helm.sh/chart", "app.kubernetes.io/managed-by"] { object.set(nil, at: path + ["labels", key]) }
            if node?["annotations"] != nil {
                object.set(nil, at: path + ["annotations", "helm.sh/resource-policy"])
            }
        }
        if object.at("metadata", "annotations")?.object?.isEmpty ?? false { object.set(nil, at: ["metadata", "annotations"]) }
        return object
    }

    @Test func definitionsAreThoseOfTheProgram() async throws {
        for definition in Definitions.all {
            let file = "crds/\(definition.at("metadata", "name")?.string ?? "").yaml"
            let document = Installation.document(definition)
            if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
                try Data(document).write(to: Self.folder.appendingPathComponent(file))
            }
            #expect(try read(file) == document, "\(file) is not what belay install --crds-only prints (UPDATE_GOLDEN=1 writes it)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appendingPathComponent("crds").path).sorted()
        #expect(files == Definitions.all.compactMap { $0.at("metadata", "name")?.string }.map { $0 + ".yaml" })
        let committed = try files.map { String(decoding: try read("crds/" + $0), as: UTF8.self) }.joined()
        try await withProgram { program in
            let run = await program.run("install", "--export", "--crds-only")
            #expect(run.status == 0 && run.output == committed)
        }
    }

    @Test func versionsAreThoseOfTheProgram() throws {
        let chart = try #require(try YAML.read(read("Chart.yaml"), file: "Chart.yaml").first).value
        #expect(chart["version"]?.string == BelayVersion.current && chart["appVersion"]?.string == BelayVersion.current)
    }

    @Test func helmFindsNothingToComplainOf() async throws {
        #expect(try await helm([[:]]) == [["messages": []]])
    }

    struct Choice: Sendable, CustomTestStringConvertible {
        var values: Value
        var flags: [String]
        var namespace = Installation.defaultNamespace
        var testDescription: String { flags.isEmpty ? "defaults" : flags.joined(separator: " ") }
    }

    @Test(arguments: [
        Choice(values: [:], flags: []),
        Choice(values: ["controller": ["defaultServiceAccount": "deployer"]], flags: ["--default-service-account", "deployer"]),
        Choice(values: ["rbac": ["manageCluster": false]], flags: ["--least-rights"]),
        Choice(values: ["controller": ["watchNamespace": "team"]], flags: ["--watch-namespace", "team"]),
        Choice(values: ["controller": ["allowFileRepositories": true]], flags: ["--allow-file-repositories"]),
        Choice(
            values: ["image": ["repository": "registry.example.com/belay", "tag": "v9"]],
            flags: ["--image", "registry.example.com/belay:v9", "-n", "gitops"], namespace: "gitops"),
    ])
    func objectsAreThoseOfTheProgram(_ choice: Choice) async throws {
        let chart = try objects(try #require(try await render([choice.values], namespace: choice.namespace).first))
        let exported = try await withProgram { program in
            await program.run(words: ["install", "--export"] + choice.flags)
        }
        #expect(exported.status == 0, "\(exported.error)")
        var program: [String: Value] = [:]
        for document in try YAML.read(Array(exported.output.utf8), file: "export") { program[name(document.value)] = document.value }
        // Helm makes the namespace itself (--create-namespace), and has the definitions in a folder of their own.
        program = program.filter { !$0.key.hasPrefix("Namespace ") && !$0.key.hasPrefix("CustomResourceDefinition ") }
        #expect(Set(chart.keys) == Set(program.keys))
        for (name, object) in program {
            #expect(chart[name] == object, "\(name):\n\(YAML.write(chart[name] ?? .null))\n\(YAML.write(object))")
        }
    }

    @Test func whatOnlyHelmCanChoose() async throws {
        let rendered = try await render([
            ["networkPolicy": ["enabled": true, "from": [["namespaceSelector": [:]]]]],
            ["persistence": ["enabled": false]],
            [
                "persistence": ["existingClaim": "old"], "commonLabels": ["team": "a"], "tolerations": [["key": "a"]],
                "extraEnv": [["name": "A", "value": "b"]],
            ],
            ["serviceAccount": ["create": false]], ["serviceAccount": ["create": false, "name": "mine"]], ["rbac": ["create": false]],
        ])
        let policy = try objects(rendered[0])["NetworkPolicy belay-system/belay"]
        #expect(policy?.at("spec", "ingress")?[0]?["from"]?[0]?["namespaceSelector"] == [:])
        #expect(policy?.at("spec", "ingress")?[0]?["ports"]?[0]?["port"]?.string == "health")
        let forgetful = try objects(rendered[1])
        #expect(!forgetful.keys.contains { $0.hasPrefix("PersistentVolumeClaim") })
        #expect(forgetful["Deployment belay-system/belay"]?.at("spec", "template", "spec", "volumes")?[0]?["emptyDir"] != nil)
        let labelled = try objects(rendered[2])
        let pod = labelled["Deployment belay-system/belay"]?.at("spec", "template", "spec")
        #expect(pod?["volumes"]?[0]?.at("persistentVolumeClaim", "claimName")?.string == "old")
        #expect(
            pod?["tolerations"]?[0]?["key"]?.string == "a"
                && (pod?["containers"]?[0]?["env"]?.array?.contains(["name": "A", "value": "b"]) ?? false))
        #expect(labelled.values.allSatisfy { $0.at("metadata", "labels", "team")?.string == "a" })
        #expect(rendered[3]["error"]?.string?.contains("serviceAccount.name is needed") ?? false)
        #expect(try objects(rendered[4])["ClusterRoleBinding /belay"]?["subjects"]?[0]?["name"]?.string == "mine")
        #expect(
            try objects(rendered[5]).keys.sorted() == [
                "Deployment belay-system/belay", "PersistentVolumeClaim belay-system/belay-journal", "ServiceAccount belay-system/belay",
            ])
    }

    @Test func valuesThatTheSchemaDoesNotKnowAreRefused() async throws {
        let bad: [(Value, String)] = [
            (["replicaCount": 2], "replicaCount"), (["image": ["tga": "x"]], "tga"), (["rbac": ["create": "yes"]], "/rbac/create"),
            (["controller": ["watchNamespace": "Team"]], "/controller/watchNamespace"),
            (["image": ["pullPolicy": "Sometimes"]], "/image/pullPolicy"), (["image": ["digest": "latest"]], "/image/digest"),
            (["persistence": ["size": "much"]], "/persistence/size"),
            (["terminationGracePeriodSeconds": 0], "/terminationGracePeriodSeconds"),
            (["controller": ["extraArgs": [1]]], "/controller/extraArgs"), (["podLabels": ["a": 1]], "/podLabels"),
        ]
        for (answer, (values, place)) in zip(try await render(bad.map(\.0)), bad) {
            #expect(answer["error"]?.string?.contains(place) ?? false, "\(values): \(answer)")
        }
    }

    @Test func everyValueIsInTheSchemaAndTheOtherWayRound() throws {
        let values = try #require(try YAML.read(read("values.yaml"), file: "values.yaml").first).value
        let schema = try JSON.read(read("values.schema.json"))
        func compare(_ values: Value, _ schema: Value, _ place: String) {
            guard let properties = schema["properties"]?.object else { return }
            #expect(
                Set(properties.keys).subtracting(["global"]) == Set(values.object?.keys ?? []), "\(place) differs between values and schema"
            )
            #expect(schema["additionalProperties"]?.bool == false, "\(place) takes misspelt values")
            for entry in properties {
                let description = entry.value["description"]?.string ?? ""
                #expect(!description.isEmpty, "\(place).\(entry.key) has no description")
                if let value = values[entry.key] { compare(value, entry.value, "\(place).\(entry.key)") }
            }
        }
        compare(values, schema, "values")
    }
}
