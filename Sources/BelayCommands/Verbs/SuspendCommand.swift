// `belay suspend` and `belay resume`: nothing is applied until a person, or the end that was set, says so.

import ArgumentParser
import StructuredData

struct SuspendCommand: Verb {
    static let formats: [OutputFormat] = [.table]
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Have the controller leave an Application alone, with a reason and, best, an end.",
        usage: "belay suspend APP --reason TEXT [--until TIME|DURATION] [-n NAMESPACE]")

    @OptionGroup var target: ApplicationTarget
    @OptionGroup var why: ReasonOption

    @Option(help: ArgumentHelp("When it ends by itself: 2026-11-24T08:00:00Z, or 2h.", valueName: "time"))
    var until: String?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        let place = try target.place(cluster.access)
        let end = try until.map { try EndTime.parse($0, flag: "--until", now: invocation.now()) }
        var former: ApplicationResource.Stop?
        try await cluster.withClient { client in
            _ = try await ApplicationAccess(client: client).change(place) { application in
                former = application.suspension
                var suspension: Object = ["reason": .string(why.reason)]
                suspension["until"] = end.map { .string($0) }
                var patch = ApplicationPatch(application)
                patch.set(.object(suspension), at: ["spec", "suspend"])
                return patch
            }
        }
        if let former { console.say(Printable.text("this takes the place of an earlier suspension: \(former.reason)")) }
        let time = end.map { " until \($0) (\(Moment.left(until: $0, now: invocation.now())))" } ?? ", without an end"
        console.print(Printable.text("suspended   \(place)\(time)"))
        console.say("belay resume \(place) ends it")
    }
}

struct ResumeCommand: Verb {
    static let formats: [OutputFormat] = [.table]
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "End the suspension and the pin of an Application.", usage: "belay resume APP [-n NAMESPACE]",
        discussion: "The controller then applies what Git says. Holds of single objects stay: belay hold --release ends them.")

    @OptionGroup var target: ApplicationTarget
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        let place = try target.place(cluster.access)
        var ended: [String] = []
        try await cluster.withClient { client in
            _ = try await ApplicationAccess(client: client).change(place) { application in
                ended = []
                if let stop = application.suspension { ended.append("the suspension (\(stop.reason))") }
                if let pin = application.pin { ended.append("the pin to run \(application.pinnedRun) (\(pin.reason))") }
                var patch = ApplicationPatch(application)
                patch.remove(at: ["spec", "suspend"])
                patch.remove(at: ["spec", "pin"])
                return patch
            }
        }
        guard !ended.isEmpty else { return console.say("\(place) is neither suspended nor pinned") }
        console.print(Printable.text("resumed     \(place): ended \(ended.joined(separator: " and "))"))
        console.say("belay wait \(place) waits until it is in sync")
    }
}
