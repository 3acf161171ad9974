// The digests that prove an object unchanged: what they see, and what they must not see.

import Foundation
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@testable import Planning

struct RecordDigestTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "KubernetesModelTests/Fixtures/managed-fields")

    private static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") && !$0.hasPrefix("INDEX") }.sorted()
    }()

    private func object(_ name: String) throws -> Unstructured {
        Unstructured(try JSON.read([UInt8](Data(contentsOf: Self.folder.appending(path: name)))))
    }

    @Test func thereAreObjects() { #expect(Self.names.count > 10) }

    @Test(arguments: names)
    func everyOwnedLeafCountsAndNothingElse(name: String) throws {
        let object = try object(name)
        for entry in object.managedFields where (entry.subresource ?? "").isEmpty {
            // As if this manager were ours, and applied.
            var live = object
            var entries = object.managedFields
            for index in entries.indices where entries[index] == entry {
                entries[index].manager = "belay:a/b"
                entries[index].operation = .apply
            }
            live.value.set(.array(entries.map(\.value)), at: ["metadata", "managedFields"])
            func digest(_ object: Unstructured) -> Digest { RecordDigests.live(object, fieldManager: "belay:a/b", hands: Hands()) }
            let before = digest(live)

            let again = Unstructured(try JSON.read(JSON.write(live.value)))
            #expect(digest(again) == before)
            var touched = live
            touched.value.set("999999", at: ["metadata", "resourceVersion"])
            touched.value.set(["seen": true], at: ["status", "unheard"])
            touched.setAnnotation("nobody.example.com/owns", "this")
            #expect(digest(touched) == before)

            let all = entries.allFields
            for path in entry.fields.leaves {
                guard let value = live.value.value(at: path), all.subset(below: path).isEmpty else { continue }
                if case .value? = path.elements.last { continue }
                var changed = live
                changed.value.set(.string("changed by a test"), at: path)
                if value == "changed by a test" { continue }
                let isSecretValue = live.isSecret && path.elements.first == .field("data")
                #expect((digest(changed) == before) == isSecretValue, "\(name): \(entry.manager) \(path)")
                var removed = live
                removed.value.remove(at: path)
                #expect(digest(removed) != before, "\(name): \(entry.manager) \(path) removed")
            }
        }
    }

    @Test func handsCountByTheirFieldsNotTheirTimes() throws {
        func live(_ hand: String, time: String = "2026-01-01T00:00:00Z", subresource: String? = nil) throws -> Digest {
            var object = Samples.member("ConfigMap", "x")
            var entries = object.managedFields
            entries.append(
                ManagedFieldsEntry(
                    manager: hand, operation: .update, apiVersion: "v1", time: time, subresource: subresource,
                    fields: FieldSet([FieldPath(fields: "data", "z")])))
            object.value.set(.array(entries.map(\.value)), at: ["metadata", "managedFields"])
            return RecordDigests.live(object, fieldManager: "belay:apps/demo", hands: Hands())
        }
        let none = RecordDigests.live(Samples.member("ConfigMap", "x"), fieldManager: "belay:apps/demo", hands: Hands())
        #expect(try live("kubectl-edit") != none)
        #expect(try live("kubectl-edit") == live("kubectl-edit", time: "2026-02-02T00:00:00Z"))
        #expect(try live("operator") == none)
        #expect(try live("kubectl-edit", subresource: "status") == none)
    }

    @Test func recordsMatchByTheirFirstHalf() {
        let desired = Digest(of: [1])
        let live = Digest(of: [2])
        let record = Record(uid: "0B2D2D4A-11aa-4bbb-8ccc-0123456789ab", desired: desired, live: live)
        let key = Samples.key("ConfigMap", "x")
        let read = RecordTable([key: record]).records(of: [key])
        #expect(read[key] == record || record.uid.contains("B"))
        let lower = Record(uid: "0b2d2d4a-11aa-4bbb-8ccc-0123456789ab", desired: desired, live: live)
        let packed = RecordTable([key: lower]).records(of: [key])[key]
        #expect(packed?.uid == lower.uid)
        #expect(packed?.matches(uid: lower.uid, desired: desired) ?? false)
        #expect(packed?.matches(live: live) ?? false)
        #expect(!(packed?.matches(live: desired) ?? true))
        #expect(!(packed?.matches(uid: "0b2d2d4a-11aa-4bbb-8ccc-0123456789ac") ?? true))
    }

    @Test func theDesiredDigestSeesGitAndTheRules() throws {
        let key = Samples.key("Secret", "s")
        func digest(_ yaml: String, rules: [Application.IgnoreRule] = []) throws -> Digest {
            let object = try #require(Samples.desired(yaml).first)
            let body = Payload.base(of: object, application: Samples.application(), parentID: "p")
            return RecordDigests.desired(payload: body, ignore: IgnoreRules(rules, for: object.key), kind: object.key.groupKind)
        }
        let secret = "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: eA==}}"
        #expect(try digest(secret) == digest(secret.replacing("eA==", with: "eQ==")))
        #expect(try digest(secret) != digest(secret.replacing("{a: eA==}", with: "{b: eA==}")))
        #expect(try digest(secret) != digest(secret.replacing("{name: s}", with: "{name: s, labels: {x: z}}")))
        #expect(try digest(secret) != digest(secret, rules: [.init(kind: "Secret", paths: ["/data/a"])]))
        #expect(try digest(secret) == digest(secret, rules: [.init(kind: "ConfigMap", paths: ["/data/a"])]))
        #expect(try digest(secret) == digest("{kind: Secret, data: {a: eA==}, metadata: {name: s}, apiVersion: v1}"))
        #expect(key.kind == "Secret")
    }

    @Test func aSecretsValuesAreComparedInMemory() throws {
        let live = try Samples.object("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: eA==, more: eA==}}").value
        func differs(_ data: String) throws -> Bool {
            RecordDigests.secretDataDiffers(try Samples.object("{apiVersion: v1, kind: Secret, data: \(data)}").value, live)
        }
        #expect(try !differs("{a: eA==}"))
        #expect(try differs("{a: eQ==}"))
        #expect(try differs("{b: eA==}"))
        #expect(try !differs("{}"))
    }

    // MARK: Payload and takeover

    @Test func payloadsLeaveOutWhatTheServerWrites() throws {
        let desired = try #require(
            Samples.desired(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: x
                  uid: u
                  resourceVersion: "1"
                  generation: 3
                  creationTimestamp: "2026-01-01T00:00:00Z"
                  managedFields: [{manager: a}]
                  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}", keep: me}
                  labels:
                data: {a: b}
                status: {x: z}
                """, file: "deploy/x.yaml"
            ).first)
        let body = Unstructured(Payload.base(of: desired, application: Samples.application(), parentID: "set"))
        #expect(body.metadata?.object?.keys == ["name", "annotations", "labels", "namespace"])
        #expect(body.metadata?["labels"] == ["applyset.kubernetes.io/part-of": "set"])
        #expect(
            body.metadata?["annotations"] == ["keep": "me", "belay.dev/application": "apps/demo", "belay.dev/source": "deploy/x.yaml"])
        #expect(body.value["status"] == nil && body.namespace == "demo")
    }

    @Test(arguments: names)
    func takeoversLoseNothing(name: String) throws {
        let live = try object(name)
        guard live.resourceVersion != nil else { return }
        let entries = live.managedFields
        let apiVersion = live.apiVersion
        let held = entries.filter { Hands.standard.hold($0) && $0.apiVersion == apiVersion }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5 {
            let moved = FieldSet(held.allFields.paths.filter { _ in Bool.random(using: &generator) })
            let takeover = Takeover(fieldManager: "belay:a/b", apiVersion: apiVersion, moved: moved)
            let patch = takeover.patch(of: live) { Hands.standard.hold($0) }
            guard !moved.isEmpty else {
                #expect(patch == nil)
                continue
            }
            let operations = try #require(patch?.array)
            #expect(operations.first?["op"] == "test")
            var patched = live
            patched.value.set(operations.last?["value"], at: ["metadata", "managedFields"])
            let after = try patched.allManagedFields()
            #expect(after.allFields == entries.allFields, "seed 7: nothing is lost, nothing is new")
            #expect(after.first { $0.manager == "belay:a/b" }?.fields == moved)
            #expect(after.filter { Hands.standard.hold($0) && $0.apiVersion == apiVersion }.allFields.isDisjoint(with: moved))
            #expect(after.allSatisfy { !$0.fields.isEmpty })
            let others = { (list: [ManagedFieldsEntry]) in list.filter { !Hands.standard.hold($0) && $0.manager != "belay:a/b" } }
            #expect(others(after) == others(entries))
        }
    }

    @Test func anUnreadableEntryForbidsATakeover() throws {
        var live = Samples.member("ConfigMap", "x")
        let strange: Value = ["manager": "future", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV9", "fieldsV1": [:]]
        live.value.set(.array((live.metadata?["managedFields"]?.array ?? []) + [strange]), at: ["metadata", "managedFields"])
        let takeover = Takeover(fieldManager: "belay:apps/demo", apiVersion: "v1", moved: FieldSet([FieldPath(fields: "data", "a")]))
        #expect(takeover.patch(of: live) { _ in true } == nil)
    }
}
