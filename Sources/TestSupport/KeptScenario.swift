// A team's Application as a controller of the test's own keeps it: made with kubectl, changed by commits, read in the cluster.

import Foundation
package import StructuredData

/// A scenario whose Application `app` a controller keeps.
package struct KeptScenario: Sendable {
    package let team: Scenario
    package let controller: ControllerProcess
    /// The controller's.
    package let journal: String

    /// For a controller that several teams share.
    package init(team: Scenario, controller: ControllerProcess, journal: String) {
        self.team = team
        self.controller = controller
        self.journal = journal
    }

    package var namespace: String { team.namespace }
    package var repository: GitRepository { team.repository }

    // MARK: Applications

    /// Makes or changes an Application; each part of `spec` is a line of YAML such as `sync: {mode: Manual}`.
    /// - Parameters:
    ///   - url: of its repository; nil: the team's on this machine.
    ///   - secret: with what opens the repository.
    /// - Throws: ``TestSupportError`` where the server refuses it.
    package func apply(
        _ name: String = "app", url: String? = nil, secret: String? = nil, path: String = "deploy", destination: String? = nil,
        annotations: String = "{}", _ spec: String...
    ) async throws {
        let opened = secret.map { ", secretRef: {name: \($0)}" } ?? ""
        var text = """
            apiVersion: belay.dev/v1alpha1
            kind: Application
            metadata: {name: \(name), namespace: \(namespace), annotations: \(annotations)}
            spec:
              source: {repoURL: "\(url ?? repository.path)", ref: {branch: main}, path: \(path)\(opened)}
              destination: {namespace: \(destination ?? namespace)}
              interval: 1s

            """
        for line in spec { text += "  \(line)\n" }
        let made = try await team.kubectl("apply", "-f", "-", input: text)
        guard made.status == 0 else { throw TestSupportError("\(made)\n\(text)") }
    }

    /// Merges into an Application's spec: JSON.
    package func patch(_ name: String = "app", _ spec: String) async throws {
        let done = try await team.kubectl("patch", "applications.belay.dev/\(name)", "--type=merge", "-p", "{\"spec\":\(spec)}")
        guard done.status == 0 else { throw TestSupportError("\(done)") }
    }

    package func annotate(_ name: String = "app", _ text: String) async throws {
        let done = try await team.kubectl("annotate", "--overwrite", "applications.belay.dev/\(name)", text)
        guard done.status == 0 else { throw TestSupportError("\(done)") }
    }

    package func application(_ name: String = "app") async throws -> Value? {
        try await team.object("applications.belay.dev/\(name)")
    }

    /// The field of the Application's status.
    package func status(_ field: String, of name: String = "app") async throws -> Value? {
        try await application(name)?.at("status", field)
    }

    /// A condition of the Application as `REASON: MESSAGE`, with `not ` before it where it is not True; empty where there is none.
    package func condition(_ type: String = "Ready", of name: String = "app") async throws -> String {
        let all = try await status("conditions", of: name)?.array ?? []
        guard let found = all.first(where: { $0["type"]?.string == type }) else { return "" }
        return (found["status"]?.string == "True" ? "" : "not ") + "\(found["reason"]?.string ?? ""): \(found["message"]?.string ?? "")"
    }

    // MARK: Waiting

    /// Asks until `condition` holds.
    /// - Throws: ``TestSupportError`` with what the Application and the controller's log say.
    package func eventually(_ what: String, for limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
        do {
            try await Wait.until(what, for: limit, condition)
        } catch {
            let status = (try? await application())?.at("status").map { String(decoding: JSON.write($0), as: UTF8.self) } ?? "none"
            throw TestSupportError("\(error)\nstatus: \(status)\nlog:\n\(controller.tail)")
        }
    }

    /// Waits until this commit is what was applied last, and the Application is ready.
    package func applied(_ commit: String, of name: String = "app", for limit: Duration = .seconds(30)) async throws {
        try await eventually("\(commit) is applied to \(name)", for: limit) {
            let application = try await application(name)
            let ready = application?.at("status", "conditions")?.array?.first { $0["type"]?.string == "Ready" }
            return application?.at("status", "lastAppliedRevision")?.string == "main@sha1:\(commit)" && ready?["status"]?.string == "True"
        }
    }

    /// Waits until `Ready` begins so, as ``condition(_:of:)`` writes it.
    package func ready(_ text: String, of name: String = "app", for limit: Duration = .seconds(30)) async throws {
        try await eventually("\(name) says \(text)", for: limit) { try await condition(of: name).hasPrefix(text) }
    }

    /// Waits until the controllers of the cluster have done their part, and the status says so.
    package func healthy(_ name: String = "app") async throws {
        try await eventually("\(name) is healthy") { try await status("health", of: name) == "healthy" }
    }

    // MARK: Live objects

    /// The value at this path of the live object; nil where either is missing.
    package func live(_ target: String, _ path: String...) async throws -> Value? {
        var value = try await team.object(target)
        for key in path { value = value?[key] }
        return value
    }

    package func uid(_ target: String) async throws -> String? { try await live(target, "metadata", "uid")?.string }

    /// Runs kubectl in the namespace.
    /// - Throws: ``TestSupportError`` where it fails.
    package func kubectl(_ arguments: String..., input: String = "", environment: [String: String] = [:]) async throws {
        let done = try await team.cluster.run(["-n", namespace] + arguments, input: input, environment: environment)
        guard done.status == 0 else { throw TestSupportError("\(done)") }
    }

    // MARK: The journal

    /// The runs of an Application, newest first.
    package func history(_ name: String = "app") async throws -> [Value] {
        try await items("history", name, "--limit", "1000")
    }

    /// The drift episodes of an Application, newest first.
    package func drift(_ name: String = "app") async throws -> [Value] { try await items("drift", name, "--limit", "1000") }

    private func items(_ verb: String, _ name: String, _ more: String...) async throws -> [Value] {
        // Before the controller has begun there is none.
        guard FileManager.default.fileExists(atPath: journal) else { return [] }
        let result = try await team.program.run([verb, "\(namespace)/\(name)", "--no-cluster", "--journal", journal, "-o", "json"] + more)
        guard result.status <= 1 else { throw TestSupportError("\(result)") }
        return try result.json()["items"]?.array ?? []
    }
}

