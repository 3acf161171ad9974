// Where an Application's manifests come from and where they go.

extension Application {
    package struct Source: Sendable, Equatable {
        package var repoURL: String
        package var ref: GitReference
        /// Inside the repository, without slashes at its ends; empty for the root.
        package var path: String
        /// gitignore-style globs (``GlobList``) relative to `path`; empty `include` means all manifests.
        package var include: [String]
        package var exclude: [String]
        /// A Secret in the Application's namespace with the credentials; ignored on the command line.
        package var secretRef: SecretReference?
        /// What `${NAME}` in the manifests stands for; nil: text stays as it is.
        package var substitute: Substitution?
        /// Where a repository on this machine was cloned from, without credentials; known when it was read. No part of the resource.
        package var origin: String?

        package init(
            repoURL: String, ref: GitReference = .head, path: String = "", include: [String] = [], exclude: [String] = [],
            secretRef: SecretReference? = nil
        ) {
            self.repoURL = repoURL
            self.ref = ref
            self.path = path
            self.include = include
            self.exclude = exclude
            self.secretRef = secretRef
        }

        /// `URL#path`: what `belay.dev/source` of a parent carries; credentials never stand in it. All clones of a repository are one
        /// source, wherever they lie.
        package var identity: String { "\(origin ?? repoURL)#\(path)" }
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

    /// A Secret of the Application's own namespace.
    package struct SecretReference: Sendable, Equatable {
        package var name: String
        package init(name: String) { self.name = name }
    }

    /// One key of a Secret of the Application's own namespace.
    package struct SecretKeyReference: Sendable, Equatable {
        package var name: String
        package var key: String
        package init(name: String, key: String = "kubeconfig") {
            self.name = name
            self.key = key
        }
    }

    package struct Destination: Sendable, Equatable {
        /// Where objects without a namespace go.
        package var namespace: String
        package var serviceAccountName: String?
        /// The kubeconfig of a remote cluster; nil for the cluster that the Application lives in.
        package var kubeConfigSecretRef: SecretKeyReference?

        package init(namespace: String, serviceAccountName: String? = nil, kubeConfigSecretRef: SecretKeyReference? = nil) {
            self.namespace = namespace
            self.serviceAccountName = serviceAccountName
            self.kubeConfigSecretRef = kubeConfigSecretRef
        }
    }
}
