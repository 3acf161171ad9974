// Asks the API server what Planning wants to know: dry-runs and reads, a few at a time, in at most four rounds.

import Applying
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct Prober: Sendable {
    let client: KubernetesClient
    let fieldManager: String
    let concurrency: Int
    let pace: Pace

    static let roundLimit = 4
    /// A probe whose failure may pass is asked this often.
    private static let attempts = 4

    private struct Reply: Sendable {
        var answer: ProbeAnswer
        var warnings: [String] = []
    }

    /// Asks until the planner has no more questions.
    /// - Returns: the answers, and what the server warned of in answers to applies, as it will when they are sent.
    /// - Throws: ``ClientError`` where the server cannot be reached or does not let us in; all other failures are answers.
    func answers(for planner: Planner) async throws -> (answers: ProbeAnswers, warnings: ServerWarnings) {
        var answers: ProbeAnswers = [:]
        var warnings = ServerWarnings()
        for _ in 0..<Prober.roundLimit {
            let requests = planner.probes(answers).filter { answers[$0.probe] == nil }
            if requests.isEmpty { break }
            let replies = try await mapConcurrently(requests, limit: concurrency) { try await ask($0) }
            for (request, reply) in zip(requests, replies) {
                answers[request.probe] = reply.answer
                warnings.add(reply.warnings, about: request.probe.key)
            }
        }
        return (answers, warnings)
    }

    private func ask(_ request: ProbeRequest) async throws -> Reply {
        var backoff = Backoff(first: .milliseconds(200), limit: .seconds(2))
        var attempt = 1
        while true {
            do {
                return try await send(request)
            } catch let error as ClientError {
                switch error.code {
                case .unreachable, .timeout, .unauthorized, .configuration: throw error
                default: break
                }
                guard error.isTransient, attempt < Prober.attempts else {
                    return Reply(answer: .failed(ProbeFailure(error, to: request.probe.request)))
                }
                attempt += 1
                try await pace.sleep(backoff.pause(jitter: pace.jitter(), retryAfter: error.retryAfter))
            }
        }
    }

    private func send(_ request: ProbeRequest) async throws -> Reply {
        let key = request.probe.key
        switch request.probe.request {
        case .apply(let force):
            let answer = try await client.apply(
                request.resource, body: request.body, fieldManager: fieldManager, force: force, dryRun: true,
                withholdsTexts: request.withholdsTexts, class: .managed)
            return Reply(answer: .object(answer.object, created: answer.created), warnings: answer.warnings)
        case .update:
            let answer = try await client.update(
                request.resource, body: request.body, fieldManager: fieldManager, dryRun: true, withholdsTexts: request.withholdsTexts,
                class: .managed)
            return Reply(answer: .object(answer.object, created: answer.created))
        case .get:
            guard let object = try await client.get(request.resource, namespace: key.namespace, name: key.name) else {
                return Reply(answer: .absent)
            }
            return Reply(answer: .object(object, created: false))
        }
    }
}

extension ProbeFailure {
    /// The client's error in Planning's terms.
    init(_ error: ClientError, to request: Probe.Request) {
        self.init(
            reason: Reason(error.code, request), status: error.status, message: error.messageOfIt,
            conflicts: error.conflicts.map { Conflict(path: $0.path, manager: $0.manager) })
    }
}

extension ProbeFailure.Reason {
    init(_ code: ClientError.Code, _ request: Probe.Request) {
        switch code {
        case .fieldConflict: self = .fieldConflict
        case .conflict: self = .staleResourceVersion
        case .alreadyExists: self = .alreadyExists
        case .forbidden: self = .forbidden
        case .namespaceTerminating: self = .namespaceTerminating
        case .notFound:
            // An apply creates what is absent: what it misses is the namespace.
            if case .apply = request { self = .namespaceMissing } else { self = .other }
        case .kindNotServed: self = .kindMissing
        case .invalid: self = .invalid
        case .immutable: self = .immutable
        case .badRequest: self = .badRequest
        case .unreachable, .timeout, .tooManyRequests, .unavailable, .expired: self = .transient
        case .configuration, .unauthorized, .tooLarge, .permanent, .malformedResponse: self = .other
        }
    }
}
