// `belay inventory`: the objects of an Application, as the journal knows them.

import ArgumentParser
import Journal
import KubernetesModel
import StructuredData

struct InventoryCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml, .name]
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "List the objects that an Application has in the cluster, as the journal knows them.")

    @OptionGroup var application: ApplicationArgument
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions

    func validate() throws {
        try output.check(Self.formats)
        if application.application == nil { throw ValidationError("which Application? belay inventory NAME") }
    }

    func run() async throws {
        var rows: [(row: InventoryRow, cluster: String)] = []
        var name = application.application ?? ""
        if let journal = try journal.openExisting() {
            name = try await application.resolve(in: journal) ?? name
            for cluster in try await journal.clusters(of: name) {
                rows += try await journal.inventory(of: name, cluster: cluster).map { ($0, cluster) }
            }
            if rows.isEmpty {
                let known = try await journal.applications()
                console.say(
                    "nothing recorded of \(Printable.text(name))"
                        + (known.isEmpty || known.contains(name) ? "" : "; the journal knows \(Printable.text(words(known)))"))
            }
            try await journal.close()
        }
        switch format {
        case .json, .yaml:
            printValue([
                "apiVersion": "belay.dev/v1alpha1", "kind": "Inventory", "application": .string(name),
                "items": .array(rows.map { $0.row.json(cluster: $0.cluster) }),
            ])
        case .name: for (row, _) in rows { console.print(Printable.text("\(row.key.groupKind.description.lowercased())/\(row.key.name)")) }
        default: printTable(rows)
        }
    }

    private func printTable(_ rows: [(row: InventoryRow, cluster: String)]) {
        guard !rows.isEmpty else { return }
        let wide = format == .wide || Set(rows.map(\.cluster)).count > 1
        var table = TextTable(["NAMESPACE", "KIND", "NAME", "API", "STATE"] + (wide ? ["UID", "CLUSTER"] : []))
        for (row, cluster) in rows {
            let api = row.key.group.isEmpty ? row.version : "\(row.key.group)/\(row.version)"
            table.rows.append(
                [.init(row.key.namespace ?? "-"), .init(row.key.kind), .init(row.key.name), .init(api), .init(row.state)]
                    + (wide ? [.init(row.uid ?? "-"), .init(cluster)] : []))
        }
        for line in table.lines(console.outputStyle) { console.print(line) }
    }
}
