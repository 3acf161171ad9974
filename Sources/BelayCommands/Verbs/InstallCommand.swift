// `belay install`: what a cluster needs for the controller, as YAML or applied.

import ArgumentParser
import Foundation
import StructuredData

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Put Belay's kinds and its controller into a cluster.",
        usage: "belay install [--export] [--crds-only]")

    @Flag(help: "Print the objects as YAML instead of applying them.")
    var export = false

    @Flag(help: "Only the CustomResourceDefinitions.")
    var crdsOnly = false

    func run() async throws {
        for object in Definitions.all { Invocation.current.console.printBytes(Array("---\n".utf8) + Array(YAML.write(object).utf8)) }
    }
}
