// Reaching into trees by path, and JSON pointers.

import StructuredData
import TestSupport
import Testing

@Suite struct FieldPathTests {
    private static let root: Value = [
        "spec": [
            "containers": [["name": "web", "ports": [["containerPort": 80, "protocol": "TCP"]]], ["name": "log", "image": "l"]],
            "finalizers": ["a", 1, ["x": 1]],
        ],
        "metadata": ["labels": ["a.b/c": "d", "m~n": "e", "": "f"]],
    ]

    private static func key(_ fields: (String, String)...) -> FieldPath.Element {
        .key(fields.map { FieldPath.KeyField(name: $0.0, json: $0.1) })
    }

    private static let containers: [FieldPath.Element] = [.field("spec"), .field("containers")]

    @Test func looksUp() {
        let root = Self.root
        func value(_ elements: [FieldPath.Element]) -> Value? { root.value(at: FieldPath(elements)) }
        #expect(value([]) == root)
        #expect(value(Self.containers + [.index(1), .field("image")]) == "l")
        #expect(value(Self.containers + [Self.key(("name", "\"log\"")), .field("image")]) == "l")
        #expect(value(Self.containers + [.index(0), .field("ports"), Self.key(("containerPort", "80.0"), ("protocol", "\"TCP\""))]) != nil)
        #expect(value(Self.containers + [.index(0), .field("ports"), Self.key(("containerPort", "80"), ("protocol", "\"UDP\""))]) == nil)
        #expect(value([.field("spec"), .field("finalizers"), .value("\"a\"")]) == "a")
        #expect(value([.field("spec"), .field("finalizers"), .value("{\"x\":1}")]) == ["x": 1])
        #expect(value([.field("spec"), .field("finalizers"), .value("not JSON")]) == nil)
        #expect(value([.field("spec"), .field("none"), .field("x")]) == nil)
        #expect(value(Self.containers + [.index(2)]) == nil)
        #expect(value(Self.containers + [.index(-1)]) == nil)
        #expect(value(Self.containers + [.field("name")]) == nil)
        #expect(value([.field("spec"), .index(0)]) == nil)
    }

    @Test func findsAnElementThatLeavesKeysToTheirDefaults() {
        let ports: Value = [["port": 80, "targetPort": 8080], ["port": 53, "protocol": "UDP"], ["name": "x"]]
        func value(_ port: String, _ protocol: String) -> Value? {
            ports.value(at: FieldPath([Self.key(("port", port), ("protocol", `protocol`))]), lenient: true)
        }
        #expect(value("80", "\"TCP\"")?["targetPort"] == 8080)
        #expect(value("53", "\"UDP\"") != nil)
        #expect(value("53", "\"TCP\"") == nil)
        #expect(value("81", "\"TCP\"") == nil)
    }

    @Test func sets() {
        var value = Self.root
        value.set("new", at: FieldPath(Self.containers + [Self.key(("name", "\"log\"")), .field("image")]))
        #expect(value.value(at: FieldPath(Self.containers + [.index(1), .field("image")])) == "new")
        value.set("i", at: FieldPath(Self.containers + [Self.key(("name", "\"third\"")), .field("image")]))
        #expect(value.value(at: FieldPath(Self.containers + [.index(2)])) == ["name": "third", "image": "i"])
        value.set("b", at: FieldPath([.field("spec"), .field("finalizers"), .value("\"b\"")]))
        #expect(value.at("spec", "finalizers")?.array?.last == "b")
        value.set(9, at: FieldPath([.field("spec"), .field("finalizers"), .index(1)]))
        #expect(value.at("spec", "finalizers")?[1] == 9)
        value.set(true, at: FieldPath(fields: "status", "ready"))
        #expect(value.at("status", "ready") == true)
        value.set(1, at: FieldPath(fields: "status", "ready", "deep"))
        #expect(value.at("status", "ready") == ["deep": 1])
        value.set([], at: FieldPath())
        #expect(value == [])
    }

