// What to do after a failed write: one table, over the client's classification.

import KubernetesClient
import KubernetesModel

/// The decision after a failed request.
enum RequestVerdict: Equatable {
    /// Send the same request again after a pause, until the deadline.
    case retry
    /// As `retry`, but give up when it still fails after this long.
    case retryFor(Duration)
    /// What it was planned on has changed: plan the object anew.
    case replan
    case fail

    /// What is known of the row that failed.
    struct Circumstances: Sendable {
        /// Its CustomResourceDefinition was written in this run.
        var kindIsFresh = false
        /// The request expected the object to be absent, or met its end.
        var expectsCreation = false
    }

    init(_ error: ClientError, _ circumstances: Circumstances) {
        switch error.code {
        case .unreachable, .timeout, .tooManyRequests, .unavailable, .expired:
            self = .retry
        case .fieldConflict, .conflict, .alreadyExists:
            self = .replan
        case .notFound:
            // Of an apply: the namespace is missing, or the object vanished between plan and write.
            self = circumstances.expectsCreation ? .fail : .replan
        case .kindNotServed:
            self = circumstances.kindIsFresh ? .retry : .fail
        case .immutable:
            self = circumstances.expectsCreation ? .replan : .fail
        case .badRequest, .permanent, .invalid:
            // After a changed CustomResourceDefinition the server goes on with the old schema for a moment.
            self = circumstances.kindIsFresh ? .retryFor(.seconds(5)) : .fail
        case .forbidden:
            // A namespace's `default` ServiceAccount comes a moment after the namespace; until then its pods are forbidden. Any other is
            // written before them, or is not there: only the server's own cache may lag.
            let words = error.status?.message.utf8 ?? "".utf8
            let waitsForAccount = words.contains(sequence: "error looking up service account".utf8)
            let isDefault = words.contains(sequence: #"serviceaccount "default" not found"#.utf8)
            self = waitsForAccount ? .retryFor(isDefault ? .seconds(30) : .seconds(3)) : .fail
        case .configuration, .unauthorized, .namespaceTerminating, .tooLarge, .malformedResponse:
            self = .fail
        }
    }
}

extension Sequence<UInt8> {
    /// Whether the bytes of `needle` stand in a row somewhere in these.
    func contains(sequence needle: some Sequence<UInt8>) -> Bool {
        let haystack = Array(self)
        let wanted = Array(needle)
        guard !wanted.isEmpty, haystack.count >= wanted.count else { return wanted.isEmpty }
        return (0...(haystack.count - wanted.count)).contains { haystack[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
