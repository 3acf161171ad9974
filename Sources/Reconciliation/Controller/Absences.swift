// Which objects are not there: where many names of one kind and namespace are asked for in a row, one LIST answers for a moment.

import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// What an account has seen not to be there. A thousand new Applications ask for thousands of names that nobody has yet; a GET for each
/// would be a third of all requests of their first sync.
///
/// "Not there" may be as old as ``stands``. Whoever creates the object finds out by the answer where it came meanwhile.
actor Absences {
    private struct Scope: Hashable {
        var resource: APIResource
        var namespace: String
    }

    private struct Names {
        /// When the LIST began.
        var at: Duration
        /// nil: it was refused, or there are too many.
        var names: Set<String>?
    }

    private struct State {
        /// How many names were asked for since.
        var asked = 0
        var since = Duration.zero
        var last: Names?
        var listing: Task<Names, Never>?
        /// What was written while that goes on.
        var written: Set<String> = []
    }

    /// Up to so many names in that time, a GET each is cheaper.
    static let threshold = 8
    static let stands = Duration.seconds(2)
    /// More objects than this are not listed to find out about a few.
    static let most = 500
    /// Of kinds and namespaces that are remembered, in numbers, those of long ago are forgotten.
    static let mostScopes = 1000
    /// How long a LIST that was refused or too long is not tried again.
    static let pause = Duration.seconds(60)

    private struct TooMany: Error {}

    private let client: KubernetesClient
    private let time: WorkTime
    private var states: [Scope: State] = [:]

    init(client: KubernetesClient, time: WorkTime = .system) {
        self.client = client
        self.time = time
    }

    /// Whether it is known that the object is not there. Where it is not known, it has to be asked for.
    /// - Parameter since: what was seen before that is not enough.
    func isAbsent(_ key: ObjectKey, _ resource: APIResource, since: Duration = .zero) async -> Bool {
        guard let namespace = key.namespace else { return false }
        let scope = Scope(resource: resource, namespace: namespace)
        let now = time.now()
        var state = states[scope] ?? State()
        if now - state.since > Absences.stands {
            state.since = now
            state.asked = 0
        }
        state.asked += 1
        states[scope] = state
        func answers(_ last: Names) -> Bool { last.at >= since && time.now() - last.at <= Absences.stands }
        if let last = state.last {
            if last.names == nil, now - last.at < Absences.pause { return false }
            if let names = last.names, answers(last) { return !names.contains(key.name) }
            if now - last.at > Absences.stands { states[scope]?.last = nil }
        }
        guard state.asked > Absences.threshold else { return false }
        let listing = state.listing ?? Task { await list(scope) }
        states[scope]?.listing = listing
        let last = await listing.value
        guard let names = states[scope]?.last?.at == last.at ? states[scope]?.last?.names : last.names, answers(last) else { return false }
        return !names.contains(key.name)
    }

    /// These were written, and are there by now.
    func wrote(_ key: ObjectKey, _ resource: APIResource) {
        guard let namespace = key.namespace else { return }
        let scope = Scope(resource: resource, namespace: namespace)
        states[scope]?.last?.names?.insert(key.name)
        if states[scope]?.listing != nil { states[scope]?.written.insert(key.name) }
    }

    private func list(_ scope: Scope) async -> Names {
        var names = Names(at: time.now(), names: [])
        do {
            _ = try await client.eachPage(
                of: scope.resource, namespace: scope.namespace, metadataOnly: true, pageSize: Absences.most
            ) { page in
                switch page {
                case .restarted: names.names = []
                case .items(let items):
                    names.names?.formUnion(items.map(\.name))
                    if names.names?.count ?? 0 >= Absences.most { throw TooMany() }
                }
            }
        } catch {
            names.names = nil
        }
        names.names?.formUnion(states[scope]?.written ?? [])
        states[scope]?.last = names
        states[scope]?.listing = nil
        states[scope]?.written = []
        if states.count > Absences.mostScopes {
            states = states.filter { $0.value.listing != nil || names.at - $0.value.since <= Absences.pause }
        }
        return names
    }
}
