// Follows the ConfigMaps and Secrets that variables have their values from, each by its name: a change wakes those that read it.

import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// Those that one identity reads. What they say is not kept: a turn that needs it asks for it.
actor ValueWatches {
    struct Place: Hashable, Sendable {
        var namespace: String
        var kind: Application.ValueSource.Kind
        var name: String
    }

    private struct Followed {
        /// Another one each time that following begins: what a watch that was ended still tells is not heard.
        var number: Int
        var task: Task<Void, Never>?
        var readers: Set<String>
        var isListed = false
        var isRefused = false
        /// Whether nothing is known yet, and nothing stands in the way.
        var isPending: Bool { !isListed && !hasFailed }
        var hasFailed = false
        /// Of the object as it was told last; nil: there is none.
        var version: String?
        /// While a LIST is under way: what it has.
        var listed: String?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let client: KubernetesClient
    private let time: WorkTime
    private let changed: @Sendable (String) async -> Void
    private var places: [Place: Followed] = [:]
    private var count = 0
    private var isStopped = false

    /// - Parameter changed: told of each Application that reads what has changed.
    init(client: KubernetesClient, time: WorkTime = .system, changed: @escaping @Sendable (String) async -> Void) {
        self.client = client
        self.time = time
        self.changed = changed
    }

    /// Follows these, and no others any more, for an Application. Waits until each was listed or refused: of what is read after that no
    /// change is missed.
    /// - Parameter asksAgain: whether to try once more what was refused.
    /// - Returns: whether all are followed. What is not must be read again now and then.
    func follow(_ wanted: Set<Place>, for reference: String, asksAgain: Bool) async -> Bool {
        for place in places.keys where !wanted.contains(place) { leave(place, reference) }
        guard !isStopped else { return false }
        for place in wanted {
            if places[place].map({ $0.isRefused && asksAgain }) ?? true { begin(place) }
            places[place]?.readers.insert(reference)
        }
        for place in wanted {
            guard places[place]?.isPending ?? false else { continue }
            await withCheckedContinuation { places[place]?.waiting.append($0) }
        }
        return isFollowing(wanted)
    }

    /// Whether a change of any of them is told.
    func isFollowing(_ wanted: Set<Place>) -> Bool { wanted.allSatisfy { places[$0]?.isListed ?? false } }

    /// Nothing is followed for an Application any more.
    func leave(_ reference: String) {
        for place in places.keys { leave(place, reference) }
    }

    /// Ends all watches.
    func stop() async {
        isStopped = true
        let running = places.values.compactMap(\.task)
        for task in running { task.cancel() }
        for place in places.keys { wake(place) }
        for task in running { await task.value }
    }

    private func begin(_ place: Place) {
        count += 1
        let number = count
        let reflector = Reflector(
            client: client,
            scope: .init(
                resource: VariableReader.resource(place.kind), namespace: place.namespace, fieldSelector: "metadata.name=\(place.name)"),
            time: time)
        // Ends where nobody reads it, where it is refused, or in `stop`.
        let task = Task { await reflector.run { await self.take($0, place, number) } }
        places[place] = Followed(number: number, task: task, readers: places[place]?.readers ?? [])
    }

    private func leave(_ place: Place, _ reference: String) {
        guard places[place]?.readers.remove(reference) != nil, places[place]?.readers.isEmpty ?? false else { return }
        wake(place)
        places.removeValue(forKey: place)?.task?.cancel()
    }

    private func take(_ event: Reflector.Event, _ place: Place, _ number: Int) async {
        guard places[place]?.number == number else { return }
        switch event {
        case .relisting: places[place]?.listed = nil
        case .page(let objects): if let object = objects.first { places[place]?.listed = object.resourceVersion }
        case .listed: await become(places[place]?.listed, place)
        case .changed(let event):
            if event.kind != .bookmark { await become(event.kind == .deleted ? nil : event.object.resourceVersion, place) }
        case .recovered: break
        case .failing(let error, _):
            places[place]?.hasFailed = true
            if error.code == .forbidden || error.code == .unauthorized {
                // To ask again and again costs as much as reading it.
                places[place]?.task?.cancel()
                places[place]?.isRefused = true
                let wasListed = places[place]?.isListed ?? false
                places[place]?.isListed = false
                if wasListed { await tell(place) }
            }
            wake(place)
        }
    }

    private func become(_ version: String?, _ place: Place) async {
        let isNews = places[place]?.version != version
        // Who waits for the first LIST reads what it tells; who went on without it does not know.
        let isFirst = places[place]?.isPending ?? true
        places[place]?.version = version
        places[place]?.isListed = true
        places[place]?.hasFailed = false
        wake(place)
        if isNews, !isFirst { await tell(place) }
    }

    private func tell(_ place: Place) async {
        for reader in places[place]?.readers ?? [] { await changed(reader) }
    }

    private func wake(_ place: Place) {
        let waiting = places[place]?.waiting ?? []
        places[place]?.waiting = []
        for waiter in waiting { waiter.resume() }
    }
}
