// The parent of a set, wherever it is kept: what a run does with it.

import KubernetesModel
import Planning

/// Another run has taken over the set: nothing more may be written.
struct Superseded: Error {
    var message: String
}

/// Where the parent of one Application's set is kept: in a ConfigMap, or in the Application itself.
protocol SetStore: Sendable {
    /// As people find it: `ConfigMap shop/belay-web`.
    var place: String { get }

    /// The parent for one run.
    /// - Parameter current: as it was read last; nil where there is none.
    func hold(run: String, contents: ApplySetParent.Contents, current: Unstructured?) -> any SetHold

    /// Whether the parent has, beside its contents, all that it should have.
    func isComplete(_ parent: Unstructured) -> Bool

    /// Writes what a run without writes has learnt.
    /// - Throws: ``ClientError``.
    func save(_ contents: ApplySetParent.Contents, previous: Unstructured?) async throws
}

/// The parent as one run holds it.
protocol SetHold: Actor {
    /// As it was written last.
    var parent: Unstructured? { get }

    /// Writes the superset; nobody else may write to the set from here on.
    /// - Throws: ``ClientError`` `.conflict` or `.alreadyExists` when the parent is not what the plan was made on any more.
    func acquire() async throws

    /// Runs `body` while the right to write is kept up.
    nonisolated func holding<R: Sendable>(_ body: () async throws -> R) async throws -> R

    /// Throws when another run has taken over, as far as is known.
    func check() throws(Superseded)

    /// What is written by now, before it is waited on: for whoever watches the members meanwhile.
    func note(_ contents: ApplySetParent.Contents) async

    /// Makes sure, before anything is deleted.
    /// - Throws: ``Superseded``, or ``ClientError``.
    func confirm() async throws

    /// Writes the final contents and lets go.
    /// - Throws: ``Superseded``, or ``ClientError``.
    func release(_ final: ApplySetParent.Contents) async throws

    /// Removes the parent: the set is empty.
    /// - Throws: ``Superseded``, or ``ClientError``.
    func remove() async throws
}
