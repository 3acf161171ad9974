// One request to the controller: the Application is changed, the end is waited for, the outcome is printed.

import ArgumentParser
import KubernetesClient
import KubernetesModel
import Reconciliation
import StructuredData

/// What `sync`, `wait`, `rollback` and `approve` have in common.
struct ApplicationRequest {
    let access: ApplicationAccess
    let invocation: Invocation
    let format: OutputFormat

    private var console: Console { invocation.console }

    init(_ client: KubernetesClient, _ verb: some Verb) {
        access = ApplicationAccess(client: client)
        invocation = verb.invocation
        format = verb.format
    }

    /// Changes the Application and waits for what comes of it.
    /// - Parameters:
    ///   - goal: what is waited for; the generation is that of the changed resource.
    ///   - change: writes the patch, and may say in the goal what to wait for.
    ///   - amend: sees how it ended, and may make good what is wrong by it.
    /// - Throws: `ExitCode` or ``CommandFailure`` unless all went well.
    func carryOut(
        _ place: ApplicationPlace, goal: ApplicationGoal, _ wait: WaitOptions,
        _ change: (ApplicationResource, inout ApplicationGoal) throws -> ApplicationPatch,
        amend: (ApplicationVerdict) async throws -> ApplicationVerdict = { $0 }
    ) async throws {
        var goal = goal
        let now = invocation.now
        let known = try await access.application(place)
        if case .ended(let status, let text, let hint)? = ApplicationVerdict.refusal(known, goal, now: now()) {
            return try finish([place: .ended(status, text, hint: hint)])
        }
        let changed = try await access.change(place, known: known) { try change($0, &goal) }
        goal.generation = changed.generation
        guard wait.wait else {
            await ControllerAbsence.tell(access.client, invocation)
            return printRequested(place)
        }
        try await follow([place: goal], wait.timeout(for: changed), amend: amend)
    }

    /// Waits, and prints what came of it.
    /// - Parameter amend: sees each verdict before it is printed.
    func follow(
        _ goals: ApplicationWait.Goals, _ timeout: Duration,
        amend: (ApplicationVerdict) async throws -> ApplicationVerdict = { $0 }
    ) async throws {
        await ControllerAbsence.tell(access.client, invocation)
        let wait = ApplicationWait(client: access.client, console: console, now: invocation.now, timeout: timeout)
        var verdicts = try await wait.run(goals)
        for (place, verdict) in verdicts { verdicts[place] = try await amend(verdict) }
        let isLate = verdicts.values.contains(where: \.isWaiting)
        let absence = isLate ? await ControllerAbsence.look(access.client, now: invocation.now()) : nil
        try finish(verdicts, timeout: timeout, hint: absence.map { _ in ControllerAbsence.hint })
    }

    private func printRequested(_ place: ApplicationPlace) {
        if format.isTable { return console.print("requested   \(place)") }
        printItems([["application": .string(place.description), "outcome": "requested", "message": "not waited for"]])
    }

    private func printItems(_ items: [Value]) {
        let value: Value = [
            "apiVersion": .string(Application.apiVersion), "kind": "ApplicationOutcomeList", "items": .array(items),
        ]
        console.printBytes(format == .yaml ? Array(YAML.write(value).utf8) : Printable.json(JSON.writeIndented(value)))
    }

    /// Prints the outcomes, by name.
    /// - Parameter hint: what to do where the time was up, unless it just goes on.
    /// - Throws: `ExitCode` unless all are reached.
    func finish(_ verdicts: [ApplicationPlace: ApplicationVerdict], timeout: Duration? = nil, hint: String? = nil) throws {
        let all = verdicts.sorted { $0.key.description.precedesByBytes($1.key.description) }
        if !format.isTable { printItems(all.map { Self.json($0.key, $0.value) }) }
        for (place, verdict) in all {
            switch verdict {
            case .reached(let text): printDone("succeeded", .green, place, text)
            case .notAffected(let text): printDone("unaffected", .green, place, text)
            case .waiting(let why):
                let time = timeout.map { " within \(DurationText.format($0))" } ?? ""
                let failure = CommandFailure(
                    .timedOut, "\(place) was not done\(time): \(why)", hint: hint ?? "it goes on; it is safe to run this again")
                failure.lines(console.errorStyle).forEach(console.say)
            case .ended(let status, let text, let hint):
                CommandFailure(status, "\(place): \(text)", hint: hint).lines(console.errorStyle).forEach(console.say)
            }
        }
        console.flush()
        let statuses = all.map(\.value.status)
        let order: [ExitStatus] = [.invalid, .unreachable, .refused, .superseded, .failure, .timedOut]
        if let worst = order.first(where: statuses.contains) { throw ExitCode(worst.rawValue) }
    }

    private func printDone(_ word: String, _ color: Style.Color, _ place: ApplicationPlace, _ text: String) {
        guard format.isTable else { return }
        let padding = String(repeating: " ", count: max(1, 12 - word.utf8.count))
        console.print(console.outputStyle.paint(word, color) + padding + Printable.text("\(place)   \(text)"))
    }

    private static func json(_ place: ApplicationPlace, _ verdict: ApplicationVerdict) -> Value {
        let (outcome, message): (String, String) =
            switch verdict {
            case .reached(let text): ("succeeded", text)
            case .notAffected(let text): ("notAffected", text)
            case .waiting(let why): ("timedOut", why)
            case .ended(let status, let text, _): (status.outcome.name, text)
            }
        return ["application": .string(place.description), "outcome": .string(outcome), "message": .string(message)]
    }
}

/// The hexadecimal digits that name a commit or a plan.
enum DigestArgument {
    /// - Throws: `ValidationError` for anything but so many hexadecimal digits.
    static func check(_ text: String, _ flag: String, _ what: String, _ lengths: ClosedRange<Int>) throws {
        guard lengths.contains(text.utf8.count), text.utf8.allSatisfy(TimeoutOption.isHexadecimal) else {
            throw ValidationError("\(flag) takes \(what): \(lengths.lowerBound) to \(lengths.upperBound) hexadecimal digits")
        }
    }
}
