// The Application itself as the parent of its set: its marks and its finalizer in the cluster, its records in the journal.

import Applying
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

/// One Application's parent, written with the controller's own rights, whoever its members are written as.
struct ApplicationStore: SetStore {
    /// Keeps the Application until its members are gone.
    static let finalizer = "belay.dev/members"

    /// The controller's own.
    let client: KubernetesClient
    let resource: APIResource
    let application: Application
    let uid: String
    /// The objects that may have a record.
    let members: [ObjectKey]
    let records: RecordBook
    /// The ConfigMap whose set is being taken over.
    let takesOver: String?
    /// Whether another controller has the lease by now.
    let isDeposed: @Sendable () -> Bool
    /// Told of the Application as it is after each write.
    let written: @Sendable (Unstructured) async -> Void

    var place: String { "Application \(application.reference)" }

    private var wantedFinalizer: String? { application.deletionPolicy == .prune ? ApplicationStore.finalizer : nil }

    func hold(run: String, contents: ApplySetParent.Contents, current: Unstructured?) -> any SetHold {
        ApplicationHold(store: self, contents: contents, current: current)
    }

    func isComplete(_ parent: Unstructured) -> Bool {
        parent.finalizers.contains(ApplicationStore.finalizer) == (wantedFinalizer != nil)
            && parent.annotation(Tracking.takesOver) == takesOver
    }

    func save(_ contents: ApplySetParent.Contents, previous: Unstructured?) async throws {
        _ = try await mark(contents, previous: previous)
        try await keep(contents)
    }

    /// Puts the marks on the Application, unless they are there.
    /// - Returns: the Application as it is then.
    /// - Throws: ``ClientError``.
    func mark(_ contents: ApplySetParent.Contents, previous: Unstructured?) async throws -> Unstructured {
        let body = ApplySetParent.marks(
            of: contents, application: application, uid: uid, finalizer: wantedFinalizer, takesOver: takesOver)
        if let previous, isComplete(previous), ApplicationStore.carries(previous, body) { return previous }
        let answer = try await client.apply(resource, body: body, fieldManager: ParentStore.fieldManager, force: true, class: .own)
        await written(answer.object)
        return answer.object
    }

    /// Takes off all that ``mark(_:previous:)`` put on, the finalizer too: an Application that is being deleted goes then.
    /// - Throws: ``ClientError``.
    func unmark() async throws {
        let body: Value = [
            "apiVersion": .string(Application.apiVersion), "kind": .string(Application.kind),
            "metadata": ["name": .string(application.name), "namespace": .string(application.namespace), "uid": .string(uid)],
        ]
        do {
            _ = try await client.apply(resource, body: body, fieldManager: ParentStore.fieldManager, force: true, class: .own)
        } catch let error as ClientError where error.code == .notFound || error.code == .conflict {
            // It is gone, or it is another one by now.
        }
    }

    /// Writes the records of those that may have one.
    func keep(_ contents: ApplySetParent.Contents) async throws {
        try await records.keep(contents.records.records(of: members), of: application.reference, uid: uid)
    }

    private static func carries(_ live: Unstructured, _ body: Value) -> Bool {
        for place in ["labels", "annotations"] {
            for entry in body.at("metadata", place)?.object ?? Object() where live.value.at("metadata", place)?[entry.key] != entry.value {
                return false
            }
        }
        return live.annotation(Tracking.additionalNamespaces) == body.at("metadata", "annotations")?[Tracking.additionalNamespaces]?.string
    }
}

/// The parent as a run of the controller holds it: one queue and one lease see to it that nobody else does.
actor ApplicationHold: SetHold {
    private let store: ApplicationStore
    private let contents: ApplySetParent.Contents
    private(set) var parent: Unstructured?

    init(store: ApplicationStore, contents: ApplySetParent.Contents, current: Unstructured?) {
        self.store = store
        self.contents = contents
        parent = current
    }

    func acquire() async throws {
        let (store, contents, previous) = (store, contents, parent)
        parent = try await shielded { try await store.mark(contents, previous: previous) }
    }

    nonisolated func holding<R: Sendable>(_ body: () async throws -> R) async throws -> R { try await body() }

    func check() throws(Superseded) {
        if store.isDeposed() { throw Superseded(message: "another controller has taken over") }
    }

    /// A journal that cannot be written is told of at the end of the run.
    func note(_ contents: ApplySetParent.Contents) async {
        if !store.isDeposed() { try? await store.keep(contents) }
    }

    func confirm() async throws { try check() }

    func release(_ final: ApplySetParent.Contents) async throws {
        try check()
        let (store, previous) = (store, parent)
        parent = try await shielded {
            let marked = try await store.mark(final, previous: previous)
            try await store.keep(final)
            return marked
        }
    }

    func remove() async throws {
        try check()
        try await store.unmark()
        parent = nil
    }
}

extension Unstructured {
    /// `metadata.finalizers`.
    var finalizers: [String] { (metadata?["finalizers"]?.array ?? []).compactMap(\.string) }
}
