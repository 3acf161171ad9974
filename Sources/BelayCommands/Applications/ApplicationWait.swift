// Waiting until the controller has done what it was asked for: by watching, never by asking again and again.

import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData

/// Follows one Application, or those of a namespace or of the cluster, until each has a verdict or the time is up.
struct ApplicationWait: Sendable {
    let client: KubernetesClient
    let console: Console
    let now: @Sendable () -> Double
    let timeout: Duration

    typealias Goals = [ApplicationPlace: ApplicationGoal]

    private enum Signal: Sendable {
        case event(Reflector.Event)
        case timeIsUp
        case beat
    }

    /// - Returns: a verdict for each goal; those that still wait when the time is up are `waiting`.
    /// - Throws: ``CommandFailure`` where watching is not allowed.
    func run(_ goals: Goals) async throws -> [ApplicationPlace: ApplicationVerdict] {
        defer { console.showStatus(nil) }
        let (signals, feed) = AsyncStream.makeStream(of: Signal.self)
        let scope = scope(goals)
        let follower = Reflector(client: client, scope: scope, backoff: Backoff(longest: .seconds(15)))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await follower.run { feed.yield(.event($0)) }
                feed.finish()
            }
            group.addTask { [timeout] in
                try await Task.sleep(for: timeout)
                feed.yield(.timeIsUp)
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(5))
                    feed.yield(.beat)
                }
            }
            defer { group.cancelAll() }
            var state = Following(goals: goals)
            for await signal in signals {
                switch signal {
                case .timeIsUp: return state.verdicts(now())
                case .beat: if !console.errorStyle.redraws, console.silence >= .seconds(30) { console.say("… " + state.shown) }
                case .event(.failing(let error, _)):
                    try refuse(error, scope)
                    if !state.isCut { console.warn("the connection broke, it is tried again: \(error.message)") }
                    state.isCut = true
                case .event(let event):
                    guard state.take(event) else { continue }
                    let verdicts = state.verdicts(now())
                    tell(verdicts, &state)
                    if verdicts.values.allSatisfy({ !$0.isWaiting }) { return verdicts }
                }
            }
            throw CancellationError()
        }
    }

    private func scope(_ goals: Goals) -> Reflector.Scope {
        let places = Array(goals.keys)
        let namespaces = Set(places.map(\.namespace))
        return Reflector.Scope(
            resource: ApplicationAccess.applications, namespace: namespaces.count == 1 ? namespaces.first : nil,
            fieldSelector: places.count == 1 ? places.first.map { "metadata.name=\($0.name)" } : nil)
    }

    /// What no waiting mends.
    private func refuse(_ error: ClientError, _ scope: Reflector.Scope) throws {
        switch error.code {
        case .unauthorized, .forbidden, .kindNotServed, .configuration, .badRequest, .invalid:
            throw ApplicationAccess.explained(error, "list and watch", scope.resource, scope.namespace)
        default: break
        }
    }

    /// A line whenever what is waited for is another.
    private func tell(_ verdicts: [ApplicationPlace: ApplicationVerdict], _ state: inout Following) {
        let waiting = verdicts.filter(\.value.isWaiting).sorted { $0.key.description.precedesByBytes($1.key.description) }
        guard let (place, verdict) = waiting.first, case .waiting(let why) = verdict else { return }
        let text =
            waiting.count == 1 ? "\(place): \(why)" : "\(waiting.count) of \(verdicts.count) applications still wait; \(place): \(why)"
        guard text != state.told else { return }
        state.told = text
        if console.errorStyle.redraws { console.showStatus(text) } else { console.say("wait    " + state.shown) }
    }
}

/// The Applications that are waited for, as far as they were told.
private struct Following {
    let goals: ApplicationWait.Goals
    var told = ""
    /// Whether the connection is broken, and nothing is known of what happens.
    var isCut = false
    /// nil until the first list is complete.
    private var known: [ApplicationPlace: ApplicationResource]?
    private var listing: [ApplicationPlace: ApplicationResource] = [:]

    init(goals: ApplicationWait.Goals) { self.goals = goals }

    /// What was told last, for a terminal.
    var shown: String { Printable.shortened(Printable.text(told), to: 300) }

    /// - Returns: whether there may be something new to decide on.
    mutating func take(_ event: Reflector.Event) -> Bool {
        switch event {
        case .relisting:
            listing = [:]
            return false
        case .page(let objects):
            for object in objects { note(object, in: &listing) }
            return false
        case .listed:
            (known, isCut) = (listing, false)
            return true
        case .changed(let event):
            isCut = false
            var now = known ?? [:]
            if event.kind == .deleted {
                now[ApplicationPlace(ApplicationResource(event.object.value))] = nil
            } else {
                note(event.object, in: &now)
            }
            known = now
            return true
        default: return false
        }
    }

    private func note(_ object: Unstructured, in applications: inout [ApplicationPlace: ApplicationResource]) {
        let application = ApplicationResource(object.value)
        let place = ApplicationPlace(application)
        if goals[place] != nil { applications[place] = application }
    }

    func verdicts(_ now: Double) -> [ApplicationPlace: ApplicationVerdict] {
        guard let known else { return goals.mapValues { _ in .waiting("the cluster has not answered yet") } }
        let found = goals.compactMap { place, goal in known[place].map { (application: $0, goal: goal) } }
        let verdicts = ApplicationVerdict.of(found, now: now)
        var all: [ApplicationPlace: ApplicationVerdict] = [:]
        for place in goals.keys {
            all[place] = verdicts[place.description] ?? .ended(.failure, "it was deleted meanwhile", hint: nil)
            if isCut, case .waiting(let why)? = all[place] {
                all[place] = .waiting("the connection to the cluster is broken; before that: \(why)")
            }
        }
        return all
    }
}
