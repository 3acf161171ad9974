// `belay sync`: asks the controller to look at an Application now.

import ArgumentParser
import StructuredData

struct SyncCommand: Verb {
    static let formats: [OutputFormat] = [.table, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Have the controller fetch and apply an Application now, and wait for the outcome.",
        usage: "belay sync APP [-n NAMESPACE] [--revision SHA] [--no-wait] [--timeout 5m]",
        discussion: """
            Writes the annotation reconcile.belay.dev/requestedAt, as kubectl annotate can do, too. A suspended or pinned Application is \
            not touched (exit 6). When interrupted, the controller goes on. With sync.mode Manual and --revision, no other commit is let \
            through: where a newer one is there, nothing is applied (exit 5).
            """)

    @OptionGroup var target: ApplicationTarget

    @Option(help: ArgumentHelp("Fail unless this commit is what is applied in the end; at least 7 digits.", valueName: "sha"))
    var revision: String?

    @OptionGroup(title: "Waiting") var waiting: WaitOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func validate() throws {
        try output.check(Self.formats)
        if let revision { try DigestArgument.check(revision, "--revision", "a commit", 7...64) }
        if revision != nil, !waiting.wait { throw ValidationError("--revision needs the end of the run; leave out --no-wait") }
    }

    func run() async throws {
        let place = try target.place(cluster.access)
        var goal = ApplicationGoal()
        goal.commit = revision
        try await cluster.withClient { client in
            try await ApplicationRequest(client, self).carryOut(place, goal: goal, waiting) { application, goal in
                var patch = ApplicationPatch(application)
                goal.request = patch.request(now: invocation.now(), commit: revision)
                return patch
            }
        }
    }
}
