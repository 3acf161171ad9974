// The example that the demo plays through: its Application parses, its manifests render, its program answers.

import Foundation
import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite struct ExampleTests {
    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("examples/kubia")

    @Test func renders() throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent("application.yaml")))
        let application = try #require(try Application.parse(bytes, file: "application.yaml").first)
        #expect(application.source.path == "examples/kubia/deploy")
        var snapshot = try Snapshots.folder(Self.folder, path: "deploy")
        snapshot.path = "deploy"
        let objects = try Renderer(application: application).render(snapshot, discovery: nil)
        #expect(
            objects.map(\.key.description) == [
                "ConfigMap kubia/greeting", "Service kubia/kubia-http", "ReplicationController kubia/kubia",
            ])
        let controller = try #require(objects.last?.object)
        #expect(controller.value.at("spec", "replicas")?.int == 3)
        #expect(controller.label("app") == "kubia")
        #expect(objects[1].object.value.at("spec", "type")?.string == "LoadBalancer")
    }

    static let node = ["/usr/bin/node", "/usr/local/bin/node", "/opt/homebrew/bin/node"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: node != nil, "node is not installed"), .timeLimit(.minutes(20))) func answers() throws {
        let node = try #require(Self.node)
        let server = Process()
        server.executableURL = URL(fileURLWithPath: node)
        server.arguments = [Self.folder.appendingPathComponent("app/app.js").path]
        server.environment = ["PORT": "0"]
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        defer { server.terminate() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: " ").last ?? ""))

        let client = Process()
        client.executableURL = URL(fileURLWithPath: node)
        client.arguments = ["-e", "fetch('http://127.0.0.1:\(port)/').then(r => r.text()).then(t => process.stdout.write(t))"]
        let answer = Pipe()
        client.standardOutput = answer
        try client.run()
        let text = String(decoding: answer.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        client.waitUntilExit()
        #expect(
            text == "You've hit \(ProcessInfo.processInfo.hostName.split(separator: ".").first ?? "")\n"
                || text == "You've hit \(ProcessInfo.processInfo.hostName)\n")

        server.terminate()
        server.waitUntilExit()
        #expect(server.terminationStatus == 0)
    }
}
