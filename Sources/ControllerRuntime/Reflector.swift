// LIST, then WATCH from there, for as long as somebody wants to know: what is told in between is never lost.

package import KubernetesClient
package import KubernetesModel

/// Follows the objects of one kind in one scope.
///
/// A stream that ends is opened again from the last resourceVersion; a resourceVersion that is gone is answered by a new LIST, which the
/// follower compares with what it knows. Failures are told and tried again for ever, with growing pauses.
package struct Reflector: Sendable {
    /// What to follow.
    package struct Scope: Hashable, Sendable {
        package var resource: APIResource
        /// nil: everywhere.
        package var namespace: String?
        package var labelSelector: String?
        package var fieldSelector: String?

        package init(
            resource: APIResource, namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil
        ) {
            self.resource = resource
            self.namespace = namespace
            self.labelSelector = labelSelector
            self.fieldSelector = fieldSelector
        }
    }

    package enum Event: Sendable {
        /// A LIST begins: what was told before may be stale. Objects that no page of it has are gone.
        case relisting
        case page([Unstructured])
        /// The LIST is complete.
        case listed
        case changed(KubernetesClient.WatchEvent)
        /// After a failure the stream works again, from where it was cut: nothing was missed.
        case recovered
        /// Neither could be had; it is tried again after the pause. What was told so far may be stale.
        case failing(ClientError, retryIn: Duration)
    }

    private let client: KubernetesClient
    private let scope: Scope
    private let time: WorkTime
    private let backoff: Backoff
    private let lasting: @Sendable () -> Duration

    /// - Parameter lasting: how long one stream shall be, drawn for each: many that begin together shall not end together.
    package init(
        client: KubernetesClient, scope: Scope, time: WorkTime = .system, backoff: Backoff = Backoff(longest: .seconds(60)),
        lasting: @escaping @Sendable () -> Duration = { .seconds(Int.random(in: 300..<600)) }
    ) {
        self.client = client
        self.scope = scope
        self.time = time
        self.backoff = backoff
        self.lasting = lasting
    }

    /// A stream that ends sooner and without an event is no working one.
    private static let shortest = Duration.seconds(1)

    /// Tells events, one after the other, until the task is cancelled.
    package func run(_ tell: @Sendable (Event) async -> Void) async {
        var version: String?
        var failures = 0
        var isTold = false
        var isOpen = false
        func recover() async {
            failures = 0
            if isTold { await tell(.recovered) }
            isTold = false
        }
        while !Task.isCancelled {
            do {
                if version == nil {
                    version = try await list(tell)
                    isTold = false
                }
                let begun = time.now()
                var hasEvents = false
                try await watch(from: version ?? "") {
                    isOpen = true
                    // Of a quiet kind nothing may come for long. Whether the stream is a working one shows only later.
                    if isTold { await tell(.recovered) }
                    isTold = false
                } onEvent: { event in
                    version = event.object.resourceVersion ?? version
                    hasEvents = true
                    await recover()
                    if event.kind != .bookmark { await tell(.changed(event)) }
                }
                isOpen = false
                if hasEvents || time.now() - begun >= Reflector.shortest {
                    await recover()
                    continue
                }
                failures += 1
                await time.sleep(backoff.pause(after: failures))
            } catch is CancellationError where Task.isCancelled {
                return
            } catch let error as ClientError {
                failures += 1
                let wasCut = isOpen && error.code == .unreachable
                isOpen = false
                if error.code == .expired { version = nil }
                // At once where that is all there is to do: the server may have died without a word or gone, as one of several, or forgot
                // old versions.
                if error.code == .expired || error.code == .timeout || wasCut, failures == 1 { continue }
                let pause = max(backoff.pause(after: failures), error.retryAfter ?? .zero)
                isTold = true
                await tell(.failing(error, retryIn: pause))
                await time.sleep(pause)
            } catch {
                // Nothing else is thrown; if it were, an end without a word would be the worst of all.
                failures += 1
                await time.sleep(backoff.pause(after: failures))
            }
        }
    }

    private func list(_ tell: @Sendable (Event) async -> Void) async throws -> String {
        await tell(.relisting)
        let version = try await client.eachPage(
            of: scope.resource, namespace: scope.namespace, labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector
        ) { page in
            switch page {
            case .restarted: await tell(.relisting)
            case .items(let items): await tell(.page(items))
            }
        }
        await tell(.listed)
        return version
    }

    private func watch(
        from version: String, onOpen: () async -> Void, onEvent: (KubernetesClient.WatchEvent) async throws -> Void
    ) async throws {
        try await client.watch(
            scope.resource, namespace: scope.namespace, labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector,
            from: version, lasting: lasting(), onOpen: onOpen, onEvent: onEvent)
    }
}
