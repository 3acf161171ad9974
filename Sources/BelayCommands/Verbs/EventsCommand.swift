// `belay events`: what the controller reported of Applications, newest last.

import ArgumentParser
import KubernetesClient
import KubernetesModel
import StructuredData

struct EventsCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "List Events of Applications, newest last.", usage: "belay events [APP] [-n NAMESPACE | -A]",
        discussion: "A cluster keeps Events for about an hour; belay history has the runs.")

    @OptionGroup var scope: ApplicationScope
    @OptionGroup var limit: LimitOption
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        let place = try scope.place(cluster.access)
        let namespace = place?.namespace ?? scope.namespace(cluster.access)
        let listed = try await cluster.withClient(.reading) { client in
            let access = ApplicationAccess(client: client)
            let listed = try await access.asking("list", ApplicationAccess.events, namespace) {
                try await client.list(ApplicationAccess.events, namespace: namespace)
            }.items.map(\.value)
            let events = EventText.chosen(listed, place)
            // Nothing reported of it, or no such Application: that is not the same.
            if events.isEmpty, let place { _ = try await access.application(place) }
            return events
        }
        let events = listed.suffix(limit.limit)
        switch format {
        case .json, .yaml: printValue(["apiVersion": "events.k8s.io/v1", "kind": "EventList", "items": .array(events.map(Self.plain))])
        default:
            guard !events.isEmpty else { return console.say("no events" + (place.map { " of \($0)" } ?? "")) }
            let table = EventText.table(Array(events), wide: format == .wide, now: invocation.now())
            for line in table.lines(console.outputStyle) { console.print(line) }
        }
    }

    private static func plain(_ event: Value) -> Value {
        var event = event
        event.set(nil, at: ["metadata", "managedFields"])
        return event
    }
}

/// Events of Applications, read leniently: anybody may write Events.
package enum EventText {
    /// Those about Applications (of Belay), or about one, the newest last.
    static func chosen(_ events: [Value], _ place: ApplicationPlace?) -> [Value] {
        events.filter { event in
            let object = event["regarding"]
            guard object?["kind"]?.string == Application.kind, object?["apiVersion"]?.string?.hasPrefix(Definitions.group + "/") ?? false
            else {
                return false
            }
            guard let place else { return true }
            return object?["name"]?.string == place.name && object?["namespace"]?.string == place.namespace
        }
        .map { (time: time($0).flatMap(Moment.seconds) ?? 0, event: $0) }
        .sorted { $0.time < $1.time }.map(\.event)
    }

    /// When it was seen last.
    private static func time(_ event: Value) -> String? {
        let times = [
            event.at("series", "lastObservedTime"), event["eventTime"], event["deprecatedLastTimestamp"],
            event.at("metadata", "creationTimestamp"),
        ]
        return times.lazy.compactMap { $0?.string }.first { !$0.isEmpty }
    }

    static func table(_ events: [Value], wide: Bool, now: Double) -> TextTable {
        var table = TextTable(["LAST SEEN", "TYPE", "REASON", "APPLICATION", "COUNT"] + (wide ? ["ACTION", "BY"] : []) + ["MESSAGE"])
        func text(_ value: Value?, _ limit: Int) -> String { Printable.shortened(value?.string ?? "", to: limit) }
        for event in events {
            let object = event["regarding"]
            let count = event.at("series", "count")?.int ?? event["deprecatedCount"]?.int ?? 1
            let type = text(event["type"], 20)
            table.rows.append(
                [
                    .init(time(event).map { Moment.ago($0, now: now) } ?? "-"), .init(type, type == "Warning" ? .yellow : nil),
                    .init(text(event["reason"], 128)), .init("\(text(object?["namespace"], 63))/\(text(object?["name"], 253))"),
                    .init(String(max(1, count))),
                ] + (wide ? [.init(text(event["action"], 128)), .init(text(event["reportingController"], 128))] : [])
                    + [.init(text(event["note"], wide ? 1024 : 200))])
        }
        return table
    }
}
