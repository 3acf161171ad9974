// The fields of an Application, one function for each map of section 4 of the architecture.

import StructuredData

struct ApplicationReader {
    private typealias Limits = Application.Limits

    private var reader: StrictReader
    private let defaultNamespace: String
    /// Whether `ref.asTyped` may stand: it is written into journals only.
    private let allowsTypedReference: Bool

    var findings: [Finding] { reader.findings }

    init(document: YAMLDocument, defaultNamespace: String, allowsTypedReference: Bool) {
        reader = StrictReader(document)
        self.defaultNamespace = defaultNamespace
        self.allowsTypedReference = allowsTypedReference
    }

    /// nil when something necessary is missing or wrong, which then is among the findings.
    mutating func application() -> Application? {
        guard isApplication() else { return nil }
        guard
            let root = reader.map(
                reader.document.value, at: FieldPath(), fields: ["apiVersion", "kind", "metadata", "spec", "status"])
        else { return nil }
        let identity = metadata(of: root)
        guard
            let spec = reader.map(
                "spec", of: root,
                fields: [
                    "source", "destination", "interval", "timeout", "sync", "pin", "drift", "health", "dependsOn", "suspend",
                    "deletionPolicy",
                ], required: true)
        else { return nil }
        let namespace = identity?.namespace ?? defaultNamespace
        let source = source(of: spec)
        var application = Application(
            namespace: namespace, name: identity?.name ?? "", source: source ?? Application.Source(repoURL: ""),
            destination: destination(of: spec, namespace: namespace))
        if let interval = reader.duration("interval", of: spec) { application.interval = interval }
        if let timeout = reader.duration("timeout", of: spec) { application.timeout = timeout }
        application.sync = sync(of: spec)
        application.pin = pin(of: spec)
        application.drift = drift(of: spec)
        application.health = health(of: spec)
        application.dependsOn = dependencies(of: spec, application: application)
        application.suspend = suspension(of: spec)
        if let policy = reader.choice("deletionPolicy", of: spec, as: Application.DeletionPolicy.self) {
            application.deletionPolicy = policy
        }
        return identity != nil && source != nil ? application : nil
    }

    private mutating func isApplication() -> Bool {
        let value = reader.document.value
        guard value.object != nil else {
            reader.report(
                "this document is \(value.asRead); an Application is a map with apiVersion, kind, metadata and spec", at: FieldPath())
            return false
        }
        let apiVersion = value["apiVersion"]?.string ?? ""
        let kind = value["kind"]?.string ?? ""
        if apiVersion.hasSameBytes(as: Application.apiVersion), kind.hasSameBytes(as: Application.kind) { return true }
        let isOurs = kind.hasSameBytes(as: Application.kind)
        let found =
            apiVersion.isEmpty && kind.isEmpty
            ? "it has neither apiVersion nor kind" : "it is \(quotedForPeople(apiVersion)) \(quotedForPeople(kind))"
        reader.report(
            "this document is no Application: \(found); write apiVersion: \(Application.apiVersion) and kind: \(Application.kind)",
            at: FieldPath(fields: isOurs && !apiVersion.isEmpty ? "apiVersion" : "kind"), named: false)
        return false
    }

    private mutating func metadata(of root: MapCursor) -> (name: String, namespace: String)? {
        guard
            let metadata = reader.map(
                "metadata", of: root,
                fields: [
                    "name", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "generateName", "uid", "resourceVersion",
                    "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink",
                ], required: true)
        else { return nil }
        if metadata.object["generateName"] != nil {
            reader.report(
                "cannot be used: an Application needs a name of its own; write metadata.name", at: metadata.path(of: "generateName"))
        }
        reader.checkTexts("labels", of: metadata)
        reader.checkTexts("annotations", of: metadata)
        let name = reader.string("name", of: metadata, required: true) { name in
            name.utf8.count > Limits.name ? "must be no more than \(Limits.name) bytes long" : Names.dnsSubdomainProblem(name)
        }
        let hasNamespace = !(metadata.object["namespace"]?.isNull ?? true)
        let namespace = reader.string("namespace", of: metadata, rule: Names.namespaceProblem)
        guard let name, namespace != nil || !hasNamespace else { return nil }
        return (name, namespace ?? defaultNamespace)
    }

