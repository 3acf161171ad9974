// Plays a case on a cluster, step by step, and tells what came otherwise than its script says.

import Foundation
import StructuredData

/// One playing of a ``CaseScript``.
package struct CaseRun {
    package let script: CaseScript
    private let scenario: Scenario
    /// Repositories beside the scenario's own, by the name that the script gives them.
    private let others: [String: GitRepository]
    private var remembered: [String: String] = [:]
    /// Digest of the plan that was reported last.
    private var plan = ""
    /// What did not come as the script says, each with its place.
    package private(set) var failures: [String] = []
    /// What belay and kubectl were asked and said, in order.
    package private(set) var said: [ProgramResult] = []
    /// What each `belay diff` prints for people, in order; empty unless asked for.
    package private(set) var diffs: [ProgramResult] = []
    private let keepsDiffs: Bool
    /// What applies in place of the command line.
    private let controller: CaseController?

    private init(
        _ script: CaseScript, _ scenario: Scenario, others: [String: GitRepository], keepsDiffs: Bool, controller: CaseController?
    ) {
        self.script = script
        self.controller = controller
        self.keepsDiffs = keepsDiffs
        self.scenario = scenario
        self.others = others
    }

    /// Plays the whole script; stops at the first step that did not come as expected, since later ones build on it.
    /// - Parameter keepsDiffs: whether each `belay diff` runs once more, as a person would read it.
    /// - Throws: where a fixture fails, never for the product's behaviour.
    package static func play(_ script: CaseScript, on scenario: Scenario, keepsDiffs: Bool = false) async throws -> CaseRun {
        try await play(script, on: scenario, keepsDiffs: keepsDiffs, controller: nil)
    }

    /// Plays it with a controller in place of `belay apply`: rows, changes, drift and live objects must be the same. What is said and
    /// asked is not looked at, and other verbs are left out.
    /// - Returns: nil for a case that has nothing to say of a controller.
    package static func playWithController(_ script: CaseScript, on scenario: Scenario) async throws -> CaseRun? {
        guard CaseController.obstacle(script) == nil else { return nil }
        return try await CaseController.with(script, scenario) { controller in
            try await play(script, on: scenario, keepsDiffs: false, controller: controller)
        }
    }

    /// Why a case has nothing to say of a controller; nil where it has.
    package static func obstacleToController(_ script: CaseScript) -> String? { CaseController.obstacle(script) }

    private static func play(
        _ script: CaseScript, on scenario: Scenario, keepsDiffs: Bool, controller: CaseController?
    ) async throws -> CaseRun {
        let names = Set(
            script.steps.compactMap { step -> String? in
                switch step.action {
                case .commit(_, let repository, _): repository
                case .belay(_, let surroundings): surroundings.repository
                default: nil
                }
            }
        ).subtracting([""]).sorted()
        return try await withRepositories(names) { others in
            var run = CaseRun(script, scenario, others: others, keepsDiffs: keepsDiffs, controller: controller)
            for step in script.steps {
                try await run.take(step)
                if !run.failures.isEmpty { break }
            }
            return run
        }
    }

    private static func withRepositories(
        _ names: [String], _ body: ([String: GitRepository]) async throws -> CaseRun
    ) async throws -> CaseRun {
        guard let name = names.first else { return try await body([:]) }
        return try await withGitRepository { repository in
            try await withRepositories(Array(names.dropFirst())) { rest in
                try await body(rest.merging([name: repository]) { $1 })
            }
        }
    }

    private mutating func take(_ step: CaseScript.Step) async throws {
        switch step.action {
        case .commit(let files, let name, let message):
            let repository = repository(name)
            for file in files {
                if let text = file.text { try repository.write(file.file, filled(text)) } else { try repository.remove(file.file) }
            }
            try await repository.commit(message)
        case .files(let files):
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for file in files { try filled(file.text).write(toFile: folder + "/" + file.file, atomically: true, encoding: .utf8) }
        case .belay(let words, let surroundings):
            if let controller {
                try await controlled(by: controller, words, surroundings, step)
            } else {
                try await belay(words, surroundings, step)
            }
        case .kubectl(let words, let input, let editor):
            let result = try await kubectl(words, input: filled(input), editor: editor)
            said.append(result)
            check(result, step)
        case .live(let targets):
            for target in targets { failures += try await differences(target).map { "\(step.place): \($0)" } }
        case .eventually(let targets):
            for target in targets {
                var found: [String] = []
                do {
                    try await Wait.until("\(target.target) becomes what \(step.place) says") {
                        // How often one looks is no part of a transcript.
                        found = try await differences(target, directly: true)
                        return found.isEmpty
                    }
                    if scenario.kubeconfig != nil { found = try await differences(target) }
                    failures += found.map { "\(step.place): \($0), though it was otherwise before" }
                } catch is TestSupportError {
                    failures += found.map { "\(step.place): \($0), also after a while" }
                }
            }
        case .remember(let targets):
            for target in targets { remembered[target] = try await uid(target) }
        case .same(let targets):
            for target in targets where try await uid(target) != remembered[target] {
                failures.append("\(step.place): \(target) is another object than before")
            }
        }
    }

    // MARK: belay

    private mutating func belay(_ words: [String], _ surroundings: CaseScript.Surroundings, _ step: CaseScript.Step) async throws {
        var home = scenario
        if !surroundings.machine.isEmpty { home.home += "-" + surroundings.machine }
        var program = home.program
        program.environment.merge(surroundings.environment) { $1 }
        var arguments = words.map(filled)
        let takesSource = ["render", "validate", "diff", "apply", "delete"].contains(arguments.first ?? "")
        if takesSource, !arguments.contains("-f"), !arguments.contains("--repo") {
            let source = [
                "--repo", repository(surroundings.repository).path, "--path", surroundings.path ?? "deploy", "--name",
                surroundings.name ?? scenario.name, "-n", scenario.namespace,
            ]
            arguments.insert(contentsOf: source, at: 1)
        }
        if let context = surroundings.context { arguments += ["--context", context] }
        let expected = step.expected
        let wantsReport = expected.rows != nil || expected.changes != nil
        if keepsDiffs, arguments.first == "diff" { diffs.append(try await program.run(arguments)) }
        if wantsReport { arguments += ["-o", "json"] }

        var result: ProgramResult?
        let asked = arguments
        let requests = try await scenario.cluster.requests(of: "belay") { result = try await program.run(asked) }
        guard let result else { return }
        said.append(result)
        check(result, step)
        if let wanted = expected.requests {
            let made = requests.filter { !["/api", "/apis"].contains($0.path) }.map { $0.line(in: scenario.namespace) }
            let (some, rest) = CaseRun.withoutRepeats(wanted.map(filled), made)
            compare("requests", some, rest, step)
        }
        if wantsReport {
            let report = try result.json()
            plan = report["planDigest"]?.string ?? ""
            if let wanted = expected.rows { compare("rows", wanted.map(filled), CaseText.rows(report), step) }
            if let wanted = expected.changes {
                compare("changes", wanted.map(filled), CaseText.changes(report).map(CaseRun.withoutSet), step)
            }
        }
        if let wanted = expected.drift {
            let name = surroundings.name ?? scenario.name
            let drift = try await home.program.run(["drift", "\(scenario.namespace)/\(name)", "-o", "json"])
            compare("drift", wanted.map(filled), CaseText.episodes(try drift.json()), step)
        }
    }

    private mutating func controlled(
        by controller: CaseController, _ words: [String], _ surroundings: CaseScript.Surroundings, _ step: CaseScript.Step
    ) async throws {
        guard words.first == "apply" else { return }
        let expected = step.expected
        let outcome = try await controller.apply(
            words.dropFirst().map(filled), name: surroundings.name, repository: repository(surroundings.repository).path,
            path: surroundings.path ?? "deploy")
        if outcome.isReady != (expected.exit == 0) {
            failures.append(
                "\(step.place): \(outcome.isReady ? "ready" : "not ready"), where exit \(expected.exit) is expected: \(outcome.message)")
        }
        plan = outcome.report["planDigest"]?.string ?? ""
        if let wanted = expected.rows {
            // Which of two Applications comes first is by chance: the second sees nothing of what the first has taken.
            func counts(_ row: String) -> Bool { outcome.report["items"] == nil || !row.contains(": skip ") }
            compare("rows", wanted.map(filled).filter(counts), CaseText.rows(outcome.report).filter(counts), step)
        }
        if let wanted = expected.changes {
            let changes = CaseText.changes(outcome.report).map { controller.inScenario(CaseRun.withoutSet($0)) }
            compare("changes", wanted.map(filled), changes, step)
        }
        if let wanted = expected.drift {
            compare("drift", wanted.map(filled), CaseText.episodes(try await controller.drift(of: surroundings.name)), step)
        }
    }

    /// What is sent again while something is waited for: `LINE +` once or more, `LINE *` any number of times.
    private static func withoutRepeats(_ wanted: [String], _ made: [String]) -> (wanted: [String], made: [String]) {
        var made = made
        let lines = wanted.compactMap { line -> String? in
            guard line.hasSuffix(" +") || line.hasSuffix(" *") else { return line }
            let request = String(line.dropLast(2))
            let isThere = made.contains(request)
            made.removeAll { $0 == request }
            if line.hasSuffix(" *") { return nil }
            if isThere { made.append(request) }
            return request
        }
        return (lines, made)
    }

    private mutating func check(_ result: ProgramResult, _ step: CaseScript.Step) {
        if result.status != step.expected.exit {
            failures.append("\(step.place): exit \(result.status), not \(step.expected.exit): \(result)")
        }
        for text in step.expected.says.map(filled) where !result.says(text) {
            failures.append("\(step.place): does not say \"\(text)\": \(result)")
        }
        for text in step.expected.silentOn.map(filled) where result.says(text) {
            failures.append("\(step.place): says \"\(text)\": \(result)")
        }
    }

    private mutating func compare(_ what: String, _ wanted: [String], _ found: [String], _ step: CaseScript.Step) {
        let found = found.sorted(), wanted = wanted.sorted()
        guard found != wanted else { return }
        failures.append(
            "\(step.place): \(what) are\n      \(found.joined(separator: "\n      "))\n    and not\n      \(wanted.joined(separator: "\n      "))"
        )
    }

    /// The set's id follows from the namespace: `SET` in a case.
    private static func withoutSet(_ line: String) -> String { line.replacing(#/applyset-[A-Za-z0-9_-]{43}-v1/#, with: "SET") }

    // MARK: The cluster

    /// - Parameter directly: not by the scenario's detour.
    private func kubectl(
        _ words: [String], input: String = "", editor: String? = nil, directly: Bool = false
    ) async throws -> ProgramResult {
        let namespaced = words.contains("-n") || words.contains("--namespace") ? [] : ["-n", scenario.namespace]
        var environment = editor.map { ["KUBE_EDITOR": filled($0)] } ?? [:]
        if let detour = scenario.kubeconfig, !directly { environment["KUBECONFIG"] = detour }
        return try await scenario.cluster.run(namespaced + words.map(filled), input: input, environment: environment)
    }

    private func object(_ target: String, directly: Bool = false) async throws -> Value? {
        let words = ["get"] + filled(target).split(separator: " ").map(String.init) + ["-o", "json", "--show-managed-fields"]
        let result = try await kubectl(words, directly: directly)
        if result.status == 0 { return try result.json() }
        guard result.errors.contains("NotFound") || result.errors.contains("have a resource type") else {
            throw TestSupportError("\(result)")
        }
        return nil
    }

    private func uid(_ target: String) async throws -> String? { try await object(target)?.at("metadata", "uid")?.string }

    private func differences(_ target: (target: String, fields: Value), directly: Bool = false) async throws -> [String] {
        let found = try await object(target.target, directly: directly)
        if found == nil, !target.fields.isNull { return ["\(filled(target.target)) is not there"] }
        return CaseRun.missing(filled(target.fields), found, at: filled(target.target))
    }

    /// What of `wanted` is not in `found`, which may have more.
    private static func missing(_ wanted: Value, _ found: Value?, at path: String) -> [String] {
        switch (wanted, found) {
        case (.null, let found): return found == nil ? [] : ["\(path) is there: \(CaseText.json(found))"]
        case (.object(let wanted), .object?):
            return wanted.flatMap { missing($0.value, found?[$0.key], at: "\(path) \($0.key)") }
        case (.object(let wanted), nil) where !wanted.isEmpty:
            return wanted.flatMap { missing($0.value, nil, at: "\(path) \($0.key)") }
        case (.array(let wanted), .array(let found)?) where wanted.count == found.count:
            return zip(wanted, found).enumerated().flatMap { missing($0.element.0, $0.element.1, at: "\(path) \($0.offset)") }
        default: return wanted == found ? [] : ["\(path) is \(CaseText.json(found)), not \(CaseText.json(wanted))"]
        }
    }

    // MARK: Names

    private func repository(_ name: String) -> GitRepository { others[name] ?? scenario.repository }
    /// Paths of all repositories, with the names that a transcript has for them.
    package var repositoryNames: [(String, String)] {
        [(scenario.repository.path, "/repository")] + others.map { ($0.value.path, "/repository-\($0.key)") }
    }
    private var folder: String { scenario.repository.scratch + "/files" }

    /// `$NS` the namespace, `$REPO` the repository's path, `$DIR` the folder of `files`, `$PLAN` the digest of the last report's plan.
    private func filled(_ text: String) -> String {
        text.replacingOccurrences(of: "$NS", with: scenario.namespace).replacingOccurrences(of: "$REPO", with: scenario.repository.path)
            .replacingOccurrences(of: "$DIR", with: folder).replacingOccurrences(of: "$PLAN", with: plan)
    }

    private func filled(_ value: Value) -> Value {
        switch value {
        case .string(let text): .string(filled(text))
        case .array(let items): .array(items.map(filled))
        case .object(let object):
            .object(Object(uniqueEntries: object.map { Object.Entry(key: filled($0.key), value: filled($0.value)) }))
        default: value
        }
    }
}
