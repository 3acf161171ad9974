// In which fields `$(NAME)` of `vars` is read, as kustomize knows it. Source: its default field specs (varreference.go).

extension FieldConfiguration {
    static let standardVariableReferences: [FieldSpec] = {
        let inContainers = ["args", "command", "env/value", "volumeMounts/mountPath"]
        let inPods = ["containers", "initContainers"].flatMap { list in inContainers.map { "\(list)/\($0)" } }
        let holders = [
            PodHolder("CronJob", "spec/jobTemplate/spec/template"), PodHolder("DaemonSet"), PodHolder("Deployment"), PodHolder("Job"),
            PodHolder("Pod", ""), PodHolder("ReplicaSet"), PodHolder("StatefulSet"),
        ]
        var specs = holders.flatMap { $0.specs(inPods) }
        specs += holders.filter { $0.kind != "CronJob" && $0.kind != "StatefulSet" }.flatMap { $0.specs(["volumes/nfs/server"]) }
        return specs + [
            // Spelled so in kustomize, without the pod's spec.
            FieldSpec("spec/jobTemplate/spec/template/volumes/nfs/server", kind: "CronJob"),
            FieldSpec("spec/volumeClaimTemplates/spec/nfs/server", kind: "StatefulSet"),
            FieldSpec("spec/template/metadata/annotations", kind: "Deployment"),
            FieldSpec("spec/rules/host", kind: "Ingress"),
            FieldSpec("spec/tls/hosts", kind: "Ingress"),
            FieldSpec("spec/tls/secretName", kind: "Ingress"),
            FieldSpec("spec/ports/port", kind: "Service"),
            FieldSpec("spec/ports/targetPort", kind: "Service"),
            FieldSpec("spec/nfs/server", kind: "PersistentVolume"),
            FieldSpec("metadata/labels"),
            FieldSpec("metadata/annotations"),
        ]
    }()
}
