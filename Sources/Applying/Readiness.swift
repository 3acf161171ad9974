// What must hold before dependents are sent: a CustomResourceDefinition is established, a namespace is active.

import KubernetesClient
import KubernetesModel
import StructuredData

struct Readiness: Sendable {
    let applier: Applier
    let resource: APIResource

    enum State: Equatable {
        case ready
        case waiting(String)
        /// Will not become ready by itself.
        case never(String)
    }

    /// Polls until `object` can carry its dependents. Other kinds are ready at once.
    /// - Throws: ``RowFailure``.
    func wait(for object: Unstructured, key: ObjectKey) async throws {
        var state = Readiness.state(of: object)
        var backoff = Backoff(first: .milliseconds(50), limit: .seconds(1))
        while true {
            let missing: String
            switch state {
            case .ready: return
            case .never(let reason): throw RowFailure.failed("written, but \(reason)")
            case .waiting(let reason): missing = reason
            }
            do {
                guard try await applier.pace.wait(backoff.pause(jitter: applier.pace.jitter()), until: applier.deadline) else {
                    throw RowFailure.timedOut("written, but \(missing) when the time was up", survivor: false)
                }
            } catch is CancellationError {
                throw RowFailure.timedOut("written, but interrupted while \(missing)", survivor: false)
            }
            do {
                guard let live = try await applier.client.get(resource, namespace: key.namespace, name: key.name) else {
                    throw RowFailure.failed("written, but deleted by someone right after")
                }
                state = Readiness.state(of: live)
            } catch let error as ClientError {
                guard error.isTransient else { throw RowFailure.failed("written, but cannot be read: \(error.messageOfIt)") }
                state = .waiting("it could not be read (\(error.messageOfIt))")
            }
        }
    }

    static func state(of object: Unstructured) -> State {
        guard let key = object.key else { return .ready }
        switch key.groupKind {
        case .customResourceDefinition:
            if object.isTerminating { return .never("it is being deleted") }
            let conditions = object.value.at("status", "conditions")?.array ?? []
            func condition(_ type: String) -> Value? { conditions.first { $0["type"]?.string == type } }
            if let names = condition("NamesAccepted"), names["status"]?.string == "False" {
                return .never("its names are not accepted: \(names["message"]?.string ?? names["reason"]?.string ?? "no reason given")")
            }
            return condition("Established")?["status"]?.string == "True" ? .ready : .waiting("it was not established")
        case .namespace:
            if object.isTerminating { return .never("it is being deleted") }
            // A server that tells no phase has nothing to wait for.
            let phase = object.value.at("status", "phase")?.string ?? "Active"
            return phase == "Active" ? .ready : .waiting("it was \(phase), not Active")
        default:
            return .ready
        }
    }
}
