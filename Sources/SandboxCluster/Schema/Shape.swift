// What a node of an object may be: the types that ownership, defaulting, decoding and patching are driven by.

import StructuredData

/// The index of a ``Shape`` in its ``Schema``.
struct ShapeID: Hashable, Sendable {
    let index: Int
}

/// One type. As in structured-merge-diff a type may be several things at once (free-form data is a scalar, a list or a
/// map, whatever the value is), so each of the three is optional.
struct Shape: Sendable {
    enum Scalar: Sendable { case numeric, string, boolean, untyped }

    /// How the server reads and writes a scalar of this type.
    enum Format: Sendable, Equatable { case none, int32, int64, double, bytes, dateTime, microTime, quantity, intOrString, rawJSON }

    enum ListKind: Sendable, Equatable { case atomic, set, map(keys: [String]) }

    struct List: Sendable {
        var element: ShapeID
        var kind: ListKind
    }

    struct Map: Sendable {
        var fields: [Field] = []
        var index: [String: Int] = [:]
        /// The type of keys that are no named fields; nil where there may be none.
        var element: ShapeID?
        var isAtomic = false
        /// Unknown fields are kept although named fields exist (`x-kubernetes-preserve-unknown-fields`).
        var keepsUnknown = false

        func field(_ name: String) -> Field? { index[name].map { fields[$0] } }

        mutating func append(_ field: Field) {
            index[field.name] = fields.count
            fields.append(field)
        }
    }

    /// How the server writes a field that has its zero value.
    enum Zero: Sendable {
        /// Left out when empty, zero or false.
        case omitted
        /// Kept as given, left out when absent.
        case kept
        /// Always written: `""`, `0`, `null`.
        case written
        /// A struct by value: always written, at least as `{}`.
        case empty
        /// A struct by value that is left out when nothing in it is set.
        case omittedStruct
    }

    enum PatchStrategy: Sendable { case replace, merge, retainKeys, mergeRetainKeys }

    struct Field: Sendable {
        var name: String
        var type: ShapeID
        var isRequired = false
        var zero = Zero.kept
        var defaultValue: Value?
        var patchStrategy: PatchStrategy?
        var patchMergeKey: String?
        /// A map that is atomic only here.
        var isAtomicMap = false

        var patchMerges: Bool { patchStrategy == .merge || patchStrategy == .mergeRetainKeys }
        var patchRetainsKeys: Bool { patchStrategy == .retainKeys || patchStrategy == .mergeRetainKeys }
    }

    var scalar: Scalar?
    var format = Format.none
    var list: List?
    var map: Map?
    var isNullable = false
    /// The name in the facts, as in `apps.v1.DeploymentSpec`; empty for inline types.
    var name = ""

    /// A type that takes anything: maps are granular, lists atomic.
    var isDeduced: Bool { scalar == .untyped && list != nil && map != nil }
}

/// A closed set of types that refer to each other by index.
struct Schema: Sendable {
    var shapes: [Shape] = []
    var named: [String: ShapeID] = [:]
    let deduced = ShapeID(index: 0)
    let untypedAtomic = ShapeID(index: 1)

    init() {
        let atomicList = Shape.List(element: untypedAtomic, kind: .atomic)
        shapes = [
            Shape(scalar: .untyped, list: atomicList, map: Shape.Map(element: deduced), isNullable: true, name: "deduced"),
            Shape(
                scalar: .untyped, list: atomicList, map: Shape.Map(element: untypedAtomic, isAtomic: true), isNullable: true,
                name: "untyped"),
        ]
    }

    subscript(id: ShapeID) -> Shape {
        // Indices come from `add` of this very schema; one from elsewhere reads as free-form data rather than trapping.
        shapes.indices.contains(id.index) ? shapes[id.index] : shapes[0]
    }

    mutating func add(_ shape: Shape) -> ShapeID {
        shapes.append(shape)
        return ShapeID(index: shapes.count - 1)
    }

    /// The type below `field` of a map, and whether the field's own declaration makes it atomic.
    func child(_ name: String, of map: Shape.Map) -> ShapeID? { map.field(name)?.type ?? map.element }
}
