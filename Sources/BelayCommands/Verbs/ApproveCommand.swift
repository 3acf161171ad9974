// `belay approve`: lets a held plan go, exactly that one.

import ArgumentParser
import StructuredData

struct ApproveCommand: Verb {
    static let formats: [OutputFormat] = [.table, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve a held plan by its digest, and wait for the outcome.",
        usage: "belay approve APP --plan DIGEST [-n NAMESPACE] [--no-wait] [--timeout 5m]",
        discussion: """
            What is approved is this plan and no other: where the cluster or Git has changed meanwhile, it is held again. The same goes \
            for a plan of which only the pruning waits, as after a change of spec.source.
            """)

    @OptionGroup var target: ApplicationTarget

    @Option(help: ArgumentHelp("The plan's digest, as belay status shows it: at least 12 digits.", valueName: "digest"))
    var plan: String

    @OptionGroup(title: "Waiting") var waiting: WaitOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func validate() throws {
        try output.check(Self.formats)
        try DigestArgument.check(plan, "--plan", "the plan's digest", 12...64)
    }

    func run() async throws {
        let place = try target.place(cluster.access)
        try await cluster.withClient { client in
            try await ApplicationRequest(client, self).carryOut(place, goal: ApplicationGoal(), waiting) { application, goal in
                let digest = try ApproveCommand.digest(application, plan)
                var patch = ApplicationPatch(application)
                patch.annotate(ApplicationResource.approvalAnnotation, digest)
                goal.request = patch.request(now: invocation.now())
                return patch
            }
        }
    }

    /// The whole digest of the plan that waits.
    /// - Throws: ``CommandFailure`` (invalid) where it is another, or none waits.
    static func digest(_ application: ApplicationResource, _ given: String) throws -> String {
        guard application.needsApproval, let digest = application.planDigest else {
            throw CommandFailure(
                .invalid, "no plan of \(application.reference) waits for an approval", hint: "belay status \(application.reference)")
        }
        guard digest.hasPrefix(given.lowercased()) else {
            throw CommandFailure(
                .invalid, "the plan of \(application.reference) that waits is \(digest.prefix(12)), not \(given)",
                hint: "look at what it would do before you approve it: belay status \(application.reference)")
        }
        return digest
    }
}
