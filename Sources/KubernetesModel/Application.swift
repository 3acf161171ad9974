// The Application: one source, one destination, and how they are kept together (applications.belay.dev/v1alpha1).

/// The parsed Application resource; the same value whether it came from a file, from flags or from the cluster.
package struct Application: Sendable, Equatable {
    package var namespace: String
    package var name: String
    package var source: Source
    package var destination: Destination
    package var sync = SyncPolicy()
    package var drift = DriftPolicy()
    package var health = HealthPolicy()
    package var timeout: Duration = .seconds(300)
    package var suspend: Suspension?

    package init(namespace: String, name: String, source: Source, destination: Destination) {
        self.namespace = namespace
        self.name = name
        self.source = source
        self.destination = destination
    }

    /// `NAMESPACE/NAME`, the value of the annotation `belay.dev/application`.
    package var reference: String { "\(namespace)/\(name)" }

    package struct Source: Sendable, Equatable {
        package var repoURL: String
        package var ref: GitReference
        /// Inside the repository, without slashes at its ends; empty for the root.
        package var path: String
        /// gitignore-style globs relative to `path`; empty `include` means all manifests.
        package var include: [String]
        package var exclude: [String]
        package init(repoURL: String, ref: GitReference = .head, path: String = "", include: [String] = [], exclude: [String] = []) {
            self.repoURL = repoURL
            self.ref = ref
            self.path = path
            self.include = include
            self.exclude = exclude
        }
        /// `URL#path`: what `belay.dev/source` of a parent carries; credentials never stand in it.
        package var identity: String { "\(repoURL)#\(path)" }
    }

    /// What of the repository to follow.
    package enum GitReference: Sendable, Equatable {
        /// The remote's HEAD.
        case head
        case branch(String)
        case tag(String)
        case commit(String)
        /// A full ref, `refs/…`.
        case name(String)
        case semver(String)
        /// As typed on the command line: full ref, 40 hex digits, branch, tag, in this order.
        case unspecified(String)
    }

    package struct Destination: Sendable, Equatable {
        /// Where objects without a namespace go.
        package var namespace: String
        package var serviceAccountName: String?
        package init(namespace: String, serviceAccountName: String? = nil) {
            self.namespace = namespace
            self.serviceAccountName = serviceAccountName
        }
    }

    package struct SyncPolicy: Sendable, Equatable {
        package enum Mode: String, Sendable { case automatic = "Automatic", manual = "Manual" }
        package enum OnFailure: String, Sendable { case `continue` = "Continue", stop = "Stop" }
        package enum Conflicts: String, Sendable { case force = "Force", fail = "Fail" }
        package enum Adopt: String, Sendable { case unowned = "Unowned", always = "Always", never = "Never" }
        package var mode = Mode.automatic
        package var prune = true
        /// A prune of more objects than this is held.
        package var pruneLimitObjects = 10
        /// … or of more than this share of the members, when at least 3 go.
        package var pruneLimitPercent = 30
        package var createNamespace = true
        package var onFailure = OnFailure.continue
        package var conflicts = Conflicts.force
        package var adopt = Adopt.unowned
        package init() {}
    }

    package struct DriftPolicy: Sendable, Equatable {
        package enum Policy: String, Sendable { case correct = "Correct", report = "Report", ignore = "Ignore" }
        package var policy = Policy.correct
        package var ignore: [IgnoreRule] = []
        package init() {}
    }

    /// Fields that others may change: matched by kind, name glob and JSON pointers, and, if given, by manager.
    package struct IgnoreRule: Sendable, Equatable {
        package var group: String?
        package var kind: String
        package var name: String
        package var namespace: String?
        /// JSON pointers (RFC 6901); `*` stands for one segment.
        package var paths: [String]
        package var managers: [String]
        package init(group: String? = nil, kind: String, name: String = "*", namespace: String? = nil, paths: [String], managers: [String] = []) {
            self.group = group
            self.kind = kind
            self.name = name
            self.namespace = namespace
            self.paths = paths
            self.managers = managers
        }
    }

    package struct HealthPolicy: Sendable, Equatable {
        package var wait = false
        package init() {}
    }

    package struct Suspension: Sendable, Equatable {
        package var reason: String
        /// RFC 3339; nil for no end.
        package var until: String?
        package init(reason: String, until: String?) {
            self.reason = reason
            self.until = until
        }
    }
}
