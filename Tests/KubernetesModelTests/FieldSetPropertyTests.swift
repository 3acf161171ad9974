// The algebra of field sets against a plain set of paths, on many random sets.

import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite("FieldSet is a set of paths")
struct FieldSetPropertyTests {
    static let seeds: [UInt64] = Array(1...60)

    /// Few different elements, so that random sets meet often.
    private static let alphabet: [FieldPath.Element] = [
        .field("spec"), .field("a"), .field("b"), .field("a.b/c"), .field(""), .field("."),
        .key([.init(name: "name", json: "\"web\"")]), .key([.init(name: "name", json: "\"web2\"")]),
        .key([.init(name: "containerPort", json: "80"), .init(name: "protocol", json: "\"TCP\"")]),
        .key([.init(name: "containerPort", json: "443"), .init(name: "protocol", json: "\"TCP\"")]),
        .value("\"x\""), .value("\"x y\""), .value("7"), .value("10"), .value("true"), .index(0), .index(2), .index(10),
    ]

    private static func path(_ random: inout SeededGenerator) -> FieldPath {
        FieldPath((0..<Int.random(in: 1...4, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
    }

    private static func paths(_ random: inout SeededGenerator) -> Set<FieldPath> {
        Set((0..<Int.random(in: 0...40, using: &random)).map { _ in path(&random) })
    }

    @Test("union, intersection and differences", arguments: seeds)
    func algebra(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (p, q) = (Self.paths(&random), Self.paths(&random))
        let (a, b) = (FieldSet(p), FieldSet(q.shuffled(using: &random)))
        #expect(Set(a.paths) == p)
        #expect(a.paths.count == p.count)
        #expect(a.count == p.count)
        #expect(Set(a.union(b).paths) == p.union(q))
        #expect(Set(a.intersection(b).paths) == p.intersection(q))
        #expect(Set(a.subtracting(b).paths) == p.subtracting(q))
        let apart = p.filter { path in !q.contains { path.starts(with: $0) } }
        #expect(Set(a.subtractingRecursively(b).paths) == apart)
        #expect(a.isSubset(of: b) == p.isSubset(of: q))
        #expect(a.isDisjoint(with: b) == p.isDisjoint(with: q))
        #expect((a == b) == (p == q))
        #expect(a.union(b) == b.union(a))
        #expect(a.subtracting(b).union(a.intersection(b)) == a)
        #expect(a.union(a) == a)
        #expect(a.subtracting(a).isEmpty)
    }

    @Test("membership, leaves and subsets", arguments: seeds)
    func membership(seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 1_000)
        let p = Self.paths(&random)
        let set = FieldSet(p)
        for path in p.union(Self.paths(&random)) {
            #expect(set.contains(path) == p.contains(path))
            #expect(set.containsAnything(at: path) == p.contains { $0.starts(with: path) })
            let below = p.filter { $0.starts(with: path) && $0 != path }.map {
                FieldPath(Array($0.elements.dropFirst(path.elements.count)))
            }
            #expect(Set(set.subset(below: path).paths) == Set(below))
        }
        let leaves = p.filter { path in !p.contains { $0 != path && $0.starts(with: path) } }
        #expect(Set(set.leaves) == leaves)
        #expect(set.leaves.count == leaves.count)
        for (index, path) in set.paths.enumerated() {
            for later in set.paths[(index + 1)...] { #expect(!path.starts(with: later)) }
        }
    }

    @Test("removing and inserting", arguments: seeds)
    func changes(seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 2_000)
        var p = Self.paths(&random)
        var set = FieldSet(p)
        for _ in 0..<60 {
            let path = Bool.random(using: &random) ? Self.path(&random) : p.randomElement(using: &random) ?? Self.path(&random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                set.insert(path)
                p.insert(path)
            case 1:
                set.remove(path)
                p.remove(path)
            default:
                set.remove(path, andBelow: true)
                p = p.filter { !$0.starts(with: path) }
            }
            #expect(Set(set.paths) == p)
            #expect(set == FieldSet(p))
            #expect(set.isEmpty == p.isEmpty)
        }
    }

    @Test("fieldsV1 there and back", arguments: seeds)
    func wireForm(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 3_000)
        let set = FieldSet(Self.paths(&random).filter { !$0.elements.contains(.field(".")) })
        let wire = set.fieldsV1
        #expect(try FieldSet(fieldsV1: wire) == set)
        #expect(try FieldSet(fieldsV1: shuffled(wire, &random)) == set)
        #expect(JSON.write(try FieldSet(fieldsV1: shuffled(wire, &random)).fieldsV1) == JSON.write(wire))
    }

    private func shuffled(_ value: Value, _ random: inout SeededGenerator) -> Value {
        guard case .object(let object) = value else { return value }
        let entries = object.entries.shuffled(using: &random)
        return .object(Object(uniqueEntries: entries.map { Object.Entry(key: $0.key, value: shuffled($0.value, &random)) }))
    }

    @Test("the root is never a member")
    func root() {
        var set = FieldSet([FieldPath()])
        #expect(set.isEmpty)
        #expect(!set.contains(FieldPath()))
        set.insert(FieldPath(fields: "a"))
        #expect(!set.contains(FieldPath()))
        #expect(set.containsAnything(at: FieldPath()))
        set.remove(FieldPath())
        #expect(set.count == 1)
        set.remove(FieldPath(), andBelow: true)
        #expect(set.isEmpty)
    }
}
