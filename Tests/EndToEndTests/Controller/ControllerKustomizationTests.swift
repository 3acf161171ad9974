// Many Applications on overlays of one base: a commit works on those that read what it changed, and asks nothing of the others.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct ControllerKustomizationTests {
    /// `BELAY_OVERLAYS` for many more.
    private static let count = max(10, ProcessInfo.processInfo.environment["BELAY_OVERLAYS"].flatMap { Int($0) } ?? 20)

    private static func overlay(_ number: Int) -> String {
        "namespace: \(target(number))\nresources:\n- ../../base\n- own.yaml\n"
    }
    private static func target(_ number: Int) -> String { "TARGET-\(number)" }

    /// Has each overlay's objects in a namespace of its own, which the Application makes.
    private func withOverlays(_ body: (KeptScenario, _ first: String) async throws -> Void) async throws {
        try await withController { kept in
            var files = [
                "base/kustomization.yaml": "resources:\n- web.yaml\n", "base/web.yaml": Manifests.configMap("web"),
                "base/readme.md": "about\n",
            ]
            for number in 0..<Self.count {
                let text = Self.overlay(number).replacing("TARGET", with: kept.namespace)
                files["overlays/o\(number)/kustomization.yaml"] = text
                files["overlays/o\(number)/own.yaml"] = Manifests.configMap("own", "\(number)")
            }
            let first = try await kept.repository.commit(files)
            for number in 0..<Self.count {
                try await kept.apply(
                    "o\(number)", path: "overlays/o\(number)", destination: "\(kept.namespace)-\(number)",
                    "sync: {createNamespace: true}")
            }
            for number in 0..<Self.count { try await kept.applied(first, of: "o\(number)", for: .seconds(600)) }
            try await body(kept, first)
        }
    }

    /// The writes to members during `body`, as `namespace/name`, and all else that is asked of the server, but for leases and watches.
    private func asked(_ kept: KeptScenario, _ body: () async throws -> Void) async throws -> (
        written: Set<String>, others: [ServerRequest]
    ) {
        let sent = try await kept.team.cluster.requests(of: "belay", during: body).filter { $0.resource != "leases" && $0.verb != "watch" }
        let written = sent.filter { $0.isWrite && $0.resource == "configmaps" }
        return (
            Set(written.map { "\($0.namespace.dropFirst(kept.namespace.count + 1))/\($0.name)" }), sent.filter { !written.contains($0) }
        )
    }

    private func live(_ kept: KeptScenario, _ number: Int, _ name: String) async throws -> String? {
        let found = try await kept.team.cluster.kubectl(
            "-n", "\(kept.namespace)-\(number)", "get", "configmap/\(name)", "-o", "jsonpath={.data.level}")
        return found.status == 0 ? found.output : nil
    }

    @Test func aCommitWorksOnThoseThatReadWhatItChanged() async throws {
        try await withOverlays { kept, first in
            #expect(try await live(kept, 7, "web") == "1")
            #expect(try await live(kept, 7, "own") == "7")

            // One overlay: one Application.
            var commit = ""
            let one = try await asked(kept) {
                commit = try await kept.repository.commit(["overlays/o7/own.yaml": Manifests.configMap("own", "70")])
                try await kept.applied(commit, of: "o7")
            }
            #expect(one.written == ["7/own"])
            #expect(
                one.others.allSatisfy { $0.name.isEmpty || ["o7", "own"].contains($0.name) || $0.resource == "events" }, "\(one.others)")
            #expect(try await kept.history("o7").count == 2)
            #expect(try await kept.history("o8").count == 1)
            #expect(try await kept.status("lastAppliedRevision", of: "o8") == .string("main@sha1:\(first)"))

            // A file that nobody reads: nothing at all.
            let none = try await asked(kept) {
                let seen = try await kept.repository.commit(["base/readme.md": "more\n", "overlays/o3/readme.md": "more\n"])
                try await kept.eventually("the commit is seen") { kept.controller.log.contains(seen) }
                // The look after it has come to nothing as well.
                let next = try await kept.repository.commit(["readme.md": "more\n"])
                try await kept.eventually("the commit is seen") { kept.controller.log.contains(next) }
            }
            #expect(none.written == [])
            #expect(none.others == [])

            // The base: all of them.
            let all = try await asked(kept) {
                commit = try await kept.repository.commit(["base/web.yaml": Manifests.configMap("web", "2")])
                for number in 0..<Self.count { try await kept.applied(commit, of: "o\(number)", for: .seconds(120)) }
            }
            #expect(all.written == Set((0..<Self.count).map { "\($0)/web" }))
            for number in 0..<Self.count { #expect(try await live(kept, number, "web") == "2") }
        }
    }

    @Test func aBaseThatBreaksAndIsMendedAndAFileThatComesToBe() async throws {
        try await withController { kept in
            let good = try await kept.repository.commit([
                "base/kustomization.yaml": "resources:\n- web.yaml\n", "base/web.yaml": Manifests.configMap("web"),
                "deploy/kustomization.yaml": "resources:\n- ../base\n",
            ])
            try await kept.apply()
            try await kept.applied(good)
            let broken = try await kept.repository.commit(["base/kustomization.yaml": "resources:\n- web.yaml\n- more.yaml\n"])
            try await kept.ready("not RenderFailed: main@sha1:\(broken)")
            #expect(try await kept.condition().contains("base/kustomization.yaml:3:3"))
            #expect(try await kept.live("configmap/web", "data", "level") == "1")
            // What was looked for and was not there counts as looked at.
            let mended = try await kept.repository.commit(["base/more.yaml": Manifests.configMap("more")])
            try await kept.applied(mended)
            #expect(try await kept.live("configmap/more", "data", "level") == "1")
            // After a restart nothing is known, and nothing is written.
            _ = try await kept.controller.stop()
            try kept.controller.start()
            let last = try await kept.repository.commit(["base/web.yaml": Manifests.configMap("web", "3")])
            try await kept.applied(last)
            #expect(try await kept.live("configmap/web", "data", "level") == "3")
            #expect(try await kept.live("configmap/web", "metadata", "annotations", "belay.dev/source") == "base/web.yaml")
        }
    }

    @Test func inManualModeACommitToTheBaseWaitsAndARestartDoesNot() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "base/kustomization.yaml": "resources:\n- web.yaml\n", "base/web.yaml": Manifests.configMap("web"),
                "deploy/kustomization.yaml": "resources:\n- ../base\n",
            ])
            try await kept.apply("app", "sync: {mode: Manual}")
            try await kept.ready("not Held: main@sha1:\(first) waits for belay sync app")
            try await kept.annotate("app", "reconcile.belay.dev/requestedAt=2026-01-01T00:00:00.001Z")
            try await kept.applied(first)
            _ = try await kept.controller.stop()
            try await kept.repository.commit(["readme.md": "nobody reads this\n"])
            try await kept.kubectl("patch", "configmap/web", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try kept.controller.start()
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/web", "data", "level") == "1" }
            #expect(try await kept.status("pendingRevision") == nil)
            #expect(try await kept.condition().hasPrefix("Succeeded: "))
            let second = try await kept.repository.commit(["base/web.yaml": Manifests.configMap("web", "2")])
            try await kept.eventually("the commit waits visibly") {
                try await kept.status("pendingRevision") == .string("main@sha1:\(second)")
            }
            #expect(try await kept.live("configmap/web", "data", "level") == "1")
            try await kept.annotate("app", "reconcile.belay.dev/requestedAt=2026-01-01T00:00:00.002Z")
            try await kept.applied(second)
            #expect(try await kept.live("configmap/web", "data", "level") == "2")
        }
    }
}
