// `belay validate`: everything that is wrong with the manifests, in one run, without a cluster.

import ArgumentParser
import KubernetesModel
import Reconciliation
import Rendering
import StructuredData

struct ValidateCommand: Verb {
    static let formats: [OutputFormat] = [.table, .json, .yaml, .junit]
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check the manifests and show every error; needs no cluster.",
        usage: "belay validate (-f app.yaml … | --repo URL | --dir FOLDER) [-o json|junit]",
        discussion: "Exits 2 when there is an error. Each is printed as file:line:column: message.")

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    private struct Verdict {
        var application: Application
        /// nil where the source could not be read.
        var snapshot: SourceSnapshot?
        var objects = 0
        var errors: [SyncReport.ReportedError] = []
        /// What kept the source from being read.
        var failure: CommandFailure?
    }

    func run() async throws {
        let access = ClusterAccess(kubeconfig: nil, context: nil, invocation: invocation)
        let loading = SourceLoading(options: source, invocation: invocation, defaultNamespace: access.namespace, nameIsOptional: true)
        let verdicts = try await loading.loadEach().map(verdict)
        switch format {
        case .json, .yaml: printValue(value(verdicts))
        case .junit:
            let text = JUnitReport.text(verdicts.map { ($0.application.reference, $0.snapshot?.readFiles ?? [], $0.errors) })
            console.printBytes(Array(text.utf8))
        default:
            for verdict in verdicts { printText(verdict) }
            if let hint = source.leavingOutHint(verdicts.flatMap(\.errors)) {
                console.say("  " + console.errorStyle.paint("hint:", .cyan) + " " + hint)
            }
        }
        // What a machine does not read from standard output is said as well.
        if format != .table { verdicts.compactMap(\.failure).flatMap { $0.lines(console.errorStyle) }.forEach(console.say) }
        let status = ExitStatus(verdicts.filter { !$0.errors.isEmpty }.map { $0.failure?.status.outcome ?? .invalid })
        if status != .success { throw ExitCode(status.rawValue) }
    }

    private func verdict(_ application: Application, _ source: Result<SourceSnapshot, CommandFailure>) -> Verdict {
        let snapshot: SourceSnapshot
        switch source {
        case .success(let read): snapshot = read
        case .failure(let failure):
            let errors = failure.details.isEmpty ? [SyncReport.ReportedError(message: failure.message)] : failure.details
            return Verdict(application: application, errors: errors, failure: failure)
        }
        do throws(RenderingFailure) {
            let objects = try Renderer(application: application).render(snapshot, discovery: nil).count
            return Verdict(application: application, snapshot: snapshot, objects: objects, errors: [])
        } catch {
            let errors = error.findings.map { SyncReport.ReportedError(message: $0.message, location: $0.location) }
            return Verdict(application: application, snapshot: snapshot, errors: errors)
        }
    }

    private func printText(_ verdict: Verdict) {
        guard let snapshot = verdict.snapshot else {
            verdict.failure?.lines(console.errorStyle).forEach(console.say)
            return
        }
        let revision = PlanText.short(revision: snapshot.revision)
        guard verdict.errors.isEmpty else {
            for error in verdict.errors {
                let place = error.location.map { "\($0): " } ?? ""
                for (index, line) in Printable.lines(place + error.message).enumerated() { console.print((index == 0 ? "" : "  ") + line) }
            }
            let count = verdict.errors.count == 1 ? "1 error" : "\(verdict.errors.count) errors"
            console.say(
                console.errorStyle.paint("error:", .red) + " \(count) in \(Printable.text(verdict.application.reference)) at \(revision)")
            return
        }
        let objects = verdict.objects == 1 ? "1 object" : "\(verdict.objects) objects"
        let count = snapshot.readFiles.count
        let files = count == 1 ? "1 file" : "\(count) files"
        let others = snapshot.otherFiles == 0 ? "" : " (\(snapshot.otherFiles) of other types not read)"
        console.print("\(objects) in \(files) at \(revision): no errors\(others)")
    }

    private func value(_ verdicts: [Verdict]) -> Value {
        [
            "apiVersion": "belay.dev/v1alpha1", "kind": "ValidationReport",
            "valid": .bool(verdicts.allSatisfy { $0.errors.isEmpty }),
            "sources": .array(
                verdicts.map {
                    [
                        "application": .string($0.application.reference), "revision": .string($0.snapshot?.revision ?? ""),
                        "files": .int(Int64($0.snapshot?.readFiles.count ?? 0)), "objects": .int(Int64($0.objects)),
                    ]
                }),
            "errors": .array(verdicts.flatMap { $0.errors.map(\.json) }),
        ]
    }
}
