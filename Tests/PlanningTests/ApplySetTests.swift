// The id of a set, its parent and the packed records.

import KubernetesModel
import Planning
import StructuredData
import Testing

struct ApplySetTests {
    /// The first is a vector of a public implementation's own test.
    @Test(arguments: [
        ("test-foo", "test-ns", "Foo", "foo.bar", "applyset-f9Rk5tKHoB72oV1tU2iFKxDwL8MBZTjMHFQ8V9WNNlA-v1"),
        ("mySet", "test", "Secret", "", "applyset-nqNkDlL072a9O3FBtGMDroXnF18TNtgUetAA6vsaglI-v1"),
    ])
    func idFollowsFromTheParentsName(name: String, namespace: String, kind: String, group: String, id: String) {
        #expect(ApplySet.id(name: name, namespace: namespace, kind: kind, group: group) == id)
        #expect(Names.labelValueProblem(id) == nil)
    }

    @Test func parentsAreReadAsTheyWereWritten() throws {
        let application = Samples.application()
        let record = Record(
            uid: "0b2d2d4a-11aa-4bbb-8ccc-0123456789ab", desired: Digest(of: [1]), live: Digest(of: [2]))
        let key = Samples.key("ConfigMap", "conf")
        let contents = ApplySetParent.Contents(
            groupKinds: [key.groupKind, GroupKind(group: "apps", kind: "Deployment")], namespaces: ["demo", "apps", "other"],
            sources: [application.source.identity], lease: RunLease(run: "01J0", expiry: "2026-11-23T08:00:30Z"),
            records: RecordTable([key: record]), runs: [["id": "01J0", "phase": "succeeded"]])
        let bodies = ApplySetParent.bodies(of: contents, application: application, previous: nil)
        #expect(bodies.count == 1)
        let object = Unstructured(bodies[0])
        #expect(object.name == "belay-demo" && object.namespace == "apps")
        #expect(object.label(Tracking.parentID) == ApplySet.id(of: application))
        #expect(object.annotation(Tracking.groupKinds) == "ConfigMap,Deployment.apps")
        #expect(object.annotation(Tracking.additionalNamespaces) == "demo,other")
        #expect(object.resourceVersion == nil)

        let parent = try ApplySetParent(object, application: application)
        #expect(parent.groupKinds == contents.groupKinds)
        #expect(parent.namespaces == ["demo", "apps", "other"])
        #expect(parent.sources == ["https://git.example.com/demo.git#deploy"])
        #expect(parent.lease == contents.lease)
        #expect(parent.runs == contents.runs)
        #expect(parent.records.records(of: [key, Samples.key("ConfigMap", "unknown")]) == [key: record])
    }

    @Test func whatOthersWroteOnAParentStays() throws {
        let application = Samples.application()
        var previous = Samples.parent()
        previous.setLabel("team", "a")
        previous.setAnnotation(Tracking.run, "01J0,2026-11-23T08:00:30Z")
        previous.value.set("41", at: ["metadata", "resourceVersion"])
        let contents = ApplySetParent.Contents(
            groupKinds: [], namespaces: ["apps"], sources: ["s"], lease: nil, records: RecordTable([:]), runs: [])
        let body = Unstructured(ApplySetParent.bodies(of: contents, application: application, previous: previous)[0])
        #expect(body.label("team") == "a")
        #expect(body.resourceVersion == "41")
        #expect(body.annotation(Tracking.run) == nil)
        #expect(body.annotation(Tracking.additionalNamespaces) == nil)
    }

