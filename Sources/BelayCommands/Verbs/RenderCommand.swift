// `belay render`: manifests as they would be applied, each with the place it comes from.

import Applying
import ArgumentParser
import Journal
import KubernetesModel
import Planning
import StructuredData

struct RenderCommand: Verb {
    static let formats: [OutputFormat] = [.yaml, .json, .name, .wide]
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print the manifests as they would be applied; needs no cluster.",
        usage: "belay render (-f app.yaml … | --repo URL | --dir FOLDER) [-o yaml|json|name|wide]",
        discussion: """
            Each object of the YAML output is preceded by its file and line. The values of Secrets are shown as keyed hashes.
            -o wide shows no values, but where each object comes from, and of a kustomization where each field comes from that \
            overlays, patches, generators and transformers set.
            """)

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions

    @Option(help: ArgumentHelp("The kubeconfig that the default namespace is taken from.", valueName: "file"), completion: .file())
    var kubeconfig: String?
    @Option(help: ArgumentHelp("The context that the default namespace is taken from.", valueName: "name"))
    var context: String?

    @Flag(help: "Print the values of Secrets.")
    var showSecrets = false

    @Flag(help: "Print also the label and annotations by which Belay knows its objects.")
    var tracking = false

    func run() async throws {
        let access = ClusterAccess(kubeconfig: kubeconfig, context: context, invocation: invocation)
        let loading = SourceLoading(
            options: source, invocation: invocation, defaultNamespace: access.namespace, nameIsOptional: !tracking)
        let sources = try await loading.load()
        let rendered: [RenderedApplication]
        do {
            rendered = try await RenderedApplication.render(sources)
        } catch var failure as CommandFailure {
            failure.hint = source.leavingOutHint(failure.details)
            throw failure
        }
        let objects = rendered.flatMap { application in application.objects.map { (application.application, $0) } }
        let redaction = showSecrets ? nil : Redaction(key: redactionKey())
        switch format {
        case .name:
            for (_, object) in objects {
                console.print(Printable.text("\(object.key.groupKind.description.lowercased())/\(object.key.name)"))
            }
        case .wide:
            let text = PlacesText(style: console.outputStyle)
            for (_, object) in objects { text.lines(object).forEach(console.print) }
        case .json:
            let items = objects.map { shown($0.1, of: $0.0, redaction).value }
            console.printBytes(Printable.json(JSON.writeIndented(["apiVersion": "v1", "kind": "List", "items": .array(items)])))
        default:
            let texts = try await mapConcurrently(rendered, limit: Invocation.width) { application in
                application.objects.map { object in
                    let yaml = YAML.write(shown(object, of: application.application, redaction).value)
                    return "---\n# \(Printable.text(object.location.shown))\n\(yaml)"
                }
            }
            for text in texts.joined() { console.printBytes(Array(text.utf8)) }
        }
    }

    private func shown(_ object: DesiredObject, of application: Application, _ redaction: Redaction?) -> Unstructured {
        var shown = object.object
        if tracking { shown = ObjectMarks.marked(shown, of: application, at: object.location) }
        guard let redaction else { return shown }
        return Unstructured(redaction.masking(shown.value, of: object.key.groupKind))
    }

    /// The journal's key where there is a journal, so that the hashes stay the same from run to run; else one for this run.
    private func redactionKey() -> [UInt8] {
        if let path = try? journal.path, Journal.exists(at: path), let journal = try? Journal(path: path) { return journal.redactionKey }
        return RedactionKey.random()
    }
}

/// Keys of hashes that mean nothing beyond this run of the program.
enum RedactionKey {
    static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
