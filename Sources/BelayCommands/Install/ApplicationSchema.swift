// The schema of an Application's spec: what ApplicationReader accepts, said to the API server.

import KubernetesModel
import StructuredData

enum ApplicationSchema {
    typealias Limits = Application.Limits

    static let spec = Schema.map(
        "What is kept: one source, one destination, and how.",
        [
            "source": source,
            "destination": destination,
            "interval": .duration("How often the controller looks at the source.", default: "1m"),
            "timeout": .duration(
                "For reading from Git, for writing, and for waiting until objects are healthy.", default: "5m"),
            "sync": sync,
            "pin": pin,
            "drift": drift,
            "health": health,
            "dependsOn": dependsOn,
            "suspend": .map(
                "Nothing is applied until the end, or until this is removed.",
                ["reason": .reason("Why; shown to everybody who asks."), "until": .until("When the suspension ends by itself.")],
                required: ["reason"]),
            "deletionPolicy": .choice(
                "What becomes of the objects when the Application is deleted: Prune deletes them, Orphan leaves them.",
                Application.DeletionPolicy.self, default: .prune),
        ], required: ["source"],
        rules: [
            SchemaRule(
                "(has(self.destination) && has(self.destination.kubeConfigSecretRef)) == "
                    + "(has(oldSelf.destination) && has(oldSelf.destination.kubeConfigSecretRef))",
                "destination.kubeConfigSecretRef cannot be added or removed: the objects would stay behind in the old cluster; "
                    + "make a new Application")
        ])

    /// Over the whole object: `metadata.name` is all that a rule can see of the metadata.
    static let rules = [
        SchemaRule(
            "self.metadata.name.size() <= \(Limits.name)", "metadata.name must be no more than \(Limits.name) bytes long"),
        SchemaRule(
            "!has(self.metadata.generateName) || self.metadata.generateName == ''",
            "metadata.generateName cannot be used: an Application needs a name of its own"),
        SchemaRule(
            "!has(self.spec.dependsOn) || self.spec.dependsOn.all(d, has(d.__namespace__) || d.name != self.metadata.name)",
            "spec.dependsOn names this Application itself"),
    ]

    private static let source = Schema.map(
        "Where the manifests come from.",
        [
            "repoURL": .text(
                "The repository: https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH, never with credentials.",
                Limits.repositoryURL, rules: RepositoryRules.url),
            "ref": .map(
                "What of the repository to follow: exactly one of these; without it the remote's HEAD.",
                [
                    "branch": .text("A branch.", Limits.reference, rules: [RepositoryRules.name]),
                    "tag": .text("A tag.", Limits.reference, rules: [RepositoryRules.name]),
                    "commit": .text("A full commit id.", 64, rules: [RepositoryRules.commit]),
                    "semver": .text("The newest tag in a range of versions, such as >=1.2 <2.", Limits.versionRange),
                    "name": .text(
                        "A full ref, such as refs/heads/main.", Limits.reference,
                        rules: [RepositoryRules.fullName, RepositoryRules.name]),
                ], rules: [RepositoryRules.oneReference]),
            "path": .text(
                "The folder with the manifests, from the repository's root.", Limits.path, minimum: 0, rules: RepositoryRules.path),
            "include": patterns("Patterns as in .gitignore of the files to read, from the path; without them all manifests."),
            "exclude": patterns("Patterns as in .gitignore of files to leave out, from the path."),
            "secretRef": .map(
                "A Secret in the Application's namespace with what the repository asks for: username and password, bearerToken, "
                    + "identity and known_hosts, ca.crt.",
                ["name": .name("The Secret's name.")], required: ["name"]),
            "substitute": substitute,
        ], required: ["repoURL"])

    private static let substitute = Schema.map(
        "What ${NAME} and ${NAME:-default} in the manifests stand for; without it text stays as it is. $${ is written for ${ itself.",
        [
            "values": .texts(
                "By name; they win over what from has.", .text("The value.", Limits.value, minimum: 0), Limits.values,
                rules: [
                    SchemaRule(
                        "self.all(name, name.size() <= \(Limits.objectName) && name.matches('^[A-Za-z_][A-Za-z0-9_]*$'))",
                        "must have names of letters, digits and '_' that do not begin with a digit")
                ]),
            "from": .list(
                "ConfigMaps and Secrets of the Application's namespace: each key that is a name counts. A later one wins over an earlier one.",
                of: .map(
                    "One of them.",
                    [
                        "kind": .choice("ConfigMap or Secret.", Application.ValueSource.Kind.allCases.map(\.rawValue)),
                        "name": .name("Its name."),
                        "optional": .boolean("Whether it may be missing.", default: false),
                    ], required: ["kind", "name"]), Limits.valueSources,
                rules: [
                    SchemaRule(
                        "self.all(a, self.exists_one(b, a.kind == b.kind && a.name == b.name))",
                        "must name each ConfigMap and Secret once")
                ]),
        ])

    private static func patterns(_ description: String) -> Schema {
        .list(
            description, of: .text("One pattern.", Limits.pattern, rules: [RepositoryRules.pattern]), Limits.patterns,
            rules: [RepositoryRules.patterns])
    }

