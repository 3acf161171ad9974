// The objects of a file that a kustomization names.

import StructuredData

extension Resource {
    /// The objects of a file in its order, those of lists one by one.
    /// - Throws: ``BuildProblem`` where something in it is no object.
    static func all(of documents: [Node]) throws(BuildProblem) -> [Resource] {
        var resources: [Resource] = []
        for node in documents {
            guard node.map != nil else {
                throw BuildProblem("this document is \(node.kindName); a manifest is a map with apiVersion and kind", at: node.place)
            }
            let kind = node["kind"]?.string ?? ""
            if kind.hasSuffix("List"), let items = node["items"] {
                guard let list = items.list else { throw BuildProblem("items is \(items.kindName), and must be a list", at: items.place) }
                let itemKind = String(kind.dropLast(4))
                for item in list {
                    var item = item
                    if !itemKind.isEmpty, item["kind"] == nil, item["apiVersion"] == nil, let apiVersion = node["apiVersion"] {
                        item["apiVersion"] = apiVersion
                        item["kind"] = Node(.string(itemKind), at: node["kind"]?.place ?? node.place)
                    }
                    resources += try all(of: [item])
                }
                continue
            }
            if kind.isEmpty { throw BuildProblem("this document has no kind, so it is no manifest", at: node.place) }
            if kind == "Kustomization", node["apiVersion"]?.string?.hasPrefix("kustomize.config.k8s.io/") ?? false {
                throw BuildProblem("a kustomization is named by its folder, not by its file", at: node.place)
            }
            guard node.at("metadata", "name")?.text?.isEmpty == false else {
                throw BuildProblem("this \(kind) has no metadata.name", at: node["metadata"]?.place ?? node.place)
            }
            resources.append(Resource(node))
        }
        return resources
    }
}
