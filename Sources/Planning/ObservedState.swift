// What the cluster said: the second input of Planning, gathered by Reconciliation in steps 1 to 3 of the algorithm.

package import KubernetesModel

/// The live side of one Application at the moment of one read. What could not be read is named, never taken for absent.
package struct ObservedState: Sendable {
    package var discovery: Discovery
    /// The ApplySet parent as it was read; nil when it does not exist.
    package var parent: Unstructured?
    /// L: the objects that carry our `part-of` label, by identity.
    package var members: [ObjectKey: Unstructured]
    /// Members of which a ``MemberSummary`` proved that they are as recorded; what stands of them in `members` is no more than that
    /// summary tells.
    package var proven: Set<ObjectKey> = []
    /// Desired objects that are not in L, each with what a GET or metadata-only LIST said of them.
    package var others: [ObjectKey: Existence]
    /// Kinds and namespaces (nil: cluster-wide) of which L is not complete: no prune there, GET instead of LIST.
    package var unlisted: [UnlistedScope]
    /// Namespaces that desired objects need.
    package var namespaces: [String: NamespaceState]
    /// Autoscalers' targets found among the members and the namespaces read: objects whose `replicas` an autoscaler sets.
    package var autoscaled: Set<ObjectKey>
    /// What is known from the last runs about each member; may be empty or stale, is never truth.
    package var records: [ObjectKey: Record]
    /// True when L or P could not be had in full for reasons that forbid any prune (each said in `pruneObstacles`).
    package var pruneObstacles: [String]
    /// Nothing tells which kinds the members have beside those that Git wants: the parent is gone, and so is what the journal knew.
    package var kindsAreUnknown = false

    package init(discovery: Discovery) {
        self.discovery = discovery
        members = [:]
        others = [:]
        unlisted = []
        namespaces = [:]
        autoscaled = []
        records = [:]
        pruneObstacles = []
    }

    package enum Existence: Sendable {
        case absent
        case present(Unstructured)
        /// Forbidden, or the kind is not served: the text says which, for people.
        case unknown(String)
    }

    package enum NamespaceState: Sendable { case active, terminating, missing, unknown }

    package struct UnlistedScope: Sendable, Hashable {
        package var groupKind: GroupKind
        package var namespace: String?
        package var reason: String
        package init(groupKind: GroupKind, namespace: String?, reason: String) {
            self.groupKind = groupKind
            self.namespace = namespace
            self.reason = reason
        }
    }
}
