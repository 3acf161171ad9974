// In what a pod differs from what a template says now: for controllers that never replace their pods.

package import KubernetesModel
package import StructuredData

/// The parts of the template that the pod does not have as they stand there; a container's part goes by the container's name.
///
/// Looked at are labels, annotations, volumes, and of each container its image, command, arguments and environment. What the pod
/// has beside that came from admission and is no difference; so something that the template merely dropped does not show here.
/// What admission put in place of the template's own does: the two cannot be told apart in one pod.
package func parts(of template: Value, notIn pod: Unstructured) -> Set<FieldPath> {
    var missing: Set<FieldPath> = []
    for map in ["labels", "annotations"] {
        let present = pod.value.at("metadata", map)
        for entry in template.at("metadata", map)?.object ?? Object() where present?[entry.key] != entry.value {
            missing.insert(FieldPath(fields: "metadata", map, entry.key))
        }
    }
    let (has, asks) = (pod.value["spec"], template["spec"])
    if !contains(has?["volumes"], all: asks?["volumes"]) { missing.insert(FieldPath(fields: "spec", "volumes")) }
    for list in ["initContainers", "containers"] {
        let running = has?[list]?.array ?? []
        for wanted in asks?[list]?.array ?? [] {
            let path = FieldPath(fields: "spec", list, wanted["name"]?.string ?? "")
            guard let container = running.first(where: { $0["name"] == wanted["name"] }) else {
                missing.insert(path)
                continue
            }
            for field in ["image", "command", "args"] where container[field] != wanted[field] {
                missing.insert(path.appending(.field(field)))
            }
            for field in ["env", "envFrom"] where !contains(container[field], all: wanted[field]) {
                missing.insert(path.appending(.field(field)))
            }
        }
    }
    return missing
}

private func contains(_ list: Value?, all wanted: Value?) -> Bool {
    let present = list?.array ?? []
    return (wanted?.array ?? []).allSatisfy { present.contains($0) }
}
