// `belay rollback`: back to what an earlier run applied, and pinned there.

import ArgumentParser
import Journal
import KubernetesModel
import StructuredData

struct RollbackCommand: Verb {
    static let formats: [OutputFormat] = [.table, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put back what an earlier run applied, and stay there until the pin ends.",
        usage: "belay rollback APP [RUN] --reason TEXT [--until TIME|DURATION] [--no-wait]",
        discussion: """
            Writes spec.pin. The manifests come from the controller's journal: Git may be down. Newer commits wait, visibly, until
            --until or belay resume. A run that neither the status nor the journal here knows is for the controller to know; where it \
            does not, the pin is put back as it was.
            """)

    @OptionGroup var target: ApplicationTarget

    @Argument(
        help: ArgumentHelp(
            "The run, or the beginning of its id (default: the last that succeeded before what is applied now; where a newer one "
                + "failed half-way, the one that is applied).", valueName: "run"))
    var run: String?

    @OptionGroup var why: ReasonOption

    @Option(help: ArgumentHelp("When the pin ends by itself: 2026-11-24T08:00:00Z, or 8h.", valueName: "time"))
    var until: String?

    @OptionGroup var journal: JournalOptions
    @OptionGroup(title: "Waiting") var waiting: WaitOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        let place = try target.place(cluster.access)
        let end = try until.map { try EndTime.parse($0, flag: "--until", now: invocation.now()) }
        try journal.checkNamed()
        try await cluster.withClient { client in
            let request = ApplicationRequest(client, self)
            var goal = ApplicationGoal()
            // Any run: that it is pinned already is no obstacle.
            goal.pinnedRun = ""
            // The first choice stays, also when the patch has to be made anew: the status moves on by then.
            var chosen: String?
            var former: Value?
            let known = try await request.access.application(place)
            if ApplicationVerdict.refusal(known, goal, now: invocation.now()) == nil, !known.isTerminating {
                chosen = try RollbackChoice.run(known, run, now: invocation.now())
                if let chosen { try await RollbackChoice.check(chosen, known, journal) }
            }
            try await request.carryOut(place, goal: goal, waiting) { application, goal in
                let id = try chosen ?? RollbackChoice.run(application, run, now: invocation.now())
                chosen = id
                former = application.value.at("spec", "pin")
                goal.pinnedRun = id
                var pin: Object = ["run": .string(id), "reason": .string(why.reason)]
                pin["until"] = end.map { .string($0) }
                var patch = ApplicationPatch(application)
                patch.set(.object(pin), at: ["spec", "pin"])
                console.say("pinning \(place) to run \(id)" + (end.map { " until \($0)" } ?? ""))
                return patch
            } amend: { verdict in
                guard let chosen, case .ended(_, let text, _) = verdict, text.contains(RollbackChoice.unknownRun) else { return verdict }
                _ = try await request.access.change(place) { application in
                    var patch = ApplicationPatch(application)
                    // What somebody else wrote meanwhile stays.
                    guard application.pinnedRun == chosen else { return patch }
                    if let former { patch.set(former, at: ["spec", "pin"]) } else { patch.remove(at: ["spec", "pin"]) }
                    return patch
                }
                return .ended(
                    .invalid, "its controller's journal does not know the run \(chosen); the pin is as it was before",
                    hint: "belay history \(place) lists the runs")
            }
        }
        console.say("newer commits wait\(end == nil ? "" : " until then"); belay resume \(place) ends the pin")
    }
}

