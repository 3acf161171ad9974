// The objects of a file that a kustomization names.

import StructuredData

extension Resource {
    /// The objects of a file, those of lists one by one, in kustomize's order: the items of a list behind everything else, but where it is
    /// the only document.
    /// - Throws: ``BuildProblem`` where something in it is no object.
    static func all(of documents: [Node]) throws(BuildProblem) -> [Resource] {
        var resources: [Resource] = []
        var nodes = unwrapped(documents)
        var next = 0
        while nodes.indices.contains(next) {
            let node = nodes[next]
            next += 1
            if node.saysNothing { continue }
            guard node.map != nil else {
                throw BuildProblem("this document is \(node.kindName); a manifest is a map with apiVersion and kind", at: node.place)
            }
            let kind = node["kind"]?.string ?? ""
            if kind.hasSuffix("List"), let items = node["items"] {
                if items.isNull { continue }
                guard let list = items.list else { throw BuildProblem("items is \(items.kindName), and must be a list", at: items.place) }
                let itemKind = String(kind.dropLast(4))
                for item in list where !item.saysNothing {
                    var item = item
                    item.write(.json)
                    if !itemKind.isEmpty, item["kind"] == nil, item["apiVersion"] == nil, let apiVersion = node["apiVersion"] {
                        item["apiVersion"] = apiVersion
                        item["kind"] = Node(.string(itemKind), at: node["kind"]?.place ?? node.place)
                    }
                    nodes += unwrapped([item])
                }
                continue
            }
            if kind.isEmpty {
                throw BuildProblem(
                    "this document has no kind, so it is no manifest; write apiVersion, kind and metadata.name, or take it out",
                    at: node.place)
            }
            if kind == "Kustomization", node["apiVersion"]?.string?.hasPrefix("kustomize.config.k8s.io/") ?? false {
                throw BuildProblem("a kustomization is named by its folder, not by its file; name the folder", at: node.place)
            }
            guard node.at("metadata", "name")?.text?.isEmpty == false else {
                throw BuildProblem(
                    "this \(kind) has no metadata.name; write it (generateName is none)", at: node["metadata"]?.place ?? node.place)
            }
            resources.append(Resource(node))
        }
        return resources
    }

    /// The items of a `List` that is the only document.
    private static func unwrapped(_ documents: [Node]) -> [Node] {
        guard documents.count == 1, let document = documents.first, let items = document["items"]?.list else { return documents }
        return ["List", "ResourceList"].contains(document.string(at: "kind")) ? items : documents
    }
}

extension Node {
    /// A document that is null or empty: kustomize leaves it out.
    fileprivate var saysNothing: Bool {
        switch content {
        case .scalar(let value): value.isNull
        case .list(let list): list.isEmpty
        case .map(let map): map.isEmpty
        }
    }
}
