// The open episodes of one Application as its DriftReport shows them: within the limits of its schema.

import Journal
import KubernetesModel
import StructuredData

struct DriftReportText {
    /// `episodes` and `openCount`.
    let value: Value

    private static let mostEpisodes = 50
    private static let mostFields = 20

    init(_ episodes: [DriftEpisode]) {
        let oldest = episodes.sorted { $0.id < $1.id }.prefix(DriftReportText.mostEpisodes)
        value = ["openCount": .int(Int64(episodes.count)), "episodes": .array(oldest.map(DriftReportText.episode))]
    }

    private static func episode(_ episode: DriftEpisode) -> Value {
        var object: Object = [
            "group": .string(episode.key.group), "version": .string(episode.version), "kind": .string(episode.key.kind),
            "name": .string(episode.key.name),
        ]
        object["namespace"] = episode.key.namespace.map { .string($0) }
        return [
            "id": .string(episode.id), "object": .object(object), "type": .string(episode.type), "firstSeen": .string(episode.firstSeen),
            "lastSeen": .string(episode.lastSeen),
            "fields": .array((episode.fields.array ?? []).prefix(mostFields).map(field)),
        ]
    }

    private static func field(_ field: Value) -> Value {
        var shown: Object = ["path": .string(ApplicationStatus.short(field["path"]?.string ?? "", 2000))]
        for (name, limit) in [("desired", 500), ("live", 500), ("manager", 200), ("operation", 32), ("subresource", 64)] {
            guard let value = field[name], !value.isNull else { continue }
            shown[name] = .string(ApplicationStatus.short(value.string ?? String(decoding: JSON.write(value), as: UTF8.self), limit))
        }
        if let time = field["time"]?.string, Timestamp.date(time) != nil { shown["time"] = .string(time) }
        return .object(shown)
    }
}
