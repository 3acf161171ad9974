// The ordered map, small and large: the same behaviour on both sides of the size from which it remembers positions.

import StructuredData
import Testing

@Suite struct ObjectTests {
    @Test(arguments: [3, 31, 32, 33, 34, 200])
    func behavesTheSameInEverySize(_ count: Int) {
        var object = Object()
        for index in 0..<count { object["key\(index)"] = .int(Int64(index)) }
        #expect(object.count == count)
        #expect((0..<count).allSatisfy { object["key\($0)"] == .int(Int64($0)) })
        #expect(object["none"] == nil)
        object["key1"] = "replaced"
        #expect(object.entries[1].value == "replaced")
        object["key0"] = nil
        #expect(object.count == count - 1)
        #expect(object["key0"] == nil)
        #expect(object["key\(count - 1)"] == .int(Int64(count - 1)))
        object["again"] = 1
        #expect(object["again"] == 1)
        #expect(object.keys.last == "again")
        let same = Object(uniqueEntries: object.entries.reversed())
        #expect(same == object)
        #expect(same["again"] == 1)
        #expect(same.sortedByKey().keys == object.keys.sorted { $0.precedesByBytes($1) })
        var other = same
        other["key2"] = "other"
        #expect(other != object)
    }

    @Test func keysAreBytes() {
        var object = Object()
        object["caf\u{E9}"] = 1
        object["cafe\u{301}"] = 2
        object["CAFÉ"] = 3
        #expect(object.count == 3)
        for index in 0..<100 { object["k\(index)"] = 0 }
        #expect(object["caf\u{E9}"] == 1)
        #expect(object["cafe\u{301}"] == 2)
        #expect("a\r\nb".hasSameBytes(as: "a\nb") == false)
        #expect(KeyBytes("caf\u{E9}") != KeyBytes("cafe\u{301}"))
        #expect("a".precedesByBytes("ab") && !"ab".precedesByBytes("a") && !"a".precedesByBytes("a") && "Z".precedesByBytes("a"))
    }
}
