// One folder a behaviour: `source/` goes in, `objects.yaml` or `findings.txt` comes out. UPDATE_GOLDEN=1 writes what came out.

import Foundation
import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite struct GoldenTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()

    @Test(arguments: names) func fixture(_ name: String) throws {
        let folder = GoldenTests.fixtures.appendingPathComponent(name)
        let settings = try GoldenSettings(folder)
        let snapshot = try Snapshots.folder(folder.appendingPathComponent("source"), path: settings.application.source.path)
        let output: (file: String, text: String)
        do throws(RenderingFailure) {
            let objects = try Renderer(application: settings.application).render(snapshot, discovery: settings.discovery)
            output = ("objects.yaml", objects.map { "# \($0.location)\n\(YAML.write($0.object.value))" }.joined(separator: "---\n"))
        } catch {
            output = ("findings.txt", error.description + "\n")
        }
        let expected = folder.appendingPathComponent(output.file)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            for file in ["objects.yaml", "findings.txt"] { try? FileManager.default.removeItem(at: folder.appendingPathComponent(file)) }
            try Data(output.text.utf8).write(to: expected)
        }
        let wanted = (try? String(contentsOf: expected, encoding: .utf8)) ?? "(there is no \(expected.lastPathComponent))"
        #expect(output.text == wanted)
        let other = folder.appendingPathComponent(output.file == "objects.yaml" ? "findings.txt" : "objects.yaml")
        #expect(!FileManager.default.fileExists(atPath: other.path), "the fixture expects \(other.lastPathComponent)")
    }

    /// What was rendered, written as YAML, renders to the same objects.
    @Test(arguments: names) func renderingTwiceChangesNothing(_ name: String) throws {
        let folder = GoldenTests.fixtures.appendingPathComponent(name)
        let settings = try GoldenSettings(folder)
        let snapshot = try Snapshots.folder(folder.appendingPathComponent("source"), path: settings.application.source.path)
        guard let objects = try? Renderer(application: settings.application).render(snapshot, discovery: settings.discovery) else { return }
        let text = objects.map { YAML.write($0.object.value) }.joined(separator: "---\n")
        var application = settings.application
        application.source = Application.Source(repoURL: "/repo")
        let again = try Renderer(application: application).render(Snapshots.texts(["all.yaml": text]), discovery: settings.discovery)
        #expect(again.map(\.object) == objects.map(\.object))
        #expect(again.map(\.key) == objects.map(\.key))
    }

    @Test func thereAreFixtures() { #expect(GoldenTests.names.count > 20) }
}

/// The Application and the cluster of a fixture: `settings.yaml` with `path`, `include`, `exclude`, `namespace` and `serves`
/// (lines of `APIVERSION KIND n|c`), all of them optional.
struct GoldenSettings {
    var application: Application
    var discovery: Discovery?

    init(_ folder: URL) throws {
        application = Application(
            namespace: "belay", name: "kubia", source: Application.Source(repoURL: "/repo"),
            destination: Application.Destination(namespace: "kubia"))
        let file = folder.appendingPathComponent("settings.yaml")
        guard let data = try? Data(contentsOf: file), let value = try YAML.read(Array(data), file: "settings.yaml").first?.value else {
            return
        }
        func texts(_ key: String) -> [String] { (value[key]?.array ?? []).compactMap(\.string) }
        application.source.path = value["path"]?.string ?? ""
        application.source.include = texts("include")
        application.source.exclude = texts("exclude")
        application.destination.namespace = value["namespace"]?.string ?? "kubia"
        if value["serves"] != nil || value["incomplete"] != nil {
            let resources = texts("serves").compactMap { line -> APIResource? in
                let words = line.split(separator: " ").map(String.init)
                guard words.count >= 3, let type = GroupVersionKind(apiVersion: words[0], kind: words[1]) else { return nil }
                return APIResource(
                    groupVersionKind: type, resource: type.kind.lowercased() + "s", namespaced: words[2] == "n",
                    verbs: Set(words.dropFirst(3)))
            }
            discovery = Discovery(resources: resources, incompleteGroups: Set(texts("incomplete")))
        }
    }
}