    private mutating func source(of spec: MapCursor) -> Application.Source? {
        guard
            let map = reader.map(
                "source", of: spec, fields: ["repoURL", "ref", "path", "include", "exclude", "secretRef", "substitute"], required: true)
        else { return nil }
        var repoURL = reader.string("repoURL", of: map, required: true, maximum: Limits.repositoryURL)
        if let text = repoURL, let problem = Application.Source.repositoryProblem(text) {
            reader.report(problem, at: map.path(of: "repoURL"))
            repoURL = nil
        }
        let path = reader.string("path", of: map, allowsEmpty: true, maximum: Limits.path)
        if let path, let problem = Application.Source.pathProblem(path) {
            reader.report("\(quotedForPeople(path)) \(problem)", at: map.path(of: "path"))
        }
        let secret = reader.map("secretRef", of: map, fields: ["name"])
            .flatMap { reader.string("name", of: $0, required: true, rule: Names.dnsSubdomainProblem) }
        var source = Application.Source(
            repoURL: repoURL ?? "", ref: reference(of: map), path: Application.Source.normalizedPath(path ?? ""),
            include: globs("include", of: map), exclude: globs("exclude", of: map), secretRef: secret.map(Application.SecretReference.init))
        source.substitute = substitution(of: map)
        return repoURL == nil ? nil : source
    }

    private mutating func substitution(of source: MapCursor) -> Application.Substitution? {
        guard let map = reader.map("substitute", of: source, fields: ["values", "from"]) else { return nil }
        let values = reader.texts(
            "values", of: map, maximum: Limits.values, longest: Limits.value, rule: Application.Substitution.nameProblem)
        var sources: [Application.ValueSource] = []
        for entry in reader.maps("from", of: map, fields: ["kind", "name", "optional"], maximum: Limits.valueSources) {
            let kind = reader.choice("kind", of: entry, as: Application.ValueSource.Kind.self, required: true)
            let name = reader.string("name", of: entry, required: true, rule: Names.dnsSubdomainProblem)
            let isOptional = reader.boolean("optional", of: entry) ?? false
            guard let kind, let name else { continue }
            if let twin = sources.firstIndex(where: { $0.kind == kind && $0.name.hasSameBytes(as: name) }) {
                reader.report("names the \(kind.rawValue) \(name) again, as from[\(twin)] does; remove one", at: entry.path)
            }
            sources.append(Application.ValueSource(kind: kind, name: name, isOptional: isOptional))
        }
        return Application.Substitution(values: values, from: sources)
    }

    private mutating func reference(of source: MapCursor) -> Application.GitReference {
        let fields = ["branch", "tag", "commit", "semver", "name"] + (allowsTypedReference ? ["asTyped"] : [])
        guard let map = reader.map("ref", of: source, fields: fields) else { return .head }
        let given = fields.filter { !(map.object[$0]?.isNull ?? true) }
        if given.count != 1 {
            let said = given.isEmpty ? "names nothing" : "has \(given.joined(separator: " and "))"
            reader.report(
                "\(said); it must have exactly one of \(alternatives(fields)), or be left out for the remote's HEAD", at: map.path)
            return .head
        }
        let name = Application.GitReference.nameProblem
        switch given.first {
        case "branch": return reader.string("branch", of: map, rule: name).map { .branch($0) } ?? .head
        case "tag": return reader.string("tag", of: map, rule: name).map { .tag($0) } ?? .head
        case "commit": return reader.string("commit", of: map, rule: Application.GitReference.commitProblem).map { .commit($0) } ?? .head
        case "semver": return reader.string("semver", of: map, maximum: Limits.versionRange).map { .semver($0) } ?? .head
        case "name":
            let full = reader.string("name", of: map) { text in
                text.utf8.starts(with: "refs/".utf8) ? name(text) : "is no full ref; it begins with refs/, such as refs/heads/main"
            }
            return full.map { .name($0) } ?? .head
        default: return reader.string("asTyped", of: map).map { .unspecified($0) } ?? .head
        }
    }

    private mutating func globs(_ key: String, of source: MapCursor) -> [String] {
        let globs = reader.strings(
            key, of: source, maximum: Limits.patterns, longest: Limits.pattern, rule: Application.Source.patternProblem)
        if let problem = Application.Source.patternsProblem(globs) { reader.report(problem, at: source.path(of: key)) }
        return globs
    }

