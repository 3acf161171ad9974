// Kinds of text that stand in several places of our schemas: names, durations, times, commits' revisions.

import KubernetesModel
import StructuredData

extension Schema {
    typealias Limits = Application.Limits

    private static let label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

    /// RFC 1123 label.
    static func namespace(_ description: String) -> Schema { .text(description, Limits.namespace, pattern: "^\(label)$") }

    /// RFC 1123 subdomain.
    static func name(_ description: String) -> Schema { .text(description, Limits.objectName, pattern: "^\(label)(\\.\(label))*$") }

    /// Of a rule that matches objects: nothing more is known of the kinds of others.
    static func kind(_ description: String) -> Schema { .text(description, Limits.kind) }

    /// An API group; empty is the core group.
    static func group(_ description: String) -> Schema { .text(description, Limits.objectName, minimum: 0) }

    static func reason(_ description: String) -> Schema { .text(description, Limits.reason) }

    /// As ``DurationText`` reads them, from a second to a year.
    static func duration(_ description: String, default fallback: String) -> Schema {
        let amount = "([0-9]{1,11}(\\.[0-9]*)?|\\.[0-9]+)"
        return Schema.text(
            description, Limits.duration,
            rules: [
                SchemaRule(
                    "self.matches(r'^\\+?(\(amount)(h|m|s|ms))+$') && duration(self) >= duration('1s') && duration(self) <= duration('8760h')",
                    "must be a duration with a unit from 1s to 8760h, such as 90s, 5m or 1h30m (units h, m, s, ms)")
            ]
        ).defaulting(to: .string(fallback))
    }

    /// RFC 3339, with a zone.
    static func until(_ description: String) -> Schema {
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?"
        let zone = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
        return .text(
            description, Limits.time,
            rules: [
                SchemaRule(
                    "self.matches(r'^\(date)T\(time)\(zone)$') && timestamp(self) >= timestamp('0001-01-01T00:00:00Z')",
                    "must be a time of RFC 3339 with a zone, such as 2026-11-24T08:00:00Z")
            ])
    }

    /// Of a status: written by the controller.
    static func moment(_ description: String) -> Schema { .text(description, Limits.time, format: "date-time") }

    static func revision(_ description: String) -> Schema { .text(description, 1200, minimum: 0) }
}
