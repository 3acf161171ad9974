// How strategic merge patches treat the lists of Kubernetes' own kinds: data of the OpenAPI document of Kubernetes 1.21.2, which is the
// one that kustomize 5 has built in. Taken from its x-kubernetes-patch-strategy, x-kubernetes-patch-merge-key and
// x-kubernetes-list-map-keys; types from which no merged list is reached are left out, and types that are alike are one.

enum MergeFacts {
    /// A type and its fields: `field.Type` is a map, `field[key,key]Type` a list that is merged by these keys of its elements, `field[]`
    /// a list of texts that is merged. All other fields are taken whole, or are maps without such lists.
    static let types = """
        CSINode metadata.Meta spec.CSINodeSpec
        CSINodeSpec drivers[name]
        ClaimSource volumeClaimTemplate.Object
        ComponentStatus conditions[type] metadata.Meta
        Conditioned metadata.Meta status.Conditions
        Conditions conditions[type]
        Container env[name] ports[containerPort,protocol] volumeDevices[devicePath] volumeMounts[mountPath]
        CronJob metadata.Meta spec.CronJobSpec
        CronJobSpec jobTemplate.JobTemplateSpec
        EphemeralContainer env[name] volumeDevices[devicePath] volumeMounts[mountPath]
        JobTemplateSpec metadata.Meta spec.WorkloadSpec
        Meta finalizers[] ownerReferences[uid]
        Node metadata.Meta spec.NodeSpec status.NodeStatus
        NodeSpec podCIDRs[]
        NodeStatus addresses[type] conditions[type]
        Object metadata.Meta
        Pod metadata.Meta spec.PodSpec status.PodStatus
        PodSpec containers[name]Container ephemeralContainers[name]EphemeralContainer hostAliases[ip] imagePullSecrets[name] \
            initContainers[name]Container topologySpreadConstraints[topologyKey,whenUnsatisfiable] volumes[name]Volume
        PodStatus conditions[type] podIPs[ip]
        PodTemplate metadata.Meta template.PodTemplateSpec
        PodTemplateSpec metadata.Meta spec.PodSpec
        Service metadata.Meta spec.ServiceSpec status.Conditions
        ServiceAccount metadata.Meta secrets[name]
        ServiceSpec ports[port,protocol]
        Volume ephemeral.ClaimSource
        Webhooks metadata.Meta webhooks[name]
        Workload metadata.Meta spec.WorkloadSpec status.Conditions
        WorkloadSpec template.PodTemplateSpec
        """

    /// A type, a version, and its kinds. All kinds that are not here, those of CustomResourceDefinitions among them, have no merged lists.
    static let kinds = """
        CSINode storage.k8s.io/v1 CSINode
        CSINode storage.k8s.io/v1beta1 CSINode
        ComponentStatus v1 ComponentStatus
        Conditioned apiregistration.k8s.io/v1 APIService
        Conditioned apiregistration.k8s.io/v1beta1 APIService
        Conditioned policy/v1 PodDisruptionBudget
        Conditioned policy/v1beta1 PodDisruptionBudget
        Conditioned v1 Namespace PersistentVolumeClaim
        CronJob batch/v1 CronJob
        CronJob batch/v1beta1 CronJob
        Node v1 Node
        Object apiextensions.k8s.io/v1 CustomResourceDefinition
        Object apiextensions.k8s.io/v1beta1 CustomResourceDefinition
        Object apps/v1 ControllerRevision
        Object authentication.k8s.io/v1 TokenRequest TokenReview
        Object authentication.k8s.io/v1beta1 TokenReview
        Object authorization.k8s.io/v1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview \
            SubjectAccessReview
        Object authorization.k8s.io/v1beta1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview \
            SubjectAccessReview
        Object autoscaling/v1 HorizontalPodAutoscaler Scale
        Object autoscaling/v2beta1 HorizontalPodAutoscaler
        Object autoscaling/v2beta2 HorizontalPodAutoscaler
        Object certificates.k8s.io/v1 CertificateSigningRequest
        Object certificates.k8s.io/v1beta1 CertificateSigningRequest
        Object coordination.k8s.io/v1 Lease
        Object coordination.k8s.io/v1beta1 Lease
        Object discovery.k8s.io/v1 EndpointSlice
        Object discovery.k8s.io/v1beta1 EndpointSlice
        Object events.k8s.io/v1 Event
        Object events.k8s.io/v1beta1 Event
        Object extensions/v1beta1 Ingress
        Object flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema PriorityLevelConfiguration
        Object networking.k8s.io/v1 Ingress IngressClass NetworkPolicy
        Object networking.k8s.io/v1beta1 Ingress IngressClass
        Object node.k8s.io/v1 RuntimeClass
        Object node.k8s.io/v1beta1 RuntimeClass
        Object policy/v1beta1 Eviction PodSecurityPolicy
        Object rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding Role RoleBinding
        Object rbac.authorization.k8s.io/v1beta1 ClusterRole ClusterRoleBinding Role RoleBinding
        Object scheduling.k8s.io/v1 PriorityClass
        Object scheduling.k8s.io/v1beta1 PriorityClass
        Object storage.k8s.io/v1 CSIDriver StorageClass VolumeAttachment
        Object storage.k8s.io/v1beta1 CSIDriver CSIStorageCapacity StorageClass VolumeAttachment
        Object v1 Binding ConfigMap Endpoints Event LimitRange PersistentVolume ResourceQuota Secret
        Pod v1 Pod
        PodTemplate v1 PodTemplate
        Service v1 Service
        ServiceAccount v1 ServiceAccount
        Webhooks admissionregistration.k8s.io/v1 MutatingWebhookConfiguration ValidatingWebhookConfiguration
        Webhooks admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration ValidatingWebhookConfiguration
        Workload apps/v1 DaemonSet Deployment ReplicaSet StatefulSet
        Workload batch/v1 Job
        Workload v1 ReplicationController
        """
}
