// What a status says of health after a run: once, and not from before it.

import Applying
import HealthAssessment
import KubernetesModel
import StructuredData
import Testing

@testable import Planning
@testable import Reconciliation

@Suite struct MembersHealthTests {
    private static let manager = "belay:shop/web"
    private static let kind = GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")
    private static let key = ObjectKey(groupKind: kind.groupKind, namespace: "shop", name: "web")

    /// The Deployment with so many replicas in Git, as it was read, seen by its controller or not.
    private func live(_ replicas: Int64, isSeen: Bool) -> Unstructured {
        var value: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "spec": ["replicas": .int(replicas)],
            "metadata": [
                "name": "web", "namespace": "shop", "uid": "00000000-0000-4000-8000-000000000001", "resourceVersion": "7",
                "generation": .int(replicas), "labels": [Tracking.partOf: "set"],
                "managedFields": [
                    [
                        "manager": .string(Self.manager), "operation": "Apply", "apiVersion": "apps/v1", "fieldsType": "FieldsV1",
                        "fieldsV1": ["f:spec": ["f:replicas": [:]]],
                    ]
                ],
            ],
        ]
        let status: Value = ["observedGeneration": .int(replicas), "replicas": .int(replicas), "updatedReplicas": .int(replicas)]
        if isSeen { value.set(status, at: ["status"]) }
        return Unstructured(value)
    }

    private func member(_ live: Unstructured) throws -> LiveCache.Member {
        LiveCache.Member(summary: try #require(MemberSummary(live, key: [1])), health: assess(live))
    }

    private func record(_ live: Unstructured) throws -> Record {
        try #require(Planner.record(of: live, desiredDigest: Digest(of: [1]), fieldManager: Self.manager))
    }

    /// Of a run that wrote the Deployment and was answered this.
    private func report(_ answer: Unstructured, waited: String? = nil) throws -> SyncReport {
        let row = PlannedOperation(kind: .configure, key: Self.key, resource: nil, groupVersionKind: Self.kind, why: "changed in Git")
        let application = Application(
            namespace: "shop", name: "web", source: .init(repoURL: "https://git.example.com/web.git"),
            destination: .init(namespace: "shop"))
        let plan = Plan(
            application: application, parentID: "set", revision: "main@sha1:1", treeID: "t", operations: [row],
            approvalDigest: Digest(of: []))
        var report = SyncReport(
            application: application, runID: "1", revision: "main@sha1:1", plan: plan, trigger: "poll", startedAt: "2026-01-01T00:00:00Z")
        report.operations[0].answer = .init(health: assess(answer), record: try record(answer))
        report.operations[0].health = waited
        return report
    }

    private func health(_ members: [ObjectKey: LiveCache.Member], _ report: SyncReport? = nil) -> MembersHealth {
        MembersHealth(members, after: report, fieldManager: Self.manager)
    }

    @Test func withoutMembersAllIsWell() {
        #expect(health([:]).worst.health == .healthy)
        #expect(!health([:]).isUnseen && health([:]).behind.isEmpty)
    }

    /// A status of `healthy` would be taken back a moment later, when the watch tells of the new object.
    @Test func whatTheWatchDoesNotKnowYetIsToldByTheAnswer() throws {
        let told = health([:], try report(live(0, isSeen: false)))
        #expect(told.worst.health == .progressing)
        #expect(told.isUnseen && told.behind == [Self.key])
    }

    @Test func whatTheWatchKnowsFromBeforeTheWriteDoesNotCount() throws {
        let before = try member(live(2, isSeen: true))
        #expect(before.health.health == .progressing)
        let told = health([Self.key: before], try report(live(0, isSeen: false)))
        #expect(told.isUnseen && told.behind == [Self.key])
    }

    @Test func whatTheWatchKnowsSinceTheWriteWins() throws {
        let told = health([Self.key: try member(live(0, isSeen: true))], try report(live(0, isSeen: false)))
        #expect(told.worst.health == .healthy)
        #expect(!told.isUnseen && told.behind.isEmpty)
    }

    /// A rollout takes its time: nobody waits for its end before the status is written.
    @Test func whatIsUnderWayIsNotUnseen() throws {
        let told = health([Self.key: try member(live(2, isSeen: true))], try report(live(2, isSeen: false)))
        #expect(told.worst.health == .progressing)
        #expect(!told.isUnseen)
    }

    @Test func whatTheRunHasWaitedForIsNotTakenBack() throws {
        let told = health([Self.key: try member(live(0, isSeen: false))], try report(live(0, isSeen: false), waited: "healthy"))
        #expect(told.worst.health == .healthy)
        #expect(told.behind == [Self.key])
    }

    @Test func whatIsMissingIsTold() throws {
        func missing(_ report: SyncReport?) -> MembersHealth {
            MembersHealth([:], missing: [Self.key], after: report, fieldManager: Self.manager)
        }
        #expect(missing(nil).worst.health == .missing)
        #expect(!missing(nil).isUnseen && missing(nil).behind.isEmpty)
        // What the run has written or met is only not shown yet.
        var written = try report(live(0, isSeen: false))
        written.operations[0].result = "done"
        #expect(missing(written).worst.health == .progressing && missing(written).behind == [Self.key])
        var met = written
        met.operations[0].result = "skipped"
        met.operations[0].answer = nil
        met.operations[0].operation.plannedOn = ObjectVersion(uid: "u", resourceVersion: "7")
        #expect(missing(met).worst.health == .healthy && missing(met).behind == [Self.key])
        var failed = met
        failed.operations[0].operation.plannedOn = nil
        failed.operations[0].result = "failed"
        #expect(missing(failed).worst.health == .missing)
    }

    // MARK: For a run that waits

    private func known(_ member: LiveCache.Member, _ record: Record?) -> HealthVerdict? {
        let resource = APIResource(groupVersionKind: Self.kind, resource: "deployments", namespaced: true)
        let subject = HealthSubject(key: Self.key, resource: resource, record: record)
        return MembersHealth.known(of: [subject], [Self.key: member], fieldManager: Self.manager)[Self.key]
    }

    @Test func aStateFromBeforeTheWriteIsNotKnown() throws {
        let written = try record(live(0, isSeen: false))
        #expect(known(try member(live(2, isSeen: true)), written) == nil)
        #expect(known(try member(live(0, isSeen: true)), written)?.health == .healthy)
        #expect(known(try member(live(2, isSeen: true)), nil)?.health == .progressing)
    }

    /// Whether it waits for a pod stands in its storage class.
    @Test func aClaimWithoutAVolumeIsNotKnown() throws {
        let key = ObjectKey(groupKind: .persistentVolumeClaim, namespace: "shop", name: "data")
        let resource = APIResource(
            groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "PersistentVolumeClaim"),
            resource: "persistentvolumeclaims", namespaced: true)
        let subject = HealthSubject(key: key, resource: resource)
        var member = try member(live(0, isSeen: true))
        for (health, isKnown) in [(Health.progressing, false), (.healthy, true)] {
            member.health = HealthVerdict(health)
            #expect((MembersHealth.known(of: [subject], [key: member], fieldManager: Self.manager)[key] != nil) == isKnown)
        }
    }

    // MARK: Runs that wait

    /// Seen by its record, then otherwise: somebody's doing. Written anew by the run, or otherwise from the start: not.
    @Test func whatWasSeenAsRecordedAndIsOtherwiseIsLost() async throws {
        let one = live(1, isSeen: true), two = live(2, isSeen: true)
        let proven = Proven()
        func hasLost(_ live: Unstructured?, _ record: Record) async throws -> Bool {
            let members = try live.map { [Self.key: try member($0)] } ?? [:]
            return await proven.hasLost(members, [Self.key: record], fieldManager: Self.manager)
        }
        #expect(try await !hasLost(two, record(one)))
        #expect(try await !hasLost(one, record(one)))
        // The run has written it anew, and the watch is a moment behind.
        #expect(try await !hasLost(one, record(two)))
        #expect(try await !hasLost(two, record(two)))
        #expect(try await hasLost(one, record(two)))
        #expect(try await !hasLost(one, record(two)), "it is told once")
        #expect(try await !hasLost(two, record(two)))
        #expect(try await hasLost(nil, record(two)))
    }

    /// The cluster may remove a Job that is finished.
    @Test func aJobThatEndsIsNotLost() async throws {
        let job = ObjectKey(groupKind: .job, namespace: "shop", name: "web")
        let proven = Proven()
        let record = try record(live(1, isSeen: true))
        #expect(await !proven.hasLost([job: try member(live(1, isSeen: true))], [job: record], fieldManager: Self.manager))
        #expect(await !proven.hasLost([:], [job: record], fieldManager: Self.manager))
    }
}
