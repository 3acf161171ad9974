// `configMapGenerator` and `secretGenerator`: objects made of files and literals.

import StructuredData

struct GeneratorTransformer: Transformer {
    private let generators: [GeneratorArguments]
    private let options: GeneratorOptions?
    private let trace: (Resource) -> BuildTrace?

    /// - Parameter trace: what `buildMetadata` says of an object that is made.
    init(_ file: KustomizationFile, trace: @escaping (Resource) -> BuildTrace?) {
        self.trace = trace
        generators = file.configMaps + file.secrets
        options = file.generatorOptions
    }

    /// With what they say themselves.
    init(_ generators: [GeneratorArguments], trace: @escaping (Resource) -> BuildTrace?) {
        self.trace = trace
        self.generators = generators
        options = nil
    }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        for generator in generators {
            var new = try generator.resource(with: options, context)
            new.trace = trace(new)
            try set.absorb(new, generator)
        }
    }
}

extension ResourceSet {
    /// Adds a generated object, or puts it in the place of the one that it replaces or is merged into.
    /// - Throws: ``BuildProblem`` where one is there and nothing says what to do with it, or none is there for what is said.
    fileprivate mutating func absorb(_ new: Resource, _ arguments: GeneratorArguments) throws(BuildProblem) {
        let id = new.id
        let matches = indices(named: id.name) { $0.equals(id) }
        let place = arguments.behavior?.place ?? arguments.name.place
        let wantsOld = new.behavior == .merge || new.behavior == .replace
        guard let index = matches.first else {
            guard !wantsOld else {
                throw BuildProblem(
                    "there is no \(id) to \(new.behavior): its base must be named under resources, and a name or namespace that was changed "
                        + "must be written as it was first; or leave behavior out", at: place)
            }
            return try append(new)
        }
        if matches.count > 1 {
            let found = matches.map { "\(resources[$0].subject) at \(resources[$0].origin)" }.joined(separator: ", ")
            throw BuildProblem("\(id) may be one of several: \(found); write the namespace of the one that is meant", at: place)
        }
        guard wantsOld else {
            throw BuildProblem(
                "\(id) is there already, at \(resources[index].origin): write behavior: merge or replace, or another name", at: place)
        }
        try change(at: index) { (resource) throws(BuildProblem) in resource.take(new) }
    }
}

extension Resource {
    /// What a generated object makes of this one: everything is its own, but names, labels and annotations stay, and with `merge` the data.
    fileprivate mutating func take(_ new: Resource) {
        let old = node
        node = new.node
        for field in ["name", "namespace"] { node.set(old.at("metadata", field), at: ["metadata", field]) }
        for field in ["labels", "annotations"] { merge(old.at("metadata", field), into: ["metadata", field]) }
        if new.behavior == .merge {
            for field in ["data", "binaryData"] { merge(old[field], into: [field]) }
        } else {
            origin = new.origin
            trace = new.trace
        }
        needsHash = needsHash && new.needsHash
    }

    /// Puts the new entries over those of before; all are texts, in the order of their keys.
    private mutating func merge(_ old: Node?, into path: [String]) {
        let new = node.at(path[...])
        var map = Map()
        for entry in old?.map?.entries ?? [] {
            var value = entry.value
            value.content = .scalar(.string(value.text ?? ""))
            value.style = .anew
            map[entry.key] = value
        }
        for entry in new?.map?.entries ?? [] {
            if let index = map.index(of: entry.key) {
                map.change(at: index) { node in node.replace(with: entry.value.content, at: entry.value.place) }
            } else {
                map[entry.key] = entry.value
            }
        }
        guard !map.isEmpty else { return node.set(nil, at: path) }
        let sorted = map.entries.sorted { $0.key.precedesByBytes($1.key) }
        node.set(Node(.map(Map(sorted)), at: new?.place ?? old?.place ?? origin), at: path)
    }
}
