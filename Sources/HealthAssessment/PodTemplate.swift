// Whether a pod runs what a template says now: for controllers that never replace their pods.

package import KubernetesModel
package import StructuredData

/// Whether the pod still has what the template asks for.
///
/// Looked at are labels, annotations, volumes, and of each container its image, command, arguments and environment. What the pod
/// has beside that came from admission and is no difference; so something that the template merely dropped does not show here.
package func pod(_ pod: Unstructured, fits template: Value) -> Bool {
    for map in ["labels", "annotations"] {
        guard has(pod.value.at("metadata", map), all: template.at("metadata", map)) else { return false }
    }
    let (has, asks) = (pod.value["spec"], template["spec"])
    guard contains(has?["volumes"], all: asks?["volumes"]) else { return false }
    for list in ["initContainers", "containers"] {
        let running = has?[list]?.array ?? []
        for wanted in asks?[list]?.array ?? [] {
            guard let container = running.first(where: { $0["name"] == wanted["name"] }) else { return false }
            for field in ["image", "command", "args"] where container[field] != wanted[field] { return false }
            for field in ["env", "envFrom"] {
                guard contains(container[field], all: wanted[field]) else { return false }
            }
        }
    }
    return true
}

private func has(_ map: Value?, all wanted: Value?) -> Bool {
    (wanted?.object ?? Object()).allSatisfy { map?[$0.key] == $0.value }
}

private func contains(_ list: Value?, all wanted: Value?) -> Bool {
    let present = list?.array ?? []
    return (wanted?.array ?? []).allSatisfy { present.contains($0) }
}
