// What `diff`, `apply` and `delete` have in common: a run, or why there was none, in every format.

import ArgumentParser
import KubernetesModel
import Planning
import Reconciliation
import Rendering
import StructuredData

/// A verb whose data are sync reports.
protocol RunVerb: Verb {
    var source: SourceOptions { get }
    var cluster: ClusterOptions { get }
}

extension RunVerb {
    static var formats: [OutputFormat] { ReportPrinter.formats }

    var access: ClusterAccess { ClusterAccess(options: cluster, invocation: invocation) }

    func loading(nameIsOptional: Bool = false) -> SourceLoading {
        SourceLoading(options: source, invocation: invocation, defaultNamespace: access.namespace, nameIsOptional: nameIsOptional)
    }

    /// Runs `body`; a failure before there was a report is printed as one where a machine reads the output.
    func reportingFailure(_ printer: ReportPrinter, _ body: (inout [Application]) async throws -> Void) async throws {
        var applications: [Application] = []
        do {
            try await body(&applications)
        } catch let code as ExitCode {
            throw code
        } catch {
            let doing = error is RenderingFailure ? "render \(words(applications.map(\.reference)))" : nil
            guard var failure = CommandFailure(error, doing: doing), !Interruption.happened else { throw error }
            if failure.status == .invalid, failure.hint == nil { failure.hint = source.leavingOutHint(failure.details) }
            printer.print(failure, applications)
            throw failure
        }
    }
}