    private static let destination = Schema.map(
        "Where the objects go, and as whom.",
        [
            "namespace": .namespace("For objects that name no namespace; without it the Application's own."),
            "serviceAccountName": .name(
                "A ServiceAccount in the Application's namespace: every request for this Application is made as it."),
            "kubeConfigSecretRef": .map(
                "The kubeconfig of another cluster, in a Secret of the Application's namespace.",
                [
                    "name": .name("The Secret's name."),
                    "key": .text(
                        "The key of its data.", Limits.objectName,
                        rules: [
                            SchemaRule(
                                "self.matches('^[-._0-9A-Za-z]+$') && self != '.' && !self.startsWith('..')",
                                "must be a key of a Secret: letters, digits, '-', '_' and '.'")
                        ]
                    ).defaulting(to: "kubeconfig"),
                ], required: ["name"]),
        ])

    private static let sync = Schema.map(
        "How a commit is applied.",
        [
            "mode": .choice(
                "Automatic applies a new commit by itself, Manual waits for belay sync.", Application.SyncPolicy.Mode.self,
                default: .automatic),
            "prune": .boolean("Whether objects that left Git are deleted.", default: true),
            "pruneLimit": .map(
                "A run that would prune more than this is held until belay approve.",
                [
                    "objects": .integer("The largest number of objects.", in: Limits.pruneObjects, default: 10),
                    "percent": .integer(
                        "The largest share of all objects, where at least three go.", in: Limits.prunePercent, default: 30),
                ], isFilled: true),
            "createNamespace": .boolean("Whether namespaces that objects go to, and that are missing, are made.", default: true),
            "onFailure": .choice(
                "Continue goes on with the objects that do not depend on a failed one, Stop ends the run.",
                Application.SyncPolicy.OnFailure.self, default: .continue),
            "conflicts": .choice(
                "Force takes fields that are in Git from other programs, Fail reports them.",
                Application.SyncPolicy.Conflicts.self, default: .force),
            "adopt": .choice(
                "Which objects that exist already are taken: those that nobody owns, all, or none.",
                Application.SyncPolicy.Adopt.self, default: .unowned),
        ], isFilled: true)

    private static let pin = Schema.map(
        "What belay rollback writes: the run that the Application is held at. Newer commits wait.",
        [
            "run": .text(
                "The run's id.", 26,
                rules: [
                    SchemaRule(
                        "self.matches('^[0-9A-HJKMNP-TV-Z]{26}$')",
                        "must be a run's id: 26 letters and digits, as belay history shows them")
                ]),
            "reason": .reason("Why; shown to everybody who asks."),
            "until": .until("When the pin ends by itself."),
        ], required: ["run", "reason"])

    private static let dependsOn = Schema.list(
        "Applications that must be synced and healthy before this one is applied.",
        of: .map(
            "One Application.",
            ["name": .name("Its name."), "namespace": .namespace("Its namespace; without it this Application's.")],
            required: ["name"]), Limits.dependencies)

    private static let drift = Schema.map(
        "What becomes of changes that others make to the objects.",
        [
            "policy": .choice(
                "Correct records drift and puts it right, Report records it, Ignore does neither.",
                Application.DriftPolicy.Policy.self, default: .correct),
            "ignore": .list(
                "Fields that others may change.",
                of: .map(
                    "Fields of the objects that match.",
                    [
                        "group": .group("The API group; without it every group, empty is the core group."),
                        "kind": .kind("The kind."),
                        "name": .text("The name; * stands for any text.", Limits.objectName).defaulting(to: "*"),
                        "namespace": .namespace("The namespace; without it every namespace."),
                        "paths": .list(
                            "JSON pointers (RFC 6901); * stands for one step.",
                            of: .text("One field.", Limits.pointer, rules: [RepositoryRules.pointer]), Limits.pointers, minimum: 1),
                        "managers": .list(
                            "Field managers that may change them; without them all may.",
                            of: .text("One field manager.", Limits.manager), Limits.managers),
                    ], required: ["kind", "paths"]), Limits.ignoreRules),
            "holds": .list(
                "Objects whose drift is recorded and not corrected until the hold ends.",
                of: .map(
                    "One object.",
                    [
                        "group": .group("The API group; without it every group."),
                        "kind": .kind("The kind."),
                        "namespace": .namespace("The namespace; without it every namespace."),
                        "name": .text("The name.", Limits.objectName),
                        "reason": .reason("Why; shown to everybody who asks."),
                        "until": .until("When the hold ends by itself."),
                    ], required: ["kind", "name", "reason"]), Limits.holds),
        ], isFilled: true)

    private static let health = Schema.map(
        "When the objects are healthy, and what waits for it.",
        [
            "wait": .boolean(
                "Whether a run waits until its objects are healthy, and prunes only then.", default: false),
            "rules": .list(
                "Kinds that Belay has no rule for, by their conditions.",
                of: .map(
                    "One kind; neither healthy nor degraded is progressing.",
                    [
                        "group": .group("The API group; without it the core group."),
                        "kind": .kind("The kind."),
                        "healthy": .list(
                            "All of them must hold.", of: condition, Limits.conditions, minimum: 1),
                        "degraded": .list("One of them is enough, and it wins.", of: condition, Limits.conditions),
                    ], required: ["kind", "healthy"]), Limits.healthRules),
        ], isFilled: true)

    private static let condition = Schema.map(
        "A condition of the object's status.",
        [
            "type": .text("Its type.", Limits.conditionText),
            "status": .choice("Its status.", Application.ConditionMatch.Status.self, default: .true),
            "reason": .text("Its reason; without it any.", Limits.reason),
        ], required: ["type"])
}
