// What in a conversation depends on the clock and not on the case: looks of somebody who waits, and renewals of a lease.

import StructuredData

/// Leaves chance out of a conversation.
enum Chance {
    /// - Returns: the exchanges that come in every recording of the case, as they came.
    static func without(_ exchanges: [RecordedExchange]) -> [RecordedExchange] { withoutRenewals(withoutLooks(exchanges)) }

    /// Of a wait only the last look, and of looks at another run's lease only the first: how often somebody looks is chance. So is
    /// whether kubectl looks for a definition, which it does while a new kind's schema is not published.
    private static func withoutLooks(_ exchanges: [RecordedExchange]) -> [RecordedExchange] {
        let settled = exchanges.indices.filter { index in
            let (this, next) = (exchanges[index], exchanges.indices.contains(index + 1) ? exchanges[index + 1] : nil)
            if this.userAgent.hasPrefix("kubectl"), this.target == "/apis/apiextensions.k8s.io/v1/customresourcedefinitions" {
                return false
            }
            return this.method != "GET" || !this.userAgent.hasPrefix("belay") || this.method != next?.method || this.target != next?.target
        }
        var seen: Set<String> = []
        return settled.map { exchanges[$0] }.filter { exchange in
            guard exchange.method == "GET", exchange.userAgent.hasPrefix("belay"), let run = run(exchange.answer) else { return true }
            return seen.insert("\(run) \(exchange.target)").inserted
        }
    }

    /// A lease is renewed every few seconds: the same parent with a later end. What was written after it stands on the version before.
    private static func withoutRenewals(_ exchanges: [RecordedExchange]) -> [RecordedExchange] {
        var held: [String: Value] = [:]
        var versions: [String: String] = [:]
        return exchanges.compactMap { exchange in
            let answer = exchange.answer
            if ["POST", "PUT"].contains(exchange.method), exchange.userAgent.hasPrefix("belay"), let run = run(answer),
                let version = answer.at("metadata", "resourceVersion")?.string
            {
                let key = "\(run) \(answer.at("metadata", "uid")?.string ?? "")"
                if let before = held[key], timeless(before) == timeless(answer) {
                    let first = before.at("metadata", "resourceVersion")?.string ?? ""
                    versions[version] = first
                    return nil
                }
                held[key] = answer
            }
            guard !versions.isEmpty else { return exchange }
            var exchange = exchange
            exchange.body = exchange.body.map { replaced(versions, in: $0) }
            exchange.answer = replaced(versions, in: exchange.answer)
            return exchange
        }
    }

    /// The run that holds the parent in this answer.
    private static func run(_ parent: Value) -> Substring? {
        parent.at("metadata", "annotations", lease)?.string?.split(separator: ",").first
    }

    private static let lease = "belay.dev/run"

    private static func timeless(_ parent: Value) -> Value {
        var parent = parent
        for path in [["metadata", "resourceVersion"], ["metadata", "managedFields"], ["metadata", "annotations", lease]] {
            parent.set(nil, at: path)
        }
        return parent
    }

    private static func replaced(_ versions: [String: String], in value: Value, key: String = "") -> Value {
        switch value {
        case .string(let text) where key == "resourceVersion": .string(versions[text] ?? text)
        case .array(let items): .array(items.map { replaced(versions, in: $0) })
        case .object(let object):
            .object(
                Object(uniqueEntries: object.map { Object.Entry(key: $0.key, value: replaced(versions, in: $0.value, key: $0.key)) }))
        default: value
        }
    }
}
