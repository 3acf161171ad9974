// A case with a controller in place of the command line: what a case applies, an Application in the cluster asks for.

import Foundation
import StructuredData

/// One controller, with a journal of its own, that works when a step of a case says so and is suspended between: so it finds what a
/// command line run would find, and its rows are held against the same expectations.
struct CaseController: Sendable {
    /// What came of one step.
    struct Outcome: Sendable {
        var isReady: Bool
        /// As `belay show` tells the run; of several Applications a list, as `belay apply` tells it.
        var report: Value
        var message: String
    }

    private let scenario: Scenario
    private let process: Process
    /// Where the Applications are that a case describes by its options.
    private let home: String
    private let journal: String

    /// Why a case has nothing to say of a controller; nil where it has.
    static func obstacle(_ script: CaseScript) -> String? {
        var applies = 0
        for step in script.steps {
            switch step.action {
            case .belay(let words, let place):
                guard words.first == "apply" || words.first == "delete" else { continue }
                applies += 1
                if words.first == "delete" { return "it deletes the set by command" }
                if place.context != nil { return "it acts as another user" }
                if !place.machine.isEmpty { return "it is about several machines" }
                if !place.environment.isEmpty { return "it sets the program's environment" }
                let options = Set(words.filter { $0.hasPrefix("-") }).subtracting(["-f", "--approve", "--wait", "--timeout"])
                if let option = options.sorted().first { return "it uses \(option)" }
            case .kubectl(let words, let input, _):
                if (words + [input]).contains(where: { $0.contains("belay-app") }) { return "it is about the inventory's ConfigMap" }
            case .live(let targets), .eventually(let targets):
                if targets.contains(where: { $0.target.contains("belay-") }) { return "it is about the inventory's ConfigMap" }
            default: continue
            }
        }
        return applies == 0 ? "it applies nothing" : nil
    }

    /// Runs `body` with a controller.
    static func with<R>(_ script: CaseScript, _ scenario: Scenario, _ body: (CaseController) async throws -> R) async throws -> R {
        let usesFiles = script.steps.contains { step in
            if case .belay(let words, _) = step.action { words.contains("-f") } else { false }
        }
        let home = usesFiles ? scenario.namespace : scenario.namespace + "-home"
        for name in Set([home, home + "-lease"]) { try await makeNamespace(name, scenario) }
        let journal = scenario.cluster.scratch + "/controller-\(scenario.namespace).db"
        let program = scenario.program
        let process = try ChildProcess.start(
            "/usr/bin/env",
            program.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + [
                Scenario.binary("belay"), "controller", "--journal", journal, "--allow-file-repositories", "--namespace", home,
                "--lease-namespace", home + "-lease", "--health-address", "127.0.0.1:0",
            ], log: scenario.cluster.scratch + "/controller-\(scenario.namespace).log")
        let controller = CaseController(scenario: scenario, process: process, home: home, journal: journal)
        do {
            let result = try await body(controller)
            await controller.end()
            return result
        } catch {
            await controller.end()
            throw error
        }
    }

    private func end() async {
        await ChildProcess.end([process])
        // Nobody is left who would take the finalizers off.
        let names = try? await scenario.cluster.run(["get", "applications", "-n", home, "-o", "name"])
        for name in names?.output.split(separator: "\n") ?? [] {
            _ = try? await scenario.cluster.run([
                "patch", String(name), "-n", home, "--type=merge", "-p", #"{"metadata":{"finalizers":null}}"#,
            ])
            _ = try? await scenario.cluster.run(["delete", String(name), "-n", home, "--ignore-not-found", "--wait=false"])
        }
    }

    private static func makeNamespace(_ name: String, _ scenario: Scenario) async throws {
        let made = try await scenario.cluster.run(
            ["create", "-f", "-"], input: "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name)}\n")
        guard made.status == 0 else { throw TestSupportError("\(made)") }
    }

    // MARK: Steps

