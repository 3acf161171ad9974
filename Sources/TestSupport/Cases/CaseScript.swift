// A case: what people commit, type and do behind Git's back, and what must come of it. Plain YAML under `Tests/Cases`; its format is
// told in `Tests/Cases/README.md`.

package import Foundation
package import StructuredData

/// One named case and its steps, in their order.
package struct CaseScript: Sendable {
    /// What a cluster must have beside a bare API server.
    package enum Need: String, Sendable, CaseIterable {
        /// Deployments get their pods, namespaces end, owners take their dependents along.
        case controllers
        /// A HorizontalPodAutoscaler that scales.
        case autoscaling
        /// Users with fewer rights: the contexts `limited` and `outsider` of the kubeconfig.
        case rbac
        case webhooks

        /// What the sandbox has not: such cases are played on a real API server only, and their transcripts are not asked of the sandbox.
        package static let notInSandbox: Set<Need> = [.autoscaling, .rbac, .webhooks]
    }

    /// The file's name without its ending, such as `w03-scale`.
    package var name: String
    /// One sentence for people.
    package var about: String
    package var needs: Set<Need>
    package var steps: [Step]

    package struct Step: Sendable {
        /// Where it stands, `w03-scale.yaml:12`, for failures.
        package var place: String
        package var action: Action
        package var expected: Expected
    }

    package enum Action: Sendable {
        /// Files of the repository; nil removes one.
        case commit([(file: String, text: String?)], repository: String, message: String)
        /// Files beside the repository, such as an Application.
        case files([(file: String, text: String)])
        case belay([String], Surroundings)
        case kubectl([String], input: String, editor: String?)
        /// Live objects have these fields, others beside them; null: there is no such object or field.
        case live([(target: String, fields: Value)])
        /// As `live`, for what controllers do in their own time.
        case eventually([(target: String, fields: Value)])
        /// The uids of these objects are kept for a later `same`.
        case remember([String])
        /// These objects are the ones that were remembered.
        case same([String])
    }

    /// Where and as whom belay runs.
    package struct Surroundings: Sendable {
        /// The Application's name, where the command names no source.
        package var name: String?
        /// The folder in the repository.
        package var path: String?
        package var repository = ""
        /// Another machine has neither journal nor cache.
        package var machine = ""
        /// Context of the kubeconfig.
        package var context: String?
        package var environment: [String: String] = [:]
    }

    /// What a program's end must be; nil and empty lists are not looked at.
    package struct Expected: Sendable {
        package var exit: Int32 = 0
        package var says: [String] = []
        package var silentOn: [String] = []
        /// All rows but the unchanged: `configure Deployment/web`, with what became of it where that is not `done` or `pending`.
        package var rows: [String]?
        /// All changes of all rows: `Deployment/web spec.replicas 3 → 1 by kubectl/scale`.
        package var changes: [String]?
        /// All requests of belay but discovery, in any order, one a line as ``ServerRequest/line(in:)`` has them.
        package var requests: [String]?
        /// All episodes that `belay drift` then knows: `modified Deployment/web spec.replicas by kubectl: resolved reverted`.
        package var drift: [String]?
    }

    package struct Malformed: Error, CustomStringConvertible {
        package var description: String
    }

    /// Every case of a folder, by name.
    package static func all(in directory: URL) throws -> [CaseScript] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".yaml") }.sorted()
            .map { try CaseScript(file: directory.appendingPathComponent($0)) }
    }

    package init(file: URL) throws {
        let bytes = Array(try Data(contentsOf: file))
        guard let document = try YAML.read(bytes, file: file.lastPathComponent).first else {
            throw Malformed(description: "\(file.lastPathComponent) is empty")
        }
        try self.init(document, name: file.deletingPathExtension().lastPathComponent)
    }

    init(_ document: YAMLDocument, name: String) throws {
        self.name = name
        let value = document.value
        about = value["about"]?.string ?? ""
        needs = Set(
            try (value["needs"]?.array ?? []).map { need in
                guard let known = need.string.flatMap(Need.init(rawValue:)) else {
                    throw Malformed(description: "\(name): needs \(need)")
                }
                return known
            })
        steps = try (value["steps"]?.array ?? []).enumerated().map { index, step in
            let path = FieldPath([.field("steps"), .index(index)])
            let line = document.locations.location(of: path, in: value)?.line ?? 0
            return try CaseScript.step(step, place: "\(name).yaml:\(line)")
        }
        guard !about.isEmpty, !steps.isEmpty else { throw Malformed(description: "\(name): a case has `about` and `steps`") }
    }

    private static let expectations: Set<String> = ["exit", "says", "silentOn", "rows", "changes", "requests", "drift"]
    private static let surroundings: Set<String> = ["name", "path", "repository", "machine", "context", "environment"]

    private static func step(_ value: Value, place: String) throws -> Step {
        let keys = Set(value.object?.keys ?? [])
        func only(_ allowed: Set<String>) throws {
            let odd = keys.subtracting(allowed)
            guard odd.isEmpty else { throw Malformed(description: "\(place): a step has no \(odd.sorted().joined(separator: ", "))") }
        }
        let action: Action
        if let files = value["commit"]?.object {
            try only(["commit", "repository", "message"])
            action = .commit(
                files.map { ($0.key, $0.value.string) }, repository: value["repository"]?.string ?? "",
                message: value["message"]?.string ?? "Change")
        } else if let files = value["files"]?.object {
            try only(["files"])
            action = .files(files.map { ($0.key, $0.value.string ?? "") })
        } else if let command = value["belay"] {
            try only(expectations.union(surroundings).union(["belay"]))
            var place = Surroundings(
                name: value["name"]?.string, path: value["path"]?.string, repository: value["repository"]?.string ?? "",
                machine: value["machine"]?.string ?? "", context: value["context"]?.string)
            for entry in value["environment"]?.object ?? Object() { place.environment[entry.key] = entry.value.string }
            action = .belay(words(command), place)
        } else if let command = value["kubectl"] {
            try only(["kubectl", "input", "editor", "exit", "says", "silentOn"])
            action = .kubectl(words(command), input: value["input"]?.string ?? "", editor: value["editor"]?.string)
        } else if let targets = value["live"]?.object ?? value["eventually"]?.object {
            try only([value["live"] == nil ? "eventually" : "live"])
            let pairs = targets.map { (target: $0.key, fields: $0.value) }
            action = value["live"] == nil ? .eventually(pairs) : .live(pairs)
        } else if let targets = value["remember"] ?? value["same"] {
            try only([value["remember"] == nil ? "same" : "remember"])
            action = value["remember"] == nil ? .same(words(targets)) : .remember(words(targets))
        } else {
            throw Malformed(description: "\(place): a step that does nothing: \(keys.sorted())")
        }
        return Step(place: place, action: action, expected: expected(value))
    }

    private static func expected(_ value: Value) -> Expected {
        var expected = Expected()
        if let code = value["exit"]?.int { expected.exit = Int32(clamping: code) }
        expected.says = lines(value["says"]) ?? []
        expected.silentOn = lines(value["silentOn"]) ?? []
        expected.rows = lines(value["rows"])
        expected.changes = lines(value["changes"])
        expected.requests = lines(value["requests"])
        expected.drift = lines(value["drift"])
        return expected
    }

    /// A list of words, or one text that is cut at its spaces.
    private static func words(_ value: Value) -> [String] {
        value.array?.map { $0.string ?? CaseText.json($0) } ?? (value.string ?? "").split(separator: " ").map(String.init)
    }

    /// A list of lines, or one text that is cut at its line ends.
    private static func lines(_ value: Value?) -> [String]? {
        guard let value else { return nil }
        return value.array?.map { $0.string ?? CaseText.json($0) }
            ?? (value.string ?? "").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension CaseScript: CustomStringConvertible {
    package var description: String { name }
}
