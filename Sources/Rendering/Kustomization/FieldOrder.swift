// The order of field specs by the kinds that they are about.

import StructuredData

/// As kustomize orders kinds: Namespaces and the like first, the others by group, version and kind.
struct FieldOrder {
    private let rank: Int
    private let name: String

    init(_ spec: FieldSpec) { self.init(spec.group, spec.version, spec.kind) }
    init(_ reference: NameReference) { self.init(reference.group, reference.version, reference.kind) }

    private init(_ group: String, _ version: String, _ kind: String) {
        rank = SortOrder.rank(ofKind: kind)
        name = [group.isEmpty ? "~G" : group, version.isEmpty ? "~V" : version, kind.isEmpty ? "~K" : kind].joined(separator: "_")
    }

    func precedes(_ other: FieldOrder) -> Bool { rank == other.rank ? name.precedesByBytes(other.name) : rank < other.rank }
}