    private mutating func destination(of spec: MapCursor, namespace: String) -> Application.Destination {
        var destination = Application.Destination(namespace: namespace)
        guard let map = reader.map("destination", of: spec, fields: ["namespace", "serviceAccountName", "kubeConfigSecretRef"]) else {
            return destination
        }
        if let target = reader.string("namespace", of: map, rule: Names.namespaceProblem) { destination.namespace = target }
        destination.serviceAccountName = reader.string("serviceAccountName", of: map, rule: Names.dnsSubdomainProblem)
        if let secret = reader.map("kubeConfigSecretRef", of: map, fields: ["name", "key"]),
            let name = reader.string("name", of: secret, required: true, rule: Names.dnsSubdomainProblem)
        {
            let key = reader.string("key", of: secret) { Names.dataKeyProblem($0) }
            destination.kubeConfigSecretRef = Application.SecretKeyReference(name: name, key: key ?? "kubeconfig")
        }
        return destination
    }

    private mutating func sync(of spec: MapCursor) -> Application.SyncPolicy {
        var sync = Application.SyncPolicy()
        let fields = ["mode", "prune", "pruneLimit", "createNamespace", "onFailure", "conflicts", "adopt"]
        guard let map = reader.map("sync", of: spec, fields: fields) else { return sync }
        if let mode = reader.choice("mode", of: map, as: Application.SyncPolicy.Mode.self) { sync.mode = mode }
        if let prune = reader.boolean("prune", of: map) { sync.prune = prune }
        if let limit = reader.map("pruneLimit", of: map, fields: ["objects", "percent"]) {
            if let objects = reader.integer("objects", of: limit, in: Limits.pruneObjects) { sync.pruneLimitObjects = objects }
            if let percent = reader.integer("percent", of: limit, in: Limits.prunePercent) { sync.pruneLimitPercent = percent }
        }
        if let create = reader.boolean("createNamespace", of: map) { sync.createNamespace = create }
        if let onFailure = reader.choice("onFailure", of: map, as: Application.SyncPolicy.OnFailure.self) { sync.onFailure = onFailure }
        if let conflicts = reader.choice("conflicts", of: map, as: Application.SyncPolicy.Conflicts.self) { sync.conflicts = conflicts }
        if let adopt = reader.choice("adopt", of: map, as: Application.SyncPolicy.Adopt.self) { sync.adopt = adopt }
        return sync
    }

