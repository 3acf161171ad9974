// What a CustomResourceDefinition of the source defines, so that its custom resources can be placed before it is applied.

import KubernetesModel
import StructuredData

struct DefinedKind {
    let groupKind: GroupKind
    let scope: Scope
    let versions: [String]
    private let plural: String

    /// nil where the definition lacks what is needed here; the server says the rest.
    init?(_ definition: Value) {
        guard let spec = definition["spec"], let group = spec["group"]?.string, let kind = spec.at("names", "kind")?.string,
            let scope = spec["scope"]?.string
        else { return nil }
        switch scope {
        case "Namespaced": self.scope = .namespaced
        case "Cluster": self.scope = .cluster
        default: return nil
        }
        groupKind = GroupKind(group: group, kind: kind)
        plural = spec.at("names", "plural")?.string ?? ""
        var versions = (spec["versions"]?.array ?? []).filter { $0["served"]?.bool ?? true }.compactMap { $0["name"]?.string }
        // apiextensions.k8s.io/v1beta1
        if let only = spec["version"]?.string, !versions.contains(where: { $0.hasSameBytes(as: only) }) { versions.append(only) }
        self.versions = versions
    }

    /// A definition is called PLURAL.GROUP.
    func nameProblem(_ name: String?) -> String? {
        let wanted = "\(plural).\(groupKind.group)"
        guard let name, !plural.isEmpty, !name.hasSameBytes(as: wanted) else { return nil }
        return "is \(quotedForPeople(name)); it must be \(quotedForPeople(wanted)), from spec.names.plural and spec.group"
    }
}
