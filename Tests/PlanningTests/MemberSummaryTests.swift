// What a controller keeps of a member proves exactly what the whole object would prove.

import KubernetesModel
import StructuredData
import Testing

@testable import Planning

@Suite struct MemberSummaryTests {
    private static let key = RecordedCase.redactionKey

    /// A member as it was written for this manifest, with its record.
    private func written(_ yaml: String) throws -> (live: Unstructured, record: Record, desired: DesiredObject) {
        let desired = try #require(Samples.desired(yaml).first)
        let application = Samples.application()
        let body = Payload.base(of: desired, application: application, parentID: ApplySet.id(of: application))
        var live = Unstructured(body)
        live.value.set("00000000-0000-4000-8000-000000000001", at: ["metadata", "uid"])
        live.value.set("7", at: ["metadata", "resourceVersion"])
        let data: Value =
            desired.key.kind == "Secret" ? ["f:data": ["f:a": [:]]] : ["f:data": ["f:a": [:]], "f:metadata": ["f:labels": [:]]]
        live.value.set(
            [
                [
                    "manager": .string(FieldManager.name(for: application)), "operation": "Apply", "apiVersion": "v1",
                    "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": data,
                ]
            ], at: ["metadata", "managedFields"])
        let digest = RecordDigests.desired(payload: body, ignore: IgnoreRules([], for: desired.key), kind: desired.key.groupKind)
        let record = try #require(
            Planner.record(of: live, desiredDigest: digest, fieldManager: FieldManager.name(for: application)))
        return (live, record, desired)
    }

    private func isProven(_ yaml: String, _ live: Unstructured, _ record: Record) throws -> Bool {
        let desired = try #require(Samples.desired(yaml).first)
        let planner = try Samples.planner(yaml) { $0.records[desired.key] = record }
        let summary = try #require(MemberSummary(live, key: Self.key))
        return planner.proven(by: [desired.key: summary]).contains(desired.key)
    }

    private static let secret = "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: eA==}}"

    @Test func whatWasWrittenIsProven() throws {
        let yaml = Samples.configMap("c")
        let (live, record, _) = try written(yaml)
        #expect(try isProven(yaml, live, record))
    }

    @Test(arguments: [
        ("data.a", ["data", "a"], "2"), ("label", ["metadata", "labels", Tracking.partOf], "another"),
        ("uid", ["metadata", "uid"], "00000000-0000-4000-8000-000000000002"),
        ("end", ["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z"),
        ("version", ["apiVersion"], "v2"),
    ])
    func whatIsOtherwiseIsNot(_ name: String, _ path: [String], _ value: String) throws {
        let yaml = Samples.configMap("c")
        var (live, record, _) = try written(yaml)
        live.value.set(.string(value), at: path)
        #expect(try !isProven(yaml, live, record), "\(name)")
    }

    @Test func whatGitWantsOtherwiseIsNot() throws {
        let (live, record, _) = try written(Samples.configMap("c", "1"))
        #expect(try !isProven(Samples.configMap("c", "2"), live, record))
    }

    @Test func aSecretIsProvenByItsValuesWhichTheSummaryDoesNotShow() throws {
        var (live, record, _) = try written(Self.secret)
        #expect(try isProven(Self.secret, live, record))
        let other = Self.secret.replacing("eA==", with: "eQ==")
        #expect(try !isProven(other, live, record))
        let summary = try #require(MemberSummary(live, key: Self.key))
        #expect(!String(reflecting: summary).contains("eA=="))
        live.value.set("eQ==", at: ["data", "a"])
        #expect(try !isProven(Self.secret, live, record))
    }

    @Test func aWriteToTheStatusIsNoChange() throws {
        var (live, _, _) = try written(Samples.configMap("c"))
        let before = try #require(MemberSummary(live, key: Self.key))
        live.value.set("8", at: ["metadata", "resourceVersion"])
        live.value.set(["ready": 1], at: ["status"])
        let after = try #require(MemberSummary(live, key: Self.key))
        #expect(before != after && before.isSame(as: after, countingOthers: true))
        live.value.set("2", at: ["data", "a"])
        #expect(try !before.isSame(as: #require(MemberSummary(live, key: Self.key)), countingOthers: false))
    }

    /// The set of an Application that a command line run filled before, under the id of its ConfigMap.
    @Test func aFormerIdIsOurs() throws {
        var options = Planner.Options()
        let application = Samples.application()
        options.parentID = ApplySet.id(ofResource: application)
        options.formerIDs = [ApplySet.id(of: application)]
        let member = Samples.member("ConfigMap", "gone")
        let plan = try Samples.planner(Samples.configMap("c"), members: [member], options: options).plan([:])
        #expect(try plan.row("ConfigMap", "gone").kind == .prune)
        options.formerIDs = []
        let other = try Samples.planner(Samples.configMap("c"), members: [member], options: options).plan([:])
        #expect(try other.row("ConfigMap", "gone").kind == .skip)
    }

    @Test func aHoldLeavesTheObjectAsItIs() throws {
        let application = Samples.application {
            $0.drift.holds = [.init(kind: "ConfigMap", name: "c", reason: "hotfix 4711", until: "2099-01-01T00:00:00Z")]
        }
        let (_, record, desired) = try written(Samples.configMap("c"))
        let plan = try Samples.planner(Samples.configMap("c"), application: application) { $0.records[desired.key] = record }.plan([:])
        let row = try plan.row("ConfigMap", "c")
        #expect(row.kind == .skip && row.drift?.kind == .deleted && row.why.contains("hotfix 4711"), "\(row.why)")
    }
}