/// Which run a rollback goes to.
package enum RollbackChoice {
    /// - Parameter wanted: an id or its beginning; nil chooses the run that is applied where a newer one ended half-way, else the
    ///   newest before it that succeeded with another revision.
    /// - Throws: ``CommandFailure`` (invalid) where no run, or more than one, is meant.
    package static func run(_ application: ApplicationResource, _ wanted: String?, now: Double) throws -> String {
        guard let wanted else {
            // What comes before a release that was left already is anybody's guess, and may be what was left.
            if let pin = application.pin, pin.isActive(now: now) {
                throw CommandFailure(
                    .invalid, "\(application.reference) is pinned to run \(application.pinnedRun) already; name a RUN",
                    hint: list(application))
            }
            return try previous(application)
        }
        let text = wanted.uppercased()
        let found = Set(application.runs.map(\.id).filter { isID($0) && $0.hasPrefix(text) })
        if let only = found.first, found.count == 1 {
            if let run = application.runs.first(where: { $0.id == only }), run.phase != "succeeded" {
                throw CommandFailure(
                    .invalid, "run \(only) did not succeed (\(run.phase)): there is no going back to it", hint: list(application))
            }
            return only
        }
        // The status has the last ten; the controller's journal has more.
        if found.isEmpty, isID(text) { return text }
        throw CommandFailure(
            .invalid,
            found.isEmpty ? "\(application.reference) has no run \(wanted) in its status" : "\(wanted) begins \(found.count) runs",
            hint: found.isEmpty ? "an older run is named by its whole id; \(list(application))" : list(application))
    }

    /// What the controller says of a run that its journal does not have.
    static let unknownRun = "which the journal does not know"

    /// - Throws: ``CommandFailure`` (invalid) where the run is known to be another Application's, or is in no place that would know it.
    static func check(_ id: String, _ application: ApplicationResource, _ options: JournalOptions) async throws {
        if application.runs.contains(where: { $0.id == id }) { return }
        guard let path = try? options.path, Journal.exists(at: path) else { return }
        let journal: Journal
        do {
            journal = try options.open()
        } catch let error as JournalError {
            if options.journal != nil { throw error }
            return
        }
        let run = try await journal.run(id)
        let own = try await journal.runs(application: application.reference, limit: 1000)
        try await journal.close()
        if let run, run.application != application.reference {
            throw CommandFailure(.invalid, "run \(id) is of \(run.application), not of \(application.reference)", hint: list(application))
        }
        // Only the controller's own journal says that there is none.
        if run == nil, own.contains(where: { $0.cluster == application.uid }) {
            throw CommandFailure(
                .invalid, "neither the status of \(application.reference) nor the journal knows the run \(id)", hint: list(application))
        }
    }

    private static func previous(_ application: ApplicationResource) throws -> String {
        guard !application.applied.isEmpty else {
            throw CommandFailure(.invalid, "\(application.reference) has applied nothing yet", hint: list(application))
        }
        let runs = application.runs
        // Runs that changed nothing have the revision that they looked at: which of them is as the applied one is not told.
        guard let applied = runs.firstIndex(where: { $0.phase == "succeeded" && isID($0.id) && $0.revision == application.applied }) else {
            throw CommandFailure(
                .invalid,
                "the run that applied \(PlanText.short(revision: application.applied)) is none of the last \(runs.count) of "
                    + "\(application.reference): which one comes before it is not known",
                hint: "name the run: belay history \(application.reference) shows them")
        }
        if isHalfWay(application, since: runs[..<applied]) { return runs[applied].id }
        let earlier = runs[(applied + 1)...].first { $0.phase == "succeeded" && isID($0.id) && $0.revision != application.applied }
        guard let earlier else {
            throw CommandFailure(
                .invalid, "\(application.reference) has no earlier run that succeeded with another revision", hint: list(application))
        }
        return earlier.id
    }

    /// Whether something newer than what is applied was begun and did not come to a good end. What is held has written nothing.
    private static func isHalfWay(_ application: ApplicationResource, since newer: ArraySlice<ApplicationResource.Run>) -> Bool {
        guard let ready = application.ready, ready.status == "False" else { return false }
        if ["Partial", "Failed", "Progressing"].contains(ready.reason), !application.attempted.isEmpty {
            if application.attempted != application.applied { return true }
        }
        return newer.contains { !["succeeded", "held", "planned"].contains($0.phase) && $0.revision != application.applied }
    }

    private static func list(_ application: ApplicationResource) -> String {
        "belay history \(application.reference) --cluster lists the runs"
    }

    /// A ULID, in capital letters.
    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 26
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): !"ILOU".utf8.contains(byte)
                default: false
                }
            }
    }
}
