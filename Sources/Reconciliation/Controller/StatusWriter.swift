// Writes what is said of Applications into the cluster: their status, their DriftReport and Events; each only where it says something new.

import ControllerRuntime
import FoundationEssentials
import Journal
import KubernetesClient
import KubernetesModel
import StructuredData

/// The controller's own writes about Applications, with its own rights.
actor StatusWriter {
    private let client: KubernetesClient
    private let discovery: DiscoveryCache
    private let index: ApplicationIndex
    private let instance: String
    private let time: WorkTime
    private let told: @Sendable (Unstructured) async -> Void
    /// What stands in the DriftReport of each Application; nil: there is none.
    private var reports: [String: Value] = [:]
    /// Those whose DriftReport could not be written when it was to be.
    private var unwritten: Set<String> = []
    private var said: [String: Duration] = [:]

    static let applications = APIResource(
        groupVersionKind: GroupVersionKind(group: "belay.dev", version: "v1alpha1", kind: Application.kind), resource: "applications",
        namespaced: true)
    private static let driftReports = APIResource(
        groupVersionKind: GroupVersionKind(group: "belay.dev", version: "v1alpha1", kind: "DriftReport"), resource: "driftreports",
        namespaced: true)
    private static let events = APIResource(
        groupVersionKind: GroupVersionKind(group: "events.k8s.io", version: "v1", kind: "Event"), resource: "events", namespaced: true)
    /// The same Event is not sent again within this time.
    private static let silence = Duration.seconds(600)

    /// - Parameters:
    ///   - instance: of this process, for Events.
    ///   - told: of what somebody else changed just before a write of ours: the watch shows the answer to that write as nothing new.
    init(
        client: KubernetesClient, discovery: DiscoveryCache, index: ApplicationIndex, instance: String, time: WorkTime,
        told: @escaping @Sendable (Unstructured) async -> Void
    ) {
        self.client = client
        self.discovery = discovery
        self.index = index
        self.instance = instance
        self.time = time
        self.told = told
    }

    // MARK: Status

    /// Writes the status unless it stands there already.
    /// - Returns: whether something was written.
    /// - Throws: ``ClientError``; an Application that is gone is no error.
    @discardableResult
    func write(_ status: ApplicationStatus, of reference: String) async throws -> Bool {
        guard let known = await index[reference] else { return false }
        let value = status.value(previous: known.status, now: StatusWriter.seconds(Date()))
        if value == known.status { return false }
        let patch: Value = .array([["op": "add", "path": "/status", "value": value]])
        do {
            let answer = try await client.jsonPatch(
                StatusWriter.applications, namespace: known.resource.namespace, name: known.resource.name, subresource: "status",
                patch: patch, fieldManager: ParentStore.fieldManager, class: .own)
            await told(answer.object)
        } catch let error as ClientError where error.code == .notFound {
            return false
        }
        return true
    }

    // MARK: Drift

    /// Makes the DriftReport tell of these open episodes; none is made where there is nothing to tell.
    /// - Parameters:
    ///   - episodes: any order; at most 50 are told of, the oldest.
    ///   - said: what the Application's status says of drift as yet, and of how many episodes; where it says anything there is a report.
    ///     A process before this one has written the report before it wrote that.
    ///   - message: what the status is going to say of these.
    /// - Throws: ``ClientError``.
    func report(_ episodes: [DriftEpisode], of reference: String, said: (message: String, count: Int64), message: String) async throws {
        let text = DriftReportText(episodes)
        if reports[reference] == nil {
            if episodes.isEmpty, said.count == 0, !unwritten.contains(reference) { return }
            let isSaid = said.count == Int64(episodes.count) && said.message.hasSameBytes(as: ApplicationStatus.condition(message))
            if isSaid, !unwritten.contains(reference) { reports[reference] = text.value }
        }
        if reports[reference] == text.value { return }
        unwritten.insert(reference)
        guard let known = await index[reference],
            let resource = try await discovery.current()[GroupKind(group: "belay.dev", kind: "DriftReport")]
        else { return }
        var body = text.value
        body.set(.string(Application.apiVersion), at: ["apiVersion"])
        body.set("DriftReport", at: ["kind"])
        body.set(.string(known.resource.name), at: ["metadata", "name"])
        body.set(known.resource.namespace.map { .string($0) }, at: ["metadata", "namespace"])
        body.set(
            [
                [
                    "apiVersion": .string(Application.apiVersion), "kind": .string(Application.kind), "name": .string(known.resource.name),
                    "uid": .string(known.uid),
                ]
            ], at: ["metadata", "ownerReferences"])
        _ = try await client.apply(resource, body: body, fieldManager: ParentStore.fieldManager, force: true, class: .own)
        unwritten.remove(reference)
        reports[reference] = episodes.isEmpty ? nil : text.value
    }

    // MARK: Events

    /// Tells people who look at Events; what was told a short while ago is not told again, and a failure is no matter.
    /// - Parameters:
    ///   - reason: one word in CamelCase.
    ///   - isWarning: something is to be done.
    func event(_ reason: String, _ note: String, on reference: String, isWarning: Bool) async {
        guard let known = await index[reference] else { return }
        let note = ApplicationStatus.short(note, 900)
        let key = "\(reference) \(reason) \(note)"
        let now = time.now()
        if let last = said[key], now - last < StatusWriter.silence { return }
        said = said.filter { now - $0.value < StatusWriter.silence }
        said[key] = now
        let namespace = known.resource.namespace ?? "default"
        let body: Value = [
            "apiVersion": "events.k8s.io/v1", "kind": "Event",
            "metadata": [
                "name": .string(ApplicationStatus.short(known.resource.name, 200) + ".\(ULID.now().lowercased())"),
                "namespace": .string(namespace),
            ],
            "eventTime": .string(StatusWriter.micro(Date())), "reportingController": "belay.dev/controller",
            "reportingInstance": .string(ApplicationStatus.short(instance, 120)), "action": "Reconcile", "reason": .string(reason),
            "type": isWarning ? "Warning" : "Normal", "note": .string(note),
            "regarding": [
                "apiVersion": .string(Application.apiVersion), "kind": .string(Application.kind), "namespace": .string(namespace),
                "name": .string(known.resource.name), "uid": .string(known.uid),
            ],
        ]
        _ = try? await client.create(StatusWriter.events, body: body, fieldManager: ParentStore.fieldManager, class: .own)
    }

    func forget(_ reference: String) {
        reports[reference] = nil
        unwritten.remove(reference)
    }

    private static func seconds(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }

    /// As the API server reads a MicroTime.
    private static func micro(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)).dropLast() + "000Z"
    }
}