/// Gives `body` a scenario whose namespace is there, with Belay's kinds installed and a controller at work; it is stopped at the end.
/// - Parameters:
///   - controllers: whether the sandbox runs its controllers, so that Deployments get pods.
///   - isStarted: whether the controller runs when `body` begins.
///   - answering: what the controller is answered in place of the server; nil: the server is asked.
package func withController<R>(
    controllers: Bool = false, isStarted: Bool = true, answering: RecordingProxy.Answering? = nil, _ body: (KeptScenario) async throws -> R
) async throws -> R {
    try await withScenario(controllers: controllers) { team in
        guard let answering else { return try await withController(of: team, team.cluster.kubeconfig, isStarted: isStarted, body) }
        return try await RecordingProxy.with(team.cluster, answering: answering, keeps: { _, _ in false }) { proxy in
            try await withController(of: team, proxy.kubeconfig, isStarted: isStarted, body)
        }
    }
}

/// - Parameter kubeconfig: the controller's.
private func withController<R>(
    of team: Scenario, _ kubeconfig: String, isStarted: Bool, _ body: (KeptScenario) async throws -> R
) async throws -> R {
    var team = team
    // A home of its own: the controller's cache of repositories, its folder for temporary files.
    let folder = team.cluster.scratch + "/controller"
    try FileManager.default.createDirectory(atPath: folder + "/tmp", withIntermediateDirectories: true)
    team.home = folder
    try await team.makeNamespace()
    let installed = try await team.run("install", "--crds-only")
    guard installed.status == 0 else { throw TestSupportError("\(installed)") }
    var program = team.program
    program.environment["TMPDIR"] = folder + "/tmp"
    program.environment["KUBECONFIG"] = kubeconfig
    let journal = folder + "/journal.db"
    // On the real API server other tests' Applications stand about.
    let scope = team.cluster.isReal ? ["--namespace", team.namespace] : []
    let controller = ControllerProcess(
        program: program,
        arguments: [
            "controller", "--allow-file-repositories", "--journal", journal, "--lease-namespace", team.namespace, "--health-address",
            "127.0.0.1:0",
        ] + scope,
        folder: folder)
    let kept = KeptScenario(team: team, controller: controller, journal: journal)
    if isStarted { try controller.start() }
    do {
        let result = try await body(kept)
        let code = try await controller.stop()
        keepLog(of: kept)
        guard code == 0 else { throw TestSupportError("the controller ended with \(code): \(controller.tail)") }
        return result
    } catch {
        try? await controller.kill()
        keepLog(of: kept)
        throw error
    }
}

/// For whoever looks for the cause of a failure: `BELAY_KEEP_LOGS` names a folder.
private func keepLog(of kept: KeptScenario) {
    guard let folder = ProcessInfo.processInfo.environment["BELAY_KEEP_LOGS"] else { return }
    try? FileManager.default.copyItem(atPath: kept.controller.logFile, toPath: "\(folder)/\(kept.namespace).log")
}
