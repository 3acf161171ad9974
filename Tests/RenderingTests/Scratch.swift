import Foundation
import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite struct Scratch {
    @Test func run() throws {
        let env = ProcessInfo.processInfo.environment
        guard let dir = env["SCRATCH"] else { return }
        let snapshot = try Snapshots.folder(URL(fileURLWithPath: dir))
        var app = Application(namespace: "belay", name: "x", source: .init(repoURL: "/r"), destination: .init(namespace: "ns"))
        app.source.exclude = (env["EXCLUDE"] ?? "").split(separator: ",").map(String.init)
        do throws(RenderingFailure) {
            let objects = try Renderer(application: app).render(snapshot, discovery: nil)
            print("OBJECTS \(dir) \(objects.count) files \(snapshot.files.count)")
            if env["SHOW"] != nil { for o in objects { print("# \(o.location)\n" + YAML.write(o.object.value) + "---") } }
        } catch {
            print("FAILED \(dir) \(error.findings.count) files \(snapshot.files.count)")
            for f in error.findings { print("F", f) }
        }
    }
}