    @Test func foreignParentsAreRefused() throws {
        let application = Samples.application()
        var plain = Samples.parent()
        plain.setAnnotation(Tracking.tooling, nil)
        var kubectl = Samples.parent()
        kubectl.setAnnotation(Tracking.tooling, "kubectl/v1.30")
        var borrowed = Samples.parent()
        borrowed.setLabel(Tracking.parentID, "applyset-somebodyelses-v1")
        for (object, reason) in [
            (plain, ParentRefusal.Reason.notAParent), (kubectl, .otherTool), (borrowed, .otherID),
        ] {
            #expect {
                try ApplySetParent(object, application: application)
            } throws: { error in
                (error as? ParentRefusal)?.reason == reason && "\(error)".contains("ConfigMap apps/belay-demo")
            }
        }
        var newer = Samples.parent()
        newer.setAnnotation(Tracking.tooling, "belay/v7")
        #expect(throws: Never.self) { try ApplySetParent(newer, application: application) }
    }

    @Test(arguments: [
        ("2026-11-23T08:00:29Z", false), ("2026-11-23T08:00:29.999Z", false), ("2026-11-23T08:00:30Z", true),
        ("2026-11-23T08:00:30.001Z", true), ("2027-01-01T00:00:00Z", true),
    ])
    func leasesEnd(now: String, isExpired: Bool) {
        #expect(RunLease(run: "01J0", expiry: "2026-11-23T08:00:30Z").isExpired(at: now) == isExpired)
    }

    @Test func brokenParentsLoseRecordsOnly() throws {
        var object = Samples.parent()
        object.setAnnotation(Tracking.run, "nonsense")
        object.setAnnotation(Tracking.groupKinds, "ConfigMap,, deployments.apps ,Deployment.apps")
        object.value.set("!!!", at: ["binaryData", "records"])
        object.value.set("{not json", at: ["data", "runs"])
        let parent = try ApplySetParent(object, application: Samples.application())
        #expect(parent.lease == nil)
        #expect(parent.records.count == 0)
        #expect(parent.runs.isEmpty)
        #expect(parent.groupKinds == [GroupKind(group: "", kind: "ConfigMap"), GroupKind(group: "apps", kind: "Deployment")])
    }

    @Test func manyRecordsGoIntoFurtherConfigMaps() throws {
        let application = Samples.application()
        var records: [ObjectKey: Record] = [:]
        for number in 0..<15_000 {
            records[Samples.key("ConfigMap", "c\(number)")] = Record(
                uid: "uid-\(number)", desired: Digest(of: Array("d\(number)".utf8)), live: Digest(of: Array("l\(number)".utf8)))
        }
        let contents = ApplySetParent.Contents(
            groupKinds: [], namespaces: [], sources: ["s"], lease: nil, records: RecordTable(records), runs: [])
        let bodies = ApplySetParent.bodies(of: contents, application: application, previous: nil).map { Unstructured($0) }
        #expect(bodies.count == 2)
        #expect(ApplySetParent.furtherNames(of: bodies[0]) == ["belay-demo-records-1"])
        #expect(bodies.dropFirst().map(\.name) == ["belay-demo-records-1"])
        #expect(bodies[1].label(Tracking.partOf) == nil)
        let parent = try ApplySetParent(bodies[0], further: Array(bodies.dropFirst()), application: application)
        #expect(parent.records.count == 15_000)
        #expect(parent.records.records(of: records.keys) == records)
        let part = try ApplySetParent(bodies[0], application: application)
        #expect(part.records.count == RecordTable.chunkSize / RecordTable.rowSize)
    }

    @Test func recordTablesAreTheSameWhateverTheOrder() {
        let keys = (0..<20).map { Samples.key("ConfigMap", "c\($0)") }
        func record(_ key: ObjectKey) -> Record { Record(uid: key.name, desired: Digest(of: [1]), live: Digest(of: [2])) }
        let forward = RecordTable(Dictionary(uniqueKeysWithValues: keys.map { ($0, record($0)) }))
        let backward = RecordTable(Dictionary(uniqueKeysWithValues: keys.reversed().map { ($0, record($0)) }))
        #expect(forward == backward)
        #expect(RecordTable(bytes: forward.bytes + [1, 2, 3]) == forward)
        #expect(forward.chunks.allSatisfy { $0.count % RecordTable.rowSize == 0 })
    }

    @Test func fieldManagersFitTheServersLimit() {
        #expect(FieldManager.name(for: Samples.application()) == "belay:apps/demo")
        let long = FieldManager.name(for: Samples.application(String(repeating: "x", count: 130)))
        #expect(long.utf8.count <= 128 && long.hasPrefix("belay:"))
        #expect(long != FieldManager.name(for: Samples.application(String(repeating: "x", count: 131))))
    }
}
