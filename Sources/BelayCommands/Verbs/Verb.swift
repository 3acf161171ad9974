// What all verbs that print data have in common.

import ArgumentParser
import Foundation
import Journal
import KubernetesModel
import Reconciliation
import Rendering
import StructuredData

/// A verb with `-o` and `--color`.
protocol Verb: AsyncParsableCommand {
    var output: OutputOptions { get }
    /// The formats it takes, the default first.
    static var formats: [OutputFormat] { get }
}

extension Verb {
    func validate() throws { try output.check(Self.formats) }
    var format: OutputFormat { output.format(default: Self.formats.first ?? .table) }
    var invocation: Invocation { .current }
    var console: Console { Invocation.current.console }

    /// Prints a list or object in a format for machines.
    func printValue(_ value: Value) {
        if format == .yaml {
            console.printBytes(Array(YAML.write(value).utf8))
        } else {
            console.printBytes(Printable.json(JSON.writeIndented(value)))
        }
    }
}

/// One Application with its files, and what they render to without a cluster.
struct RenderedApplication {
    var application: Application
    var snapshot: SourceSnapshot
    var objects: [DesiredObject]

    /// Renders all, and finds everything that is wrong in any of them before it throws.
    static func render(_ sources: [(Application, SourceSnapshot)]) throws -> [RenderedApplication] {
        var rendered: [RenderedApplication] = []
        var findings: [SyncReport.ReportedError] = []
        for (application, snapshot) in sources {
            do throws(RenderingFailure) {
                let objects = try Renderer(application: application).render(snapshot, discovery: nil)
                rendered.append(RenderedApplication(application: application, snapshot: snapshot, objects: objects))
            } catch {
                findings += error.findings.map { .init(message: $0.message, location: $0.location) }
            }
        }
        guard findings.isEmpty else {
            let names = sources.map { "\($0.0.reference) at \(PlanText.short(revision: $0.1.revision))" }
            let count = findings.count == 1 ? "1 error" : "\(findings.count) errors"
            throw CommandFailure(.invalid, "cannot render \(names.joined(separator: ", ")): \(count)", details: findings)
        }
        return rendered
    }
}
