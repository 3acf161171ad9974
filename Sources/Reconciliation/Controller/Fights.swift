// Two writers of one field: after five corrections in ten minutes Belay stops, and says who the other one is.

import FoundationEssentials
import Journal
import KubernetesModel
import Planning
import StructuredData

/// The corrections of one Application's objects, and the objects that are left alone because of them.
struct Fights: Sendable {
    private struct Field: Hashable {
        var key: ObjectKey
        var path: String
    }

    /// An object that is only reported on for a while.
    struct Quarantine: Sendable, Equatable {
        var path: String
        var writer: String
        var until: Date

        /// Both writers, and what they fight over.
        var reason: String {
            "Belay and \(writer) both write \(path), \(Fights.limit) times within \(Int(Fights.window / 60)) minutes: let one of them go"
        }
    }

    static let limit = 5
    static let window: TimeInterval = 600
    /// How long an object stays in quarantine after the last correction.
    static let duration: TimeInterval = 3600

    private var corrections: [Field: [Date]] = [:]
    private(set) var quarantines: [ObjectKey: Quarantine] = [:]

    /// One field was put right.
    mutating func corrected(_ key: ObjectKey, path: String, writer: String, at now: Date) {
        let field = Field(key: key, path: path)
        let recent = corrections[field, default: []].filter { now.timeIntervalSince($0) < Fights.window } + [now]
        corrections[field] = recent
        if recent.count >= Fights.limit {
            quarantines[key] = Quarantine(path: path, writer: writer, until: now.addingTimeInterval(Fights.duration))
        }
    }

    /// Takes up what the journal tells of the time before the start.
    /// - Parameter episodes: of this Application, in any order.
    mutating func recall(_ episodes: [DriftEpisode], now: Date) {
        for episode in episodes.sorted(by: { $0.id < $1.id }) where episode.resolution == "reverted" {
            guard let at = episode.resolvedAt.flatMap(Timestamp.date), now.timeIntervalSince(at) < Fights.duration else { continue }
            if episode.fields.array?.isEmpty ?? true {
                corrected(episode.key, path: "the object (\(episode.type))", writer: "another program", at: at)
            }
            for field in episode.fields.array ?? [] {
                guard let path = field["path"]?.string else { continue }
                corrected(episode.key, path: path, writer: field["manager"]?.string ?? "unknown", at: at)
            }
        }
        expire(now)
    }

    /// Forgets what is over; Git may have changed its mind about an object, too.
    mutating func expire(_ now: Date, forgetting changed: Set<ObjectKey> = []) {
        quarantines = quarantines.filter { $0.value.until > now && !changed.contains($0.key) }
        corrections = corrections.filter { field, times in
            !changed.contains(field.key) && times.contains { now.timeIntervalSince($0) < Fights.window }
        }
    }

    /// The quarantines as holds, which is what they are to a plan.
    var holds: [Application.Hold] {
        quarantines.sorted { $0.key < $1.key }.map { key, quarantine in
            Application.Hold(
                group: key.group, kind: key.kind, namespace: key.namespace, name: key.name,
                reason: quarantine.reason,
                until: Timestamp.text(quarantine.until))
        }
    }
}
