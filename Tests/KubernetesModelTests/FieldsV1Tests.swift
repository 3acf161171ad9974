// fieldsV1 as real servers write it, and as nobody should.

import Foundation
import KubernetesModel
import StructuredData
import Testing

@Suite("fieldsV1")
struct FieldsV1Tests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/managed-fields")
    static let recordings = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

    private func object(_ recording: String) throws -> Unstructured {
        Unstructured(try JSON.read(Array(try Data(contentsOf: Self.folder.appending(path: recording)))))
    }

    private func fieldsV1(_ json: String) throws -> Value { try JSON.read(Array(json.utf8)) }

    @Test("recordings are there")
    func recordingsExist() { #expect(Self.recordings.count >= 12) }

    @Test("recorded managedFields come back byte for byte", arguments: recordings)
    func roundTrip(recording: String) throws {
        let object = try object(recording)
        let raw = object.value.at("metadata", "managedFields")?.array ?? []
        let entries = try object.allManagedFields()
        #expect(entries.count == raw.count)
        #expect(!entries.isEmpty)
        for (entry, value) in zip(entries, raw) {
            let tree = try #require(value["fieldsV1"])
            // Custom resources are kept as maps, so their entries come sorted by bytes: the same entries in another order.
            if object.isCustomResource {
                #expect(entry.fields.fieldsV1 == tree)
            } else {
                #expect(JSON.write(entry.fields.fieldsV1) == JSON.write(tree))
            }
            #expect(entry.value == value)
            #expect(FieldSet(entry.fields.paths) == entry.fields)
        }
    }

    @Test("the algebra holds on recorded sets", arguments: recordings)
    func algebraOnRecordings(recording: String) throws {
        let sets = try object(recording).managedFields.map(\.fields)
        for a in sets {
            for b in sets {
                let (p, q) = (Set(a.paths), Set(b.paths))
                #expect(Set(a.union(b).paths) == p.union(q))
                #expect(Set(a.intersection(b).paths) == p.intersection(q))
                #expect(Set(a.subtracting(b).paths) == p.subtracting(q))
            }
        }
    }

    @Test("members and children")
    func members() throws {
        let set = try FieldSet(fieldsV1: fieldsV1(#"{"f:a":{},"f:b":{".":{},"f:c":{}},"f:d":{"f:e":{}},"f:f":{".":{}}}"#))
        #expect(set.paths.map(\.description) == ["a", "b", "b.c", "d.e", "f"])
        #expect(set.leaves.map(\.description) == ["a", "b.c", "d.e", "f"])
        #expect(JSON.write(set.fieldsV1) == Array(#"{"f:a":{},"f:b":{".":{},"f:c":{}},"f:d":{"f:e":{}},"f:f":{}}"#.utf8))
    }

    @Test(
        "entries that come in another form are the same elements",
        arguments: [
            (#"{"k:{\"b\":1,\"a\":\"x\"}":{}}"#, #"{"k:{\"a\":\"x\",\"b\":1}":{}}"#),
            (#"{"k:{ \"port\" : 80.0 }":{}}"#, #"{"k:{\"port\":80}":{}}"#),
            (#"{"v:\"\\u0061\"":{}}"#, #"{"v:\"a\"":{}}"#),
            (#"{"v:\"a\\u003cb\\u0026c\"":{}}"#, #"{"v:\"a\\u003cb\\u0026c\"":{}}"#),
            (#"{"v:1.0":{},"v:1":{"f:x":{}}}"#, #"{"v:1":{".":{},"f:x":{}}}"#),
            (#"{"i:10":{},"i:9":{}}"#, #"{"i:9":{},"i:10":{}}"#),
            (
                #"{"v:\"b\"":{},"k:{\"n\":443}":{},"f:z":{},"k:{\"n\":80}":{},"i:0":{},"v:3":{}}"#,
                #"{"f:z":{},"k:{\"n\":80}":{},"k:{\"n\":443}":{},"v:3":{},"v:\"b\"":{},"i:0":{}}"#
            ),
            (#"{"v:\"a b\"":{},"v:\"a\"":{},"v:\"a!\"":{}}"#, #"{"v:\"a\"":{},"v:\"a b\"":{},"v:\"a!\"":{}}"#),
            (#"{"f:":{},"f:\u00e9":{},"f:e\u0301":{}}"#, #"{"f:":{},"f:e\u0301":{},"f:\u00e9":{}}"#),
        ])
    func canonicalForm(read: String, written: String) throws {
        let set = try FieldSet(fieldsV1: fieldsV1(read))
        #expect(JSON.write(set.fieldsV1) == JSON.write(try fieldsV1(written)))
    }

    @Test(
        "what is not understood is an error",
        arguments: [
            "[]", "null", "\"f:a\"", #"{"x:a":{}}"#, #"{"f":{}}"#, #"{"":{}}"#, #"{"fa":{}}"#, #"{"k:[]":{}}"#, #"{"k:{":{}}"#,
            #"{"k:{\"a\":}":{}}"#, #"{"k:{\"a\":1,}":{}}"#, #"{"k:{\"a\" 1}":{}}"#, #"{"v:":{}}"#, #"{"v:a":{}}"#, #"{"v:01":{}}"#,
            #"{"i:":{}}"#, #"{"i:x":{}}"#, #"{"i:-1":{}}"#, #"{"i:99999999999999999999":{}}"#, #"{"f:a":1}"#, #"{"f:a":{"g:b":{}}}"#,
        ])
    func refused(json: String) throws {
        let value = try fieldsV1(json)
        #expect(throws: FieldsV1Error.self) { try FieldSet(fieldsV1: value) }
    }

    @Test("an entry that cannot be read is left out, or reported to those who write back")
    func unreadableEntries() throws {
        let object = Unstructured(
            try fieldsV1(
                """
                {"metadata":{"managedFields":[{"manager":"a","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:x":{}}},
                {"manager":"b","operation":"Merge","fieldsV1":{}},{"manager":"c","operation":"Update","fieldsType":"FieldsV2","fieldsV1":{}},
                {"manager":"d","operation":"Update","fieldsV1":{"q:x":{}}},{},7,{"manager":"e","operation":"Update","apiVersion":"v1","time":null}]}}
                """))
        #expect(object.managedFields.map(\.manager) == ["a", "e"])
        #expect(object.managedFields.last?.fields.isEmpty == true)
        #expect(throws: FieldsV1Error.self) { try object.allManagedFields() }
        #expect(try Unstructured(["metadata": [:]]).allManagedFields().isEmpty)
    }
}

extension Unstructured {
    fileprivate var isCustomResource: Bool { apiVersion.hasPrefix("example.com/") }
}
