// Field specs of several kustomizations together.

import StructuredData

extension FieldConfiguration {
    /// Adds what is not there yet. Where both are kustomize's own nothing is compared: that is so in nearly every kustomization.
    ///
    /// - Throws: ``BuildProblem`` where two say different things of `create` for one field.
    mutating func merge(_ other: FieldConfiguration) throws(BuildProblem) {
        let place = other.place ?? self.place
        for list in FieldConfiguration.lists {
            let standard = FieldConfiguration.standard[keyPath: list]
            let new = other[keyPath: list]
            if new.isEmpty || (new == standard && self[keyPath: list] == standard) { continue }
            if new == standard, self[keyPath: list].isEmpty {
                self[keyPath: list] = new
                continue
            }
            try FieldSpec.merge(new, into: &self[keyPath: list], at: place)
            self[keyPath: list].sort { FieldOrder($0).precedes(FieldOrder($1)) }
        }
        try merge(names: other.nameReferences, at: place)
        self.place = place
    }

    /// What it costs to merge this with something: each field is looked for among all others.
    var work: Int {
        let lists = FieldConfiguration.lists.map { self[keyPath: $0].count } + nameReferences.map(\.fields.count) + [nameReferences.count]
        return lists.reduce(0) { $0 + $1 * $1 }
    }

    private mutating func merge(names: [NameReference], at place: SourceLocation?) throws(BuildProblem) {
        let standard = FieldConfiguration.standard.nameReferences
        if names.isEmpty || (names == standard && nameReferences == standard) { return }
        if nameReferences.isEmpty, names == standard {
            nameReferences = names
            return
        }
        for name in names {
            let index = nameReferences.firstIndex { $0.group == name.group && $0.version == name.version && $0.kind == name.kind }
            guard let index else {
                nameReferences.append(name)
                continue
            }
            try FieldSpec.merge(name.fields, into: &nameReferences[index].fields, at: place)
        }
        nameReferences.sort { FieldOrder($0).precedes(FieldOrder($1)) }
    }
}

extension FieldSpec {
    /// Adds the fields that are not there. One is there where the new one's kind includes its kind: a field of all kinds is not added to
    /// one of a single kind.
    ///
    /// - Throws: ``BuildProblem`` where it is there with another `create`.
    static func merge(_ new: [FieldSpec], into list: inout [FieldSpec], at place: SourceLocation?) throws(BuildProblem) {
        for spec in new {
            guard let twin = list.first(where: { $0.path == spec.path && $0.isIncluded(in: spec) }) else {
                guard list.count < FieldSpec.maximumCount else {
                    throw BuildProblem(
                        "with this there are more than \(FieldSpec.maximumCount) fields of one sort in configurations or crds; write fewer",
                        at: place ?? Node.generated)
                }
                list.append(spec)
                continue
            }
            if twin.create != spec.create {
                throw BuildProblem(
                    "the field \(spec.shown) of \(spec.kind.isEmpty ? "all kinds" : spec.kind) has create: "
                        + "\(spec.create), and another entry has create: \(twin.create); they must say the same",
                    at: place ?? Node.generated)
            }
        }
    }

    /// How many one list may hold: each is looked for in every object.
    private static let maximumCount = 5_000

    private func isIncluded(in other: FieldSpec) -> Bool {
        (other.group.isEmpty || other.group == group) && (other.version.isEmpty || other.version == version)
            && (other.kind.isEmpty || other.kind == kind)
    }
}
