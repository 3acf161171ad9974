// `belay version`.

import ArgumentParser
import StructuredData

/// The program's version, as tags and images carry it.
package enum BelayVersion {
    package static let current = "0.1.0"
}

struct VersionCommand: Verb {
    static let formats: [OutputFormat] = [.table, .json, .yaml]
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        switch format {
        case .json, .yaml:
            printValue(["apiVersion": "belay.dev/v1alpha1", "kind": "Version", "version": .string(BelayVersion.current)])
        default: console.print("belay \(BelayVersion.current)")
        }
    }
}
