// `belay wait`: until an Application is as Git says, or until a commit has arrived everywhere.

import ArgumentParser
import KubernetesClient
import KubernetesModel
import StructuredData

struct WaitCommand: Verb {
    static let formats: [OutputFormat] = [.table, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until an Application is in sync, or a commit is applied wherever it changes something.",
        usage: "belay wait (APP | [APP] --commit SHA) [-n NAMESPACE | -A] [--timeout 5m]",
        discussion: """
            With --commit the controller is asked to look now. An Application that the commit does not touch, or that follows another \
            branch or repository, is not affected, which is success. One whose sync.mode is Manual is not asked, for that would apply \
            what waits there for belay sync: it is watched until the controller looks by itself. Whether a commit touches it is told \
            only when the controller has seen that commit: until then it counts as not reached, and the time may run out.
            """)

    @OptionGroup var scope: ApplicationScope

    @Option(help: ArgumentHelp("The commit that must be applied; at least 7 digits.", valueName: "sha"))
    var commit: String?

    @Option(
        help: ArgumentHelp("How long to wait, with a unit: 90s, 5m, 1h30m.", valueName: "duration"), transform: TimeoutOption.parse)
    var timeout: Duration = .seconds(300)

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func validate() throws {
        try output.check(Self.formats)
        if let commit { try DigestArgument.check(commit, "--commit", "a commit", 7...64) }
        if commit == nil, scope.application == nil { throw ValidationError("wait for what? Name an Application, or --commit SHA") }
    }

    func run() async throws {
        let place = try scope.place(cluster.access)
        try await cluster.withClient(commit == nil ? .reading : .writing) { client in
            let request = ApplicationRequest(client, self)
            let applications: [ApplicationResource]
            if let place {
                applications = [try await request.access.application(place)]
            } else {
                let namespace = scope.namespace(cluster.access)
                applications = try await request.access.applications(in: namespace)
                if applications.isEmpty {
                    throw CommandFailure(
                        .invalid, "there are no Applications in \(namespace.map { "the namespace \($0)" } ?? "the cluster")",
                        hint: namespace == nil ? nil : "-A waits for those of all namespaces")
                }
            }
            try await request.follow(try await goals(applications, request.access), timeout)
        }
    }

    /// What is waited for; with a commit the controller is asked to look, where that may help.
    private func goals(_ applications: [ApplicationResource], _ access: ApplicationAccess) async throws -> ApplicationWait.Goals {
        var goals: ApplicationWait.Goals = [:]
        var asked: [(ApplicationPlace, ApplicationResource)] = []
        var watched: [String] = []
        for application in applications {
            var goal = ApplicationGoal()
            goal.commit = commit
            goal.isContentWithCommit = commit != nil
            goal.before = [application.applied, application.attempted, application.pending]
            if commit == nil { goal.generation = application.generation }
            let place = ApplicationPlace(application)
            goals[place] = goal
            // What is reached, suspended or pinned needs no look.
            guard commit != nil, ApplicationVerdict.of(application, goal, now: invocation.now()).needsLook else { continue }
            if application.isSyncedByHand {
                goals[place]?.isWatchedOnly = true
                watched.append(place.description)
            } else {
                asked.append((place, application))
            }
        }
        if !watched.isEmpty {
            console.say("sync.mode is Manual for \(words(watched)): watched, and not asked to look, which would apply what waits")
        }
        let now = invocation.now
        let requests = try await withThrowingTaskGroup(of: (ApplicationPlace, String?, CommandFailure?).self) { group in
            for (place, application) in asked {
                group.addTask {
                    do {
                        var token = ""
                        _ = try await access.change(place, known: application) { current in
                            var patch = ApplicationPatch(current)
                            token = patch.request(now: now())
                            return patch
                        }
                        return (place, token, nil)
                    } catch let failure as CommandFailure where failure.status == .unreachable {
                        return (place, nil, failure)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (place, token, _) in requests { goals[place]?.request = token }
        if let failure = requests.compactMap({ $0.2 }).first {
            console.warn("the controller cannot be asked to look now, so it looks when it is time: \(failure.message)")
        }
        return goals
    }
}

extension ApplicationVerdict {
    /// Whether it helps when the controller looks at the source now.
    fileprivate var needsLook: Bool {
        switch self {
        case .reached: false
        case .ended(let status, _, _): status != .refused
        case .waiting, .notAffected: true
        }
    }
}