    @Test func removes() {
        var value = Self.root
        #expect(value.remove(at: FieldPath(Self.containers + [Self.key(("name", "\"log\"")), .field("image")])) == "l")
        #expect(value.remove(at: FieldPath(Self.containers + [Self.key(("name", "\"log\""))])) == ["name": "log"])
        #expect(value.remove(at: FieldPath([.field("spec"), .field("finalizers"), .value("1")])) == 1)
        #expect(value.at("spec", "finalizers") == ["a", ["x": 1]])
        #expect(value.remove(at: FieldPath(fields: "spec", "none", "deeper")) == nil)
        #expect(value.remove(at: FieldPath(fields: "none")) == nil)
        #expect(value.remove(at: FieldPath()) == nil)
        #expect(value.at("spec", "containers")?.array?.count == 1)
        #expect(value.at("metadata", "labels")?.object?.count == 3)
        #expect(value.remove(at: FieldPath(fields: "metadata")) != nil)
        #expect(value.object?.keys == ["spec"])
    }

    @Test(
        arguments: [
            ("", []), ("/spec/replicas", ["spec", "replicas"]), ("/metadata/labels/a.b~1c", ["metadata", "labels", "a.b/c"]),
            ("/m~0n", ["m~n"]), ("/~01", ["~1"]),
            ("/", [""]), ("/a//b", ["a", "", "b"]), ("/a/", ["a", ""]), ("/0", ["0"]), ("/é", ["é"]),
        ] as [(String, [String])])
    func pointersOfFields(_ pointer: String, _ names: [String]) {
        let path = FieldPath(jsonPointer: pointer)
        #expect(path?.elements == names.map { .field($0) })
        #expect(path?.jsonPointer() == pointer)
    }

    @Test(arguments: ["spec", "a/b", "/a~", "/a~2b", "#/a", " /a"])
    func textsThatAreNoPointers(_ text: String) {
        #expect(FieldPath(jsonPointer: text) == nil)
    }

    @Test func pointersThroughLists() {
        let path = FieldPath(jsonPointer: "/spec/containers/1/image", in: Self.root)
        #expect(path?.elements == Self.containers + [.index(1), .field("image")])
        #expect(path?.jsonPointer() == "/spec/containers/1/image")
        #expect(FieldPath(jsonPointer: "/spec/containers/01", in: Self.root)?.elements.last == .field("01"))
        #expect(FieldPath(jsonPointer: "/spec/containers/-", in: Self.root)?.elements.last == .field("-"))
        #expect(FieldPath(jsonPointer: "/spec/containers/7/x", in: Self.root)?.elements == Self.containers + [.index(7), .field("x")])
        #expect(
            FieldPath(jsonPointer: "/spec/containers/99999999999999999999", in: Self.root)?.elements.last == .field("99999999999999999999"))
        let byKey = FieldPath(Self.containers + [Self.key(("name", "\"log\"")), .field("image")])
        #expect(byKey.jsonPointer(in: Self.root) == "/spec/containers/1/image")
        #expect(byKey.jsonPointer() == nil)
        #expect(FieldPath(Self.containers + [Self.key(("name", "\"none\""))]).jsonPointer(in: Self.root) == nil)
        #expect(FieldPath([.field("spec"), .field("finalizers"), .value("1")]).jsonPointer(in: Self.root) == "/spec/finalizers/1")
    }

    @Test(arguments: [31] as [UInt64])
    func whatIsSetIsFoundAndWhatIsRemovedIsGone(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let comment: Comment = "seed \(seed), round \(round)"
            var tree = random.tree()
            var elements: [FieldPath.Element] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                if random.chance(30) { elements.append(Self.key(("name", "\"n\""))) }
                elements.append(.field(random.text()))
            }
            let path = FieldPath(elements)
            tree.set("mark", at: path)
            #expect(tree.value(at: path) == "mark", comment)
            #expect(tree.remove(at: path) == "mark", comment)
            #expect(tree.value(at: path) == nil, comment)
        }
    }
}
