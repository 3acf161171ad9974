// belay install: what is exported, what it may do, and that the pages have every field of the definitions.

import BelayCommands
import Foundation
import StructuredData
import Testing

@Suite struct InstallTests {
    private func exported(_ flags: String...) async throws -> [Value] {
        let run = try await withProgram { program in await program.run(words: ["install", "--export"] + flags) }
        #expect(run.status == 0, "\(run.error)")
        return try YAML.read(Array(run.output.utf8), file: "export").map(\.value)
    }

    private func rules(_ objects: [Value], named name: String? = nil) -> [Value] {
        objects.filter {
            ["Role", "ClusterRole"].contains($0["kind"]?.string) && (name == nil || $0.at("metadata", "name")?.string == name)
        }
        .flatMap { $0["rules"]?.array ?? [] }
    }

    private func texts(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    @Test func exportNeedsNoClusterAndIsRead() async throws {
        let objects = try await exported()
        #expect(
            objects.compactMap { $0["kind"]?.string } == [
                "CustomResourceDefinition", "CustomResourceDefinition", "Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding",
                "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ClusterRole",
                "PersistentVolumeClaim", "Deployment",
            ])
        #expect(objects == Installation().objects)
    }

    @Test func nobodyMayMoreThanIsSaid() async throws {
        let least = try await exported("--least-rights")
        let all = rules(least)
        #expect(!all.contains { texts($0["apiGroups"]).contains("*") || texts($0["resources"]).contains("*") })
        let verbs = Set(rules(try await exported()).flatMap { texts($0["verbs"]) })
        #expect(verbs.isDisjoint(with: ["*", "deletecollection", "bind", "escalate"]))
        // Secrets are read by name; who may list them sees them all.
        for rule in all where texts(rule["resources"]).contains("secrets") { #expect(texts(rule["verbs"]) == ["get"]) }
        let impersonating = all.filter { texts($0["verbs"]).contains("impersonate") }
        #expect(impersonating.count == 1 && texts(impersonating.first?["resources"]) == ["serviceaccounts"])
        // Who may edit a namespace is not given the controller's rights by an Application.
        #expect(!least.contains { $0.at("metadata", "labels")?.object?.keys.contains { $0.hasSuffix("aggregate-to-edit") } ?? false })
        let watching = try await exported("--least-rights", "--watch-namespace", "team")
        #expect(watching.filter { $0["kind"]?.string == "ClusterRole" }.compactMap { $0.at("metadata", "name")?.string } == ["belay-view"])
        let namespaces = watching.filter { $0["kind"]?.string == "Role" }.compactMap { $0.at("metadata", "namespace")?.string }
        #expect(namespaces == ["team", "team", "belay-system"])
    }

    @Test func thePodIsRestricted() async throws {
        let deployment = try #require(try await exported().last)
        let pod = try #require(deployment.at("spec", "template", "spec"))
        #expect(pod.at("securityContext", "runAsNonRoot")?.bool == true)
        #expect(pod.at("securityContext", "seccompProfile", "type")?.string == "RuntimeDefault")
        let container = try #require(pod["containers"]?[0])
        #expect(container.at("securityContext", "readOnlyRootFilesystem")?.bool == true)
        #expect(container.at("securityContext", "allowPrivilegeEscalation")?.bool == false)
        #expect(container.at("securityContext", "capabilities", "drop") == ["ALL"])
        #expect(container.at("livenessProbe", "httpGet", "path")?.string == "/healthz")
        #expect(container.at("readinessProbe", "httpGet", "path")?.string == "/readyz")
        #expect(container["ports"]?[0]?["containerPort"]?.int == 8081)
        #expect(deployment.at("spec", "strategy", "type")?.string == "Recreate")
    }

    @Test(arguments: [
        (["--default-service-account", "A"], "--default-service-account"), (["--watch-namespace", "A"], "--watch-namespace"),
        (["-n", "A"], "--namespace"), (["--image", ""], "--image"), (["--image", "a b"], "--image"), (["--timeout", "5"], "no unit"),
    ])
    func refusesFlags(_ flags: [String], _ message: String) async throws {
        try await withProgram { program in
            let run = await program.run(words: ["install", "--export"] + flags)
            #expect(run.status == 2 && run.output.isEmpty && run.error.contains(message), "\(run)")
        }
    }

    // MARK: - The page

    /// One row for each field: path, what it takes, default, meaning.
    private func rows(_ schema: Value, _ path: String, required: Bool = false) -> [String] {
        let isList = schema["type"]?.string == "array"
        var rows =
            path.isEmpty
            ? [] : ["| `\(path)` | \(kind(schema))\(required ? ", required" : "") | \(fallback(schema)) | \(description(schema)) |"]
        let inner = isList ? schema["items"] ?? .null : schema
        let needed = texts(inner["required"])
        for entry in inner["properties"]?.object?.entries ?? [] {
            let place = path.isEmpty ? entry.key : "\(path)\(isList ? "[]" : "").\(entry.key)"
            rows += self.rows(entry.value, place, required: needed.contains(entry.key))
        }
        return rows
    }

    private func kind(_ schema: Value) -> String {
        if let words = schema["enum"]?.array { return words.compactMap(\.string).map { "`\($0)`" }.joined(separator: ", ") }
        switch schema["type"]?.string {
        case "string":
            if schema["format"]?.string == "date-time" { return "time" }
            return "text" + (schema["maxLength"]?.int.map { " of at most \($0)" } ?? "")
        case "integer":
            guard let low = schema["minimum"]?.int, let high = schema["maximum"]?.int else { return "number" }
            return "number, \(low) to \(high)"
        case "boolean": return "boolean"
        case "array":
            return "list of at most \(schema["maxItems"]?.int ?? 0)" + (schema.at("items", "type")?.string == "object" ? " maps" : "")
        default: return "map"
        }
    }

    private func fallback(_ schema: Value) -> String {
        switch schema["default"] {
        case .string(let text)?: "`\(text)`"
        case .bool(let bool)?: "`\(bool)`"
        case .int(let number)?: "`\(number)`"
        default: ""
        }
    }

    /// With what people are told who break a rule.
    private func description(_ schema: Value) -> String {
        let text = schema["description"]?.string ?? ""
        #expect(!text.isEmpty)
        return text.replacing("|", with: "\\|")
    }

    @Test func thePageHasEveryField() throws {
        let path = repositoryRoot().appendingPathComponent("docs/reference/application.md")
        var page = String(decoding: try Data(contentsOf: path), as: UTF8.self)
        for (mark, definition, skipped) in [
            ("spec", Definitions.applications, ["apiVersion", "kind", "metadata", "status"]),
            ("status", Definitions.applications, ["apiVersion", "kind", "metadata", "spec"]),
            ("driftreport", Definitions.driftReports, ["apiVersion", "kind", "metadata"]),
        ] {
            var schema = try #require(definition.at("spec", "versions")?[0]?.at("schema", "openAPIV3Schema"))
            for name in skipped { schema.set(nil, at: ["properties", name]) }
            let table = "| field | value | default | meaning |\n|---|---|---|---|\n" + rows(schema, "").joined(separator: "\n") + "\n"
            let begin = "<!-- \(mark): made by the test of belay install from the definitions -->\n"
            let end = "<!-- end of \(mark) -->"
            let from = try #require(page.range(of: begin)), to = try #require(page.range(of: end))
            if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
                page.replaceSubrange(from.upperBound..<to.lowerBound, with: table)
            } else {
                #expect(page[from.upperBound..<to.lowerBound] == table, "UPDATE_GOLDEN=1 writes the table \(mark) of \(path.path)")
            }
        }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(page.utf8).write(to: path) }
    }

    // MARK: - Examples

    /// Fields of a value that the schema has not.
    private func unknown(_ value: Value, _ schema: Value, _ place: String) -> [String] {
        if let elements = value.array { return elements.flatMap { unknown($0, schema["items"] ?? .null, place + "[]") } }
        return (value.object?.entries ?? []).flatMap { entry -> [String] in
            guard let property = schema["properties"]?[entry.key] else { return ["\(place).\(entry.key)"] }
            return unknown(entry.value, property, "\(place).\(entry.key)")
        }
    }

    @Test func everyFieldOfTheExamplesIsInTheSchema() throws {
        let schema = try #require(
            Definitions.applications.at("spec", "versions")?[0]?.at("schema", "openAPIV3Schema", "properties", "spec"))
        var files = 0
        for folder in ["docs", "examples", "Tests/Cases", "Tests/RenderingTests/Fixtures"] {
            let root = repositoryRoot().appendingPathComponent(folder)
            let paths = FileManager.default.enumerator(atPath: root.path)
            while let path = paths?.nextObject() as? String {
                guard [".md", ".yaml"].contains(where: path.hasSuffix),
                    let data = FileManager.default.contents(atPath: root.path + "/" + path)
                else { continue }
                for spec in specs(String(decoding: data, as: UTF8.self)) {
                    files += 1
                    #expect(unknown(spec, schema, "spec") == [], "\(folder)/\(path)")
                }
            }
        }
        #expect(files >= 5, "the examples were not found")
        // What the reader refuses is refused here, too.
        #expect(unknown(["snyc": [:], "sync": ["purne": true]], schema, "spec") == ["spec.snyc", "spec.sync.purne"])
    }

    /// The specs of Applications in a text: from the line `apiVersion: belay.dev/v1alpha1` as far as the indentation lasts.
    private func specs(_ text: String) -> [Value] {
        var found: [Value] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.drop(while: { $0 == " " }) == "apiVersion: belay.dev/v1alpha1" {
            let indent = line.prefix { $0 == " " }
            let block = lines[index...].prefix { line in
                (line.hasPrefix(indent) || line.isEmpty) && !line.dropFirst(indent.count).hasPrefix("---") && !line.hasPrefix("```")
            }
            let document = block.map { $0.dropFirst(indent.count) }.joined(separator: "\n")
            guard let value = try? YAML.read(Array(document.utf8), file: "example").first?.value, value["kind"]?.string == "Application",
                let spec = value["spec"]
            else { continue }
            found.append(spec)
        }
        return found
    }
}
