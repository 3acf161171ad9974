// What all verbs that print data have in common.

import Applying
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

    /// Finds what is wrong before a cluster is asked; nothing of Applications whose variables have their values from it.
    static func check(_ sources: [(Application, SourceSnapshot)]) async throws {
        _ = try await render(sources.filter { $0.0.source.substitute?.from.isEmpty ?? true })
    }

    /// Renders all, and finds everything that is wrong in any of them before it throws.
    static func render(_ sources: [(Application, SourceSnapshot)]) async throws -> [RenderedApplication] {
        let results = try await mapConcurrently(sources, limit: Invocation.width) { application, snapshot in
            Result { () throws(RenderingFailure) in try Renderer(application: application).render(snapshot, discovery: nil) }
        }
        var rendered: [RenderedApplication] = []
        var failed: [(reference: String, name: String, findings: [SyncReport.ReportedError])] = []
        for ((application, snapshot), result) in zip(sources, results) {
            do throws(RenderingFailure) {
                rendered.append(RenderedApplication(application: application, snapshot: snapshot, objects: try result.get()))
            } catch {
                let own = error.findings.map { SyncReport.ReportedError(message: $0.message, location: $0.location) }
                failed.append((application.reference, "\(application.reference) at \(PlanText.short(revision: snapshot.revision))", own))
            }
        }
        guard failed.isEmpty else {
            // Two revisions of an Application may have the same fault.
            let findings = failed.flatMap(\.findings).reduce(into: [SyncReport.ReportedError]()) { if !$0.contains($1) { $0.append($1) } }
            let names = failed.map(\.name).joined(separator: ", ")
            let count = findings.count == 1 ? "1 error" : "\(findings.count) errors"
            var failure = CommandFailure(.invalid, "cannot render \(names): \(count)", details: findings)
            failure.findings = Dictionary(failed.map { ($0.reference, $0.findings) }, uniquingKeysWith: +)
            throw failure
        }
        return rendered
    }
}