    private mutating func pin(of spec: MapCursor) -> Application.Pin? {
        guard let map = reader.map("pin", of: spec, fields: ["run", "reason", "until"]) else { return nil }
        let run = reader.string("run", of: map, required: true) { text in
            let isULID = text.utf8.count == 26 && text.utf8.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.contains($0) }
            return isULID ? nil : "is no run's id (26 letters and digits, as belay history shows them)"
        }
        let reason = reader.string("reason", of: map, required: true, maximum: Limits.reason)
        let until = reader.timestamp("until", of: map)
        guard let run, let reason else { return nil }
        return Application.Pin(run: run, reason: reason, until: until)
    }

    private mutating func drift(of spec: MapCursor) -> Application.DriftPolicy {
        var drift = Application.DriftPolicy()
        guard let map = reader.map("drift", of: spec, fields: ["policy", "ignore", "holds"]) else { return drift }
        if let policy = reader.choice("policy", of: map, as: Application.DriftPolicy.Policy.self) { drift.policy = policy }
        for rule in reader.maps(
            "ignore", of: map, fields: ["group", "kind", "name", "namespace", "paths", "managers"], maximum: Limits.ignoreRules)
        {
            let group = reader.string("group", of: rule, allowsEmpty: true, maximum: Limits.objectName)
            let kind = reader.string("kind", of: rule, required: true, maximum: Limits.kind)
            let name = reader.string("name", of: rule, maximum: Limits.objectName)
            let namespace = reader.string("namespace", of: rule, rule: Names.namespaceProblem)
            let paths = reader.strings(
                "paths", of: rule, maximum: Limits.pointers, longest: Limits.pointer, rule: Application.IgnoreRule.pointerProblem)
            let managers = reader.strings("managers", of: rule, maximum: Limits.managers, longest: Limits.manager)
            reader.requireElements("paths", of: rule, advice: "name the fields that may differ, such as /spec/replicas")
            guard let kind else { continue }
            drift.ignore.append(
                Application.IgnoreRule(
                    group: group, kind: kind, name: name ?? "*", namespace: namespace, paths: paths, managers: managers))
        }
        for hold in reader.maps("holds", of: map, fields: ["group", "kind", "namespace", "name", "reason", "until"], maximum: Limits.holds)
        {
            let group = reader.string("group", of: hold, allowsEmpty: true, maximum: Limits.objectName)
            let kind = reader.string("kind", of: hold, required: true, maximum: Limits.kind)
            let namespace = reader.string("namespace", of: hold, rule: Names.namespaceProblem)
            let name = reader.string("name", of: hold, required: true, maximum: Limits.objectName)
            let reason = reader.string("reason", of: hold, required: true, maximum: Limits.reason)
            let until = reader.timestamp("until", of: hold)
            guard let kind, let name, let reason else { continue }
            drift.holds.append(
                Application.Hold(group: group, kind: kind, namespace: namespace, name: name, reason: reason, until: until))
        }
        return drift
    }

    private mutating func health(of spec: MapCursor) -> Application.HealthPolicy {
        var health = Application.HealthPolicy()
        guard let map = reader.map("health", of: spec, fields: ["wait", "rules"]) else { return health }
        if let wait = reader.boolean("wait", of: map) { health.wait = wait }
        for rule in reader.maps("rules", of: map, fields: ["group", "kind", "healthy", "degraded"], maximum: Limits.healthRules) {
            let group = reader.string("group", of: rule, allowsEmpty: true, maximum: Limits.objectName)
            let kind = reader.string("kind", of: rule, required: true, maximum: Limits.kind)
            let healthy = conditions("healthy", of: rule)
            let degraded = conditions("degraded", of: rule)
            reader.requireElements("healthy", of: rule, advice: "name at least one condition, such as {type: Ready}")
            guard let kind else { continue }
            health.rules.append(Application.HealthRule(group: group ?? "", kind: kind, healthy: healthy, degraded: degraded))
        }
        return health
    }

    private mutating func conditions(_ key: String, of rule: MapCursor) -> [Application.ConditionMatch] {
        reader.maps(key, of: rule, fields: ["type", "status", "reason"], maximum: Limits.conditions).compactMap { condition in
            let type = reader.string("type", of: condition, required: true, maximum: Limits.conditionText)
            let status = reader.choice("status", of: condition, as: Application.ConditionMatch.Status.self)
            let reason = reader.string("reason", of: condition, maximum: Limits.reason)
            return type.map { Application.ConditionMatch(type: $0, status: status ?? .true, reason: reason) }
        }
    }

    private mutating func dependencies(of spec: MapCursor, application: Application) -> [Application.Dependency] {
        reader.maps("dependsOn", of: spec, fields: ["name", "namespace"], maximum: Limits.dependencies).compactMap { map in
            let name = reader.string("name", of: map, required: true, rule: Names.dnsSubdomainProblem)
            let namespace = reader.string("namespace", of: map, rule: Names.namespaceProblem) ?? application.namespace
            guard let name else { return nil }
            if name.hasSameBytes(as: application.name), namespace.hasSameBytes(as: application.namespace) {
                reader.report("is this Application itself", at: map.path(of: "name"))
            }
            return Application.Dependency(namespace: namespace, name: name)
        }
    }

    private mutating func suspension(of spec: MapCursor) -> Application.Suspension? {
        if let flag = spec.object["suspend"]?.bool {
            let advice = flag ? "write suspend: {reason: WHY}" : "leave it out to resume"
            reader.report(
                "is the boolean \(flag); it is a map with the reason and, if you like, an end: \(advice)", at: spec.path(of: "suspend"))
            return nil
        }
        guard let map = reader.map("suspend", of: spec, fields: ["reason", "until"]) else { return nil }
        let reason = reader.string("reason", of: map, required: true, maximum: Limits.reason)
        let until = reader.timestamp("until", of: map)
        return reason.map { Application.Suspension(reason: $0, until: until) }
    }
}