    /// Does what `belay apply` with these words would do.
    /// - Parameter words: filled in, without the verb.
    func apply(_ words: [String], name: String?, repository: String, path: String) async throws -> Outcome {
        var applications: [String] = []
        var files = words.indices.filter { words[$0] == "-f" }.compactMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
        if files.isEmpty {
            let file = scenario.cluster.scratch + "/\(name ?? scenario.name)-\(UUID().uuidString).yaml"
            try """
            apiVersion: belay.dev/v1alpha1
            kind: Application
            metadata: {name: \(name ?? scenario.name), namespace: \(home)}
            spec:
              source: {repoURL: "file://\(repository)", path: \(path)}
              destination: {namespace: \(scenario.namespace)}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            files = [file]
        }
        let approval = words.firstIndex(of: "--approve").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
        for file in files { applications.append(try await putSuspended(file)) }
        let wish = UUID().uuidString
        var spec: Value = ["suspend": .null]
        if words.contains("--wait") { spec.set(["wait": true], at: ["health"]) }
        if let index = words.firstIndex(of: "--timeout"), words.indices.contains(index + 1) {
            spec.set(.string(words[index + 1]), at: ["timeout"])
        }
        for application in applications {
            var annotations: Object = ["reconcile.belay.dev/requestedAt": .string(wish)]
            if let approval { annotations["belay.dev/approve-plan"] = .string(approval) }
            let patch: Value = [
                "metadata": ["annotations": .object(annotations)],
                "spec": spec,
            ]
            try await change(application, patch)
        }
        var outcomes: [Outcome] = []
        for application in applications { outcomes.append(try await outcome(of: application, wish)) }
        for application in applications { try await change(application, ["spec": ["suspend": ["reason": "between two steps"]]]) }
        guard outcomes.count != 1 else { return outcomes[0] }
        return Outcome(
            isReady: outcomes.allSatisfy(\.isReady), report: ["items": .array(outcomes.map(\.report))],
            message: outcomes.map(\.message).joined(separator: "; "))
    }

    /// A line about an Application of the controller as a command line run would have it, which has its Application in the namespace
    /// of its objects.
    func inScenario(_ line: String) -> String {
        line.replacingOccurrences(of: "\"\(home)/", with: "\"\(scenario.namespace)/")
    }

    /// All episodes that the controller recorded of the Application.
    func drift(of name: String?) async throws -> Value {
        try await scenario.program.run(["drift", "\(home)/\(name ?? scenario.name)", "--no-cluster", "--journal", journal, "-o", "json"])
            .json()
    }

    /// - Returns: its name.
    private func putSuspended(_ file: String) async throws -> String {
        let read = try await scenario.cluster.run(["create", "-n", home, "-f", file, "--dry-run=client", "-o", "json"])
        guard read.status == 0 else { throw TestSupportError("\(read)") }
        var value = try read.json()
        value.set(["reason": "between two steps"], at: ["spec", "suspend"])
        let applied = try await scenario.cluster.run(
            ["apply", "-n", home, "-f", "-", "--server-side", "--force-conflicts", "--field-manager=case"],
            input: String(decoding: JSON.write(value), as: UTF8.self))
        guard applied.status == 0 else { throw TestSupportError("\(applied)") }
        return value.at("metadata", "name")?.string ?? ""
    }

    private func change(_ application: String, _ patch: Value) async throws {
        let text = String(decoding: JSON.write(patch), as: UTF8.self)
        let changed = try await scenario.cluster.run(["patch", "application", application, "-n", home, "--type=merge", "-p", text])
        guard changed.status == 0 else { throw TestSupportError("\(changed)") }
    }

    /// Waits until the wish was answered and the run has ended.
    private func outcome(of application: String, _ wish: String) async throws -> Outcome {
        var status: Value = .null
        func condition(_ type: String) -> Value? { (status["conditions"]?.array ?? []).first { $0["type"]?.string == type } }
        do {
            try await Wait.until("the controller answers for \(application)") {
                let read = try await scenario.cluster.run(["get", "application", application, "-n", home, "-o", "json"])
                guard read.status == 0 else { return false }
                status = try read.json()["status"] ?? .null
                return status["lastHandledReconcileAt"]?.string == wish && condition("Reconciling")?["status"] == "False"
            }
        } catch {
            let log =
                (try? String(contentsOfFile: scenario.cluster.scratch + "/controller-\(scenario.namespace).log", encoding: .utf8)) ?? ""
            throw TestSupportError("\(error); status \(CaseText.json(status)); log:\n\(log)")
        }
        var report: Value = [:]
        // What happens meanwhile may have begun another run by now.
        let runs = status["runs"]?.array ?? []
        let asked = runs.first { ["sync", "approve"].contains($0["trigger"]?.string) } ?? runs.first
        if let run = asked?["id"]?.string {
            report = try await scenario.program.run(["show", run, "--journal", journal, "-o", "json"]).json()
        }
        return Outcome(
            isReady: condition("Ready")?["status"] == "True", report: report, message: condition("Ready")?["message"]?.string ?? "")
    }
}
