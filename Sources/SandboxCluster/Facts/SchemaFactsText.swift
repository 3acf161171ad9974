// Written by `belay-dev schema-facts`; do not edit. Facts of a real API server: names, types, list keys, defaults.
// swift-format-ignore-file

let schemaFactsText = #"""
server v1.36.2
group
version v1
resource bindings Binding binding N create core.v1.Binding
resource componentstatuses ComponentStatus componentstatus C get,list core.v1.ComponentStatus short=cs
resource configmaps ConfigMap configmap N * core.v1.ConfigMap short=cm
resource endpoints Endpoints endpoints N * core.v1.Endpoints short=ep
resource events Event event N * core.v1.Event short=ev
resource limitranges LimitRange limitrange N * core.v1.LimitRange short=limits
resource namespaces Namespace namespace C create,delete,get,list,patch,update,watch core.v1.Namespace short=ns sub=finalize:::Namespace:update sub=status:::Namespace:get,patch,update
resource nodes Node node C * core.v1.Node short=no sub=proxy:::NodeProxyOptions:create,delete,get,patch,update sub=status:::Node:get,patch,update
resource persistentvolumeclaims PersistentVolumeClaim persistentvolumeclaim N * core.v1.PersistentVolumeClaim short=pvc sub=status:::PersistentVolumeClaim:get,patch,update
resource persistentvolumes PersistentVolume persistentvolume C * core.v1.PersistentVolume short=pv sub=status:::PersistentVolume:get,patch,update
resource pods Pod pod N * core.v1.Pod short=po categories=all sub=attach:::PodAttachOptions:create,get sub=binding:::Binding:create sub=ephemeralcontainers:::Pod:get,patch,update sub=eviction:policy:v1:Eviction:create sub=exec:::PodExecOptions:create,get sub=log:::Pod:get sub=portforward:::PodPortForwardOptions:create,get sub=proxy:::PodProxyOptions:create,delete,get,patch,update sub=resize:::Pod:get,patch,update sub=status:::Pod:get,patch,update
resource podtemplates PodTemplate podtemplate N * core.v1.PodTemplate
resource replicationcontrollers ReplicationController replicationcontroller N * core.v1.ReplicationController short=rc categories=all sub=scale:autoscaling:v1:Scale:get,patch,update sub=status:::ReplicationController:get,patch,update
resource resourcequotas ResourceQuota resourcequota N * core.v1.ResourceQuota short=quota sub=status:::ResourceQuota:get,patch,update
resource secrets Secret secret N * core.v1.Secret
resource serviceaccounts ServiceAccount serviceaccount N * core.v1.ServiceAccount short=sa sub=token:authentication.k8s.io:v1:TokenRequest:create
resource services Service service N * core.v1.Service short=svc categories=all sub=proxy:::ServiceProxyOptions:create,delete,get,patch,update sub=status:::Service:get,patch,update
group apiregistration.k8s.io
version v1
resource apiservices APIService apiservice C * apiregistration.v1.APIService categories=api-extensions sub=status:::APIService:get,patch,update
group apps
version v1
resource controllerrevisions ControllerRevision controllerrevision N * apps.v1.ControllerRevision
resource daemonsets DaemonSet daemonset N * apps.v1.DaemonSet short=ds categories=all sub=status:::DaemonSet:get,patch,update
resource deployments Deployment deployment N * apps.v1.Deployment short=deploy categories=all sub=scale:autoscaling:v1:Scale:get,patch,update sub=status:::Deployment:get,patch,update
resource replicasets ReplicaSet replicaset N * apps.v1.ReplicaSet short=rs categories=all sub=scale:autoscaling:v1:Scale:get,patch,update sub=status:::ReplicaSet:get,patch,update
resource statefulsets StatefulSet statefulset N * apps.v1.StatefulSet short=sts categories=all sub=scale:autoscaling:v1:Scale:get,patch,update sub=status:::StatefulSet:get,patch,update
group events.k8s.io
version v1
resource events Event event N * events.v1.Event short=ev
group authentication.k8s.io
version v1
resource selfsubjectreviews SelfSubjectReview selfsubjectreview C create authentication.v1.SelfSubjectReview
resource tokenreviews TokenReview tokenreview C create authentication.v1.TokenReview
group authorization.k8s.io
version v1
resource localsubjectaccessreviews LocalSubjectAccessReview localsubjectaccessreview N create authorization.v1.LocalSubjectAccessReview
resource selfsubjectaccessreviews SelfSubjectAccessReview selfsubjectaccessreview C create authorization.v1.SelfSubjectAccessReview
resource selfsubjectrulesreviews SelfSubjectRulesReview selfsubjectrulesreview C create authorization.v1.SelfSubjectRulesReview
resource subjectaccessreviews SubjectAccessReview subjectaccessreview C create authorization.v1.SubjectAccessReview
group autoscaling
version v2
resource horizontalpodautoscalers HorizontalPodAutoscaler horizontalpodautoscaler N * autoscaling.v2.HorizontalPodAutoscaler short=hpa categories=all sub=status:::HorizontalPodAutoscaler:get,patch,update
version v1
resource horizontalpodautoscalers HorizontalPodAutoscaler horizontalpodautoscaler N * autoscaling.v1.HorizontalPodAutoscaler short=hpa categories=all sub=status:::HorizontalPodAutoscaler:get,patch,update
group batch
version v1
resource cronjobs CronJob cronjob N * batch.v1.CronJob short=cj categories=all sub=status:::CronJob:get,patch,update
resource jobs Job job N * batch.v1.Job categories=all sub=status:::Job:get,patch,update
group certificates.k8s.io
version v1
resource certificatesigningrequests CertificateSigningRequest certificatesigningrequest C * certificates.v1.CertificateSigningRequest short=csr sub=approval:::CertificateSigningRequest:get,patch,update sub=status:::CertificateSigningRequest:get,patch,update
group networking.k8s.io
version v1
resource ingressclasses IngressClass ingressclass C * networking.v1.IngressClass
resource ingresses Ingress ingress N * networking.v1.Ingress short=ing sub=status:::Ingress:get,patch,update
resource ipaddresses IPAddress ipaddress C * networking.v1.IPAddress short=ip
resource networkpolicies NetworkPolicy networkpolicy N * networking.v1.NetworkPolicy short=netpol
resource servicecidrs ServiceCIDR servicecidr C * networking.v1.ServiceCIDR sub=status:::ServiceCIDR:get,patch,update
group policy
version v1
resource poddisruptionbudgets PodDisruptionBudget poddisruptionbudget N * policy.v1.PodDisruptionBudget short=pdb sub=status:::PodDisruptionBudget:get,patch,update
group rbac.authorization.k8s.io
version v1
resource clusterrolebindings ClusterRoleBinding clusterrolebinding C * rbac.v1.ClusterRoleBinding
resource clusterroles ClusterRole clusterrole C * rbac.v1.ClusterRole
resource rolebindings RoleBinding rolebinding N * rbac.v1.RoleBinding
resource roles Role role N * rbac.v1.Role
group storage.k8s.io
version v1
resource csidrivers CSIDriver csidriver C * storage.v1.CSIDriver
resource csinodes CSINode csinode C * storage.v1.CSINode
resource csistoragecapacities CSIStorageCapacity csistoragecapacity N * storage.v1.CSIStorageCapacity
resource storageclasses StorageClass storageclass C * storage.v1.StorageClass short=sc
resource volumeattachments VolumeAttachment volumeattachment C * storage.v1.VolumeAttachment sub=status:::VolumeAttachment:get,patch,update
resource volumeattributesclasses VolumeAttributesClass volumeattributesclass C * storage.v1.VolumeAttributesClass short=vac
group admissionregistration.k8s.io
version v1
resource mutatingadmissionpolicies MutatingAdmissionPolicy mutatingadmissionpolicy C * admissionregistration.v1.MutatingAdmissionPolicy categories=api-extensions
resource mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding mutatingadmissionpolicybinding C * admissionregistration.v1.MutatingAdmissionPolicyBinding categories=api-extensions
resource mutatingwebhookconfigurations MutatingWebhookConfiguration mutatingwebhookconfiguration C * admissionregistration.v1.MutatingWebhookConfiguration categories=api-extensions
resource validatingadmissionpolicies ValidatingAdmissionPolicy validatingadmissionpolicy C * admissionregistration.v1.ValidatingAdmissionPolicy categories=api-extensions sub=status:::ValidatingAdmissionPolicy:get,patch,update
resource validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding validatingadmissionpolicybinding C * admissionregistration.v1.ValidatingAdmissionPolicyBinding categories=api-extensions
resource validatingwebhookconfigurations ValidatingWebhookConfiguration validatingwebhookconfiguration C * admissionregistration.v1.ValidatingWebhookConfiguration categories=api-extensions
group apiextensions.k8s.io
version v1
resource customresourcedefinitions CustomResourceDefinition customresourcedefinition C * apiextensions.v1.CustomResourceDefinition short=crd,crds categories=api-extensions sub=status:::CustomResourceDefinition:get,patch,update
group scheduling.k8s.io
version v1
resource priorityclasses PriorityClass priorityclass C * scheduling.v1.PriorityClass short=pc
group coordination.k8s.io
version v1
resource leases Lease lease N * coordination.v1.Lease
group node.k8s.io
version v1
resource runtimeclasses RuntimeClass runtimeclass C * node.v1.RuntimeClass
group discovery.k8s.io
version v1
resource endpointslices EndpointSlice endpointslice N * discovery.v1.EndpointSlice
group resource.k8s.io
version v1
resource deviceclasses DeviceClass deviceclass C * resource.v1.DeviceClass
resource resourceclaims ResourceClaim resourceclaim N * resource.v1.ResourceClaim sub=status:::ResourceClaim:get,patch,update
resource resourceclaimtemplates ResourceClaimTemplate resourceclaimtemplate N * resource.v1.ResourceClaimTemplate
resource resourceslices ResourceSlice resourceslice C * resource.v1.ResourceSlice
group flowcontrol.apiserver.k8s.io
version v1
resource flowschemas FlowSchema flowschema C * flowcontrol.v1.FlowSchema sub=status:::FlowSchema:get,patch,update
resource prioritylevelconfigurations PriorityLevelConfiguration prioritylevelconfiguration C * flowcontrol.v1.PriorityLevelConfiguration sub=status:::PriorityLevelConfiguration:get,patch,update
type admissionregistration.v1.ApplyConfiguration
 expression string
type admissionregistration.v1.AuditAnnotation
 key string w! =""
 valueExpression string w! =""
type admissionregistration.v1.ExpressionWarning
 fieldRef string w! =""
 warning string w! =""
type admissionregistration.v1.JSONPatch
 expression string
type admissionregistration.v1.MatchCondition
 expression string w! =""
 name string w! =""
type admissionregistration.v1.MatchResources a
 excludeResourceRules []@admissionregistration.v1.NamedRuleWithOperations
 matchPolicy string p
 namespaceSelector @meta.v1.LabelSelector p
 objectSelector @meta.v1.LabelSelector p
 resourceRules []@admissionregistration.v1.NamedRuleWithOperations
type admissionregistration.v1.MutatingAdmissionPolicy
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @admissionregistration.v1.MutatingAdmissionPolicySpec v
type admissionregistration.v1.MutatingAdmissionPolicyBinding
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @admissionregistration.v1.MutatingAdmissionPolicyBindingSpec v
type admissionregistration.v1.MutatingAdmissionPolicyBindingSpec
 matchResources @admissionregistration.v1.MatchResources p
 paramRef @admissionregistration.v1.ParamRef p
 policyName string
type admissionregistration.v1.MutatingAdmissionPolicySpec
 failurePolicy string p
 matchConditions [name]@admissionregistration.v1.MatchCondition ~merge:name
 matchConstraints @admissionregistration.v1.MatchResources p
 mutations []@admissionregistration.v1.Mutation
 paramKind @admissionregistration.v1.ParamKind p
 reinvocationPolicy string
 variables []@admissionregistration.v1.Variable
type admissionregistration.v1.MutatingWebhook
 admissionReviewVersions []string w!
 clientConfig @admissionregistration.v1.WebhookClientConfig v!
 failurePolicy string p
 matchConditions [name]@admissionregistration.v1.MatchCondition ~merge:name
 matchPolicy string p
 name string w! =""
 namespaceSelector @meta.v1.LabelSelector p
 objectSelector @meta.v1.LabelSelector p
 reinvocationPolicy string p
 rules []@admissionregistration.v1.RuleWithOperations
 sideEffects string w!
 timeoutSeconds int32 p
type admissionregistration.v1.MutatingWebhookConfiguration
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 webhooks [name]@admissionregistration.v1.MutatingWebhook ~merge:name
type admissionregistration.v1.Mutation
 applyConfiguration @admissionregistration.v1.ApplyConfiguration p
 jsonPatch @admissionregistration.v1.JSONPatch p
 patchType string w! =""
type admissionregistration.v1.NamedRuleWithOperations a
 apiGroups []string
 apiVersions []string
 operations []string
 resourceNames []string
 resources []string
 scope string p
type admissionregistration.v1.ParamKind a
 apiVersion string
 kind string
type admissionregistration.v1.ParamRef a
 name string
 namespace string
 parameterNotFoundAction string p
 selector @meta.v1.LabelSelector p
type admissionregistration.v1.RuleWithOperations
 apiGroups []string
 apiVersions []string
 operations []string
 resources []string
 scope string p
type admissionregistration.v1.ServiceReference
 name string w! =""
 namespace string w! =""
 path string p
 port int32 p
type admissionregistration.v1.TypeChecking
 expressionWarnings []@admissionregistration.v1.ExpressionWarning
type admissionregistration.v1.ValidatingAdmissionPolicy
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @admissionregistration.v1.ValidatingAdmissionPolicySpec v
 status @admissionregistration.v1.ValidatingAdmissionPolicyStatus v
type admissionregistration.v1.ValidatingAdmissionPolicyBinding
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec v!
type admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec
 matchResources @admissionregistration.v1.MatchResources p
 paramRef @admissionregistration.v1.ParamRef p
 policyName string !
 validationActions [=]string !
type admissionregistration.v1.ValidatingAdmissionPolicySpec
 auditAnnotations []@admissionregistration.v1.AuditAnnotation
 failurePolicy string p
 matchConditions [name]@admissionregistration.v1.MatchCondition ~merge:name
 matchConstraints @admissionregistration.v1.MatchResources p
 paramKind @admissionregistration.v1.ParamKind p
 validations []@admissionregistration.v1.Validation
 variables [name]@admissionregistration.v1.Variable ~merge:name
type admissionregistration.v1.ValidatingAdmissionPolicyStatus
 conditions [type]@meta.v1.Condition
 observedGeneration int64
 typeChecking @admissionregistration.v1.TypeChecking p
type admissionregistration.v1.ValidatingWebhook
 admissionReviewVersions []string w!
 clientConfig @admissionregistration.v1.WebhookClientConfig v!
 failurePolicy string p
 matchConditions [name]@admissionregistration.v1.MatchCondition ~merge:name
 matchPolicy string p
 name string w! =""
 namespaceSelector @meta.v1.LabelSelector p
 objectSelector @meta.v1.LabelSelector p
 rules []@admissionregistration.v1.RuleWithOperations
 sideEffects string w!
 timeoutSeconds int32 p
type admissionregistration.v1.ValidatingWebhookConfiguration
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 webhooks [name]@admissionregistration.v1.ValidatingWebhook ~merge:name
type admissionregistration.v1.Validation
 expression string w! =""
 message string
 messageExpression string
 reason string p
type admissionregistration.v1.Variable a
 expression string w! =""
 name string w! =""
type admissionregistration.v1.WebhookClientConfig
 caBundle bytes
 service @admissionregistration.v1.ServiceReference p
 url string p
alias api.resource.Quantity quantity
type apiextensions.v1.CustomResourceColumnDefinition
 description string
 format string
 jsonPath string w! =""
 name string w! =""
 priority int32
 type string w! =""
type apiextensions.v1.CustomResourceConversion
 strategy string w! =""
 webhook @apiextensions.v1.WebhookConversion p
type apiextensions.v1.CustomResourceDefinition
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @apiextensions.v1.CustomResourceDefinitionSpec v!
 status @apiextensions.v1.CustomResourceDefinitionStatus v
type apiextensions.v1.CustomResourceDefinitionCondition
 lastTransitionTime @meta.v1.Time w
 message string
 observedGeneration int64
 reason string
 status string w! =""
 type string w! =""
type apiextensions.v1.CustomResourceDefinitionNames
 categories []string
 kind string w! =""
 listKind string
 plural string w! =""
 shortNames []string
 singular string
type apiextensions.v1.CustomResourceDefinitionSpec
 conversion @apiextensions.v1.CustomResourceConversion p
 group string w! =""
 names @apiextensions.v1.CustomResourceDefinitionNames v!
 preserveUnknownFields bool
 scope string w! =""
 versions []@apiextensions.v1.CustomResourceDefinitionVersion w!
type apiextensions.v1.CustomResourceDefinitionStatus
 acceptedNames @apiextensions.v1.CustomResourceDefinitionNames v
 conditions [type]@apiextensions.v1.CustomResourceDefinitionCondition w
 observedGeneration int64
 storedVersions []string w
type apiextensions.v1.CustomResourceDefinitionVersion
 additionalPrinterColumns []@apiextensions.v1.CustomResourceColumnDefinition
 deprecated bool
 deprecationWarning string p
 name string w! =""
 schema @apiextensions.v1.CustomResourceValidation p
 selectableFields []@apiextensions.v1.SelectableField
 served bool w! =false
 storage bool w! =false
 subresources @apiextensions.v1.CustomResourceSubresources p
type apiextensions.v1.CustomResourceSubresourceScale
 labelSelectorPath string p
 specReplicasPath string w! =""
 statusReplicasPath string w! =""
alias apiextensions.v1.CustomResourceSubresourceStatus any
type apiextensions.v1.CustomResourceSubresources
 scale @apiextensions.v1.CustomResourceSubresourceScale p
 status @apiextensions.v1.CustomResourceSubresourceStatus p
type apiextensions.v1.CustomResourceValidation
 openAPIV3Schema @apiextensions.v1.JSONSchemaProps p
type apiextensions.v1.ExternalDocumentation
 description string
 url string
alias apiextensions.v1.JSON any
type apiextensions.v1.JSONSchemaProps
 $ref string p
 $schema string
 additionalItems @apiextensions.v1.JSONSchemaPropsOrBool p
 additionalProperties @apiextensions.v1.JSONSchemaPropsOrBool p
 allOf []@apiextensions.v1.JSONSchemaProps
 anyOf []@apiextensions.v1.JSONSchemaProps
 default @apiextensions.v1.JSON p
 definitions {}@apiextensions.v1.JSONSchemaProps
 dependencies {}@apiextensions.v1.JSONSchemaPropsOrStringArray
 description string
 enum []@apiextensions.v1.JSON
 example @apiextensions.v1.JSON p
 exclusiveMaximum bool
 exclusiveMinimum bool
 externalDocs @apiextensions.v1.ExternalDocumentation p
 format string
 id string
 items @apiextensions.v1.JSONSchemaPropsOrArray p
 maxItems int64 p
 maxLength int64 p
 maxProperties int64 p
 maximum double p
 minItems int64 p
 minLength int64 p
 minProperties int64 p
 minimum double p
 multipleOf double p
 not @apiextensions.v1.JSONSchemaProps p
 nullable bool
 oneOf []@apiextensions.v1.JSONSchemaProps
 pattern string
 patternProperties {}@apiextensions.v1.JSONSchemaProps
 properties {}@apiextensions.v1.JSONSchemaProps
 required []string
 title string
 type string
 uniqueItems bool
 x-kubernetes-embedded-resource bool
 x-kubernetes-int-or-string bool
 x-kubernetes-list-map-keys []string
 x-kubernetes-list-type string p
 x-kubernetes-map-type string p
 x-kubernetes-preserve-unknown-fields bool p
 x-kubernetes-validations [rule]@apiextensions.v1.ValidationRule ~merge:rule
alias apiextensions.v1.JSONSchemaPropsOrArray any
alias apiextensions.v1.JSONSchemaPropsOrBool any
alias apiextensions.v1.JSONSchemaPropsOrStringArray any
type apiextensions.v1.SelectableField
 jsonPath string w! =""
type apiextensions.v1.ServiceReference
 name string w! =""
 namespace string w! =""
 path string p
 port int32 p
type apiextensions.v1.ValidationRule
 fieldPath string
 message string
 messageExpression string
 optionalOldSelf bool p
 reason string p
 rule string w! =""
type apiextensions.v1.WebhookClientConfig
 caBundle bytes
 service @apiextensions.v1.ServiceReference p
 url string p
type apiextensions.v1.WebhookConversion
 clientConfig @apiextensions.v1.WebhookClientConfig p
 conversionReviewVersions []string w!
type apiregistration.v1.APIService
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @apiregistration.v1.APIServiceSpec v
 status @apiregistration.v1.APIServiceStatus v
type apiregistration.v1.APIServiceCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type apiregistration.v1.APIServiceSpec
 caBundle bytes
 group string
 groupPriorityMinimum int32 w! =0
 insecureSkipTLSVerify bool
 service @apiregistration.v1.ServiceReference p
 version string
 versionPriority int32 w! =0
type apiregistration.v1.APIServiceStatus
 conditions [type]@apiregistration.v1.APIServiceCondition ~merge:type
type apiregistration.v1.ServiceReference
 name string
 namespace string
 port int32 p
type apps.v1.ControllerRevision
 apiVersion string
 data @runtime.RawExtension v
 kind string
 metadata @meta.v1.ObjectMeta v
 revision int64 w! =0
type apps.v1.DaemonSet
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @apps.v1.DaemonSetSpec v
 status @apps.v1.DaemonSetStatus v
type apps.v1.DaemonSetCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type apps.v1.DaemonSetSpec
 minReadySeconds int32
 revisionHistoryLimit int32 p
 selector @meta.v1.LabelSelector w!
 template @core.v1.PodTemplateSpec v!
 updateStrategy @apps.v1.DaemonSetUpdateStrategy v
type apps.v1.DaemonSetStatus
 collisionCount int32 p
 conditions [type]@apps.v1.DaemonSetCondition ~merge:type
 currentNumberScheduled int32 w! =0
 desiredNumberScheduled int32 w! =0
 numberAvailable int32
 numberMisscheduled int32 w! =0
 numberReady int32 w! =0
 numberUnavailable int32
 observedGeneration int64
 updatedNumberScheduled int32
type apps.v1.DaemonSetUpdateStrategy
 rollingUpdate @apps.v1.RollingUpdateDaemonSet p
 type string
type apps.v1.Deployment
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @apps.v1.DeploymentSpec v
 status @apps.v1.DeploymentStatus v
type apps.v1.DeploymentCondition
 lastTransitionTime @meta.v1.Time w
 lastUpdateTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type apps.v1.DeploymentSpec
 minReadySeconds int32
 paused bool
 progressDeadlineSeconds int32 p
 replicas int32 p
 revisionHistoryLimit int32 p
 selector @meta.v1.LabelSelector w!
 strategy @apps.v1.DeploymentStrategy v ~retainKeys
 template @core.v1.PodTemplateSpec v!
type apps.v1.DeploymentStatus
 availableReplicas int32
 collisionCount int32 p
 conditions [type]@apps.v1.DeploymentCondition ~merge:type
 observedGeneration int64
 readyReplicas int32
 replicas int32
 terminatingReplicas int32 p
 unavailableReplicas int32
 updatedReplicas int32
type apps.v1.DeploymentStrategy
 rollingUpdate @apps.v1.RollingUpdateDeployment p
 type string
type apps.v1.ReplicaSet
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @apps.v1.ReplicaSetSpec v
 status @apps.v1.ReplicaSetStatus v
type apps.v1.ReplicaSetCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type apps.v1.ReplicaSetSpec
 minReadySeconds int32
 replicas int32 p
 selector @meta.v1.LabelSelector w!
 template @core.v1.PodTemplateSpec v
type apps.v1.ReplicaSetStatus
 availableReplicas int32
 conditions [type]@apps.v1.ReplicaSetCondition ~merge:type
 fullyLabeledReplicas int32
 observedGeneration int64
 readyReplicas int32
 replicas int32 w! =0
 terminatingReplicas int32 p
type apps.v1.RollingUpdateDaemonSet
 maxSurge @util.intstr.IntOrString p
 maxUnavailable @util.intstr.IntOrString p
type apps.v1.RollingUpdateDeployment
 maxSurge @util.intstr.IntOrString p
 maxUnavailable @util.intstr.IntOrString p
type apps.v1.RollingUpdateStatefulSetStrategy
 maxUnavailable @util.intstr.IntOrString p
 partition int32 p
type apps.v1.StatefulSet
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @apps.v1.StatefulSetSpec v
 status @apps.v1.StatefulSetStatus v
type apps.v1.StatefulSetCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type apps.v1.StatefulSetOrdinals
 start int32 w =0
type apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy
 whenDeleted string
 whenScaled string
type apps.v1.StatefulSetSpec
 minReadySeconds int32
 ordinals @apps.v1.StatefulSetOrdinals p
 persistentVolumeClaimRetentionPolicy @apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy p
 podManagementPolicy string
 replicas int32 p
 revisionHistoryLimit int32 p
 selector @meta.v1.LabelSelector w!
 serviceName string w =""
 template @core.v1.PodTemplateSpec v!
 updateStrategy @apps.v1.StatefulSetUpdateStrategy v
 volumeClaimTemplates []@core.v1.PersistentVolumeClaim
type apps.v1.StatefulSetStatus
 availableReplicas int32 w =0
 collisionCount int32 p
 conditions [type]@apps.v1.StatefulSetCondition ~merge:type
 currentReplicas int32
 currentRevision string
 observedGeneration int64
 readyReplicas int32
 replicas int32 w! =0
 updateRevision string
 updatedReplicas int32
type apps.v1.StatefulSetUpdateStrategy
 rollingUpdate @apps.v1.RollingUpdateStatefulSetStrategy p
 type string
type authentication.v1.BoundObjectReference
 apiVersion string
 kind string
 name string
 uid string
type authentication.v1.SelfSubjectReview
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 status @authentication.v1.SelfSubjectReviewStatus v
type authentication.v1.SelfSubjectReviewStatus
 userInfo @authentication.v1.UserInfo v
type authentication.v1.TokenRequest
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @authentication.v1.TokenRequestSpec v
 status @authentication.v1.TokenRequestStatus v
type authentication.v1.TokenRequestSpec
 audiences []string w
 boundObjectRef @authentication.v1.BoundObjectReference w
 expirationSeconds int64 w
type authentication.v1.TokenRequestStatus
 expirationTimestamp @meta.v1.Time w
 token string w =""
type authentication.v1.TokenReview
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @authentication.v1.TokenReviewSpec v!
 status @authentication.v1.TokenReviewStatus v
type authentication.v1.TokenReviewSpec
 audiences []string
 token string !
type authentication.v1.TokenReviewStatus
 audiences []string
 authenticated bool
 error string
 user @authentication.v1.UserInfo v
type authentication.v1.UserInfo
 extra {}[]string
 groups []string
 uid string
 username string
type authorization.v1.FieldSelectorAttributes
 rawSelector string
 requirements []@meta.v1.FieldSelectorRequirement
type authorization.v1.LabelSelectorAttributes
 rawSelector string
 requirements []@meta.v1.LabelSelectorRequirement
type authorization.v1.LocalSubjectAccessReview
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @authorization.v1.SubjectAccessReviewSpec v!
 status @authorization.v1.SubjectAccessReviewStatus v
type authorization.v1.NonResourceAttributes
 path string
 verb string
type authorization.v1.NonResourceRule
 nonResourceURLs []string
 verbs []string w!
type authorization.v1.ResourceAttributes
 fieldSelector @authorization.v1.FieldSelectorAttributes p
 group string
 labelSelector @authorization.v1.LabelSelectorAttributes p
 name string
 namespace string
 resource string
 subresource string
 verb string
 version string
type authorization.v1.ResourceRule
 apiGroups []string
 resourceNames []string
 resources []string
 verbs []string w!
type authorization.v1.SelfSubjectAccessReview
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @authorization.v1.SelfSubjectAccessReviewSpec v!
 status @authorization.v1.SubjectAccessReviewStatus v
type authorization.v1.SelfSubjectAccessReviewSpec
 nonResourceAttributes @authorization.v1.NonResourceAttributes p
 resourceAttributes @authorization.v1.ResourceAttributes p
type authorization.v1.SelfSubjectRulesReview
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @authorization.v1.SelfSubjectRulesReviewSpec v!
 status @authorization.v1.SubjectRulesReviewStatus v
type authorization.v1.SelfSubjectRulesReviewSpec
 namespace string
type authorization.v1.SubjectAccessReview
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @authorization.v1.SubjectAccessReviewSpec v!
 status @authorization.v1.SubjectAccessReviewStatus v
type authorization.v1.SubjectAccessReviewSpec
 extra {}[]string
 groups []string
 nonResourceAttributes @authorization.v1.NonResourceAttributes p
 resourceAttributes @authorization.v1.ResourceAttributes p
 uid string
 user string
type authorization.v1.SubjectAccessReviewStatus
 allowed bool w! =false
 denied bool
 evaluationError string
 reason string
type authorization.v1.SubjectRulesReviewStatus
 evaluationError string
 incomplete bool w! =false
 nonResourceRules []@authorization.v1.NonResourceRule w!
 resourceRules []@authorization.v1.ResourceRule w!
type autoscaling.v1.CrossVersionObjectReference a
 apiVersion string
 kind string w! =""
 name string w! =""
type autoscaling.v1.HorizontalPodAutoscaler
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @autoscaling.v1.HorizontalPodAutoscalerSpec v!
 status @autoscaling.v1.HorizontalPodAutoscalerStatus v
type autoscaling.v1.HorizontalPodAutoscalerSpec
 maxReplicas int32 w! =0
 minReplicas int32 p
 scaleTargetRef @autoscaling.v1.CrossVersionObjectReference v!
 targetCPUUtilizationPercentage int32 p
type autoscaling.v1.HorizontalPodAutoscalerStatus
 currentCPUUtilizationPercentage int32 p
 currentReplicas int32 w! =0
 desiredReplicas int32 w! =0
 lastScaleTime @meta.v1.Time p
 observedGeneration int64 p
type autoscaling.v1.Scale
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @autoscaling.v1.ScaleSpec v
 status @autoscaling.v1.ScaleStatus v
type autoscaling.v1.ScaleSpec
 replicas int32 =0
type autoscaling.v1.ScaleStatus
 replicas int32 w! =0
 selector string
type autoscaling.v2.ContainerResourceMetricSource
 container string w! =""
 name string w! =""
 target @autoscaling.v2.MetricTarget v!
type autoscaling.v2.ContainerResourceMetricStatus
 container string w! =""
 current @autoscaling.v2.MetricValueStatus v!
 name string w! =""
type autoscaling.v2.CrossVersionObjectReference
 apiVersion string
 kind string w! =""
 name string w! =""
type autoscaling.v2.ExternalMetricSource
 metric @autoscaling.v2.MetricIdentifier v!
 target @autoscaling.v2.MetricTarget v!
type autoscaling.v2.ExternalMetricStatus
 current @autoscaling.v2.MetricValueStatus v!
 metric @autoscaling.v2.MetricIdentifier v!
type autoscaling.v2.HPAScalingPolicy
 periodSeconds int32 w! =0
 type string w! =""
 value int32 w! =0
type autoscaling.v2.HPAScalingRules
 policies []@autoscaling.v2.HPAScalingPolicy
 selectPolicy string p
 stabilizationWindowSeconds int32 p
 tolerance @api.resource.Quantity p
type autoscaling.v2.HorizontalPodAutoscaler
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @autoscaling.v2.HorizontalPodAutoscalerSpec v!
 status @autoscaling.v2.HorizontalPodAutoscalerStatus v
type autoscaling.v2.HorizontalPodAutoscalerBehavior
 scaleDown @autoscaling.v2.HPAScalingRules p
 scaleUp @autoscaling.v2.HPAScalingRules p
type autoscaling.v2.HorizontalPodAutoscalerCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type autoscaling.v2.HorizontalPodAutoscalerSpec
 behavior @autoscaling.v2.HorizontalPodAutoscalerBehavior p
 maxReplicas int32 w! =0
 metrics []@autoscaling.v2.MetricSpec
 minReplicas int32 p
 scaleTargetRef @autoscaling.v2.CrossVersionObjectReference v!
type autoscaling.v2.HorizontalPodAutoscalerStatus
 conditions [type]@autoscaling.v2.HorizontalPodAutoscalerCondition ~merge:type
 currentMetrics []@autoscaling.v2.MetricStatus w
 currentReplicas int32
 desiredReplicas int32 w! =0
 lastScaleTime @meta.v1.Time p
 observedGeneration int64 p
type autoscaling.v2.MetricIdentifier
 name string w! =""
 selector @meta.v1.LabelSelector p
type autoscaling.v2.MetricSpec
 containerResource @autoscaling.v2.ContainerResourceMetricSource p
 external @autoscaling.v2.ExternalMetricSource p
 object @autoscaling.v2.ObjectMetricSource p
 pods @autoscaling.v2.PodsMetricSource p
 resource @autoscaling.v2.ResourceMetricSource p
 type string w! =""
type autoscaling.v2.MetricStatus
 containerResource @autoscaling.v2.ContainerResourceMetricStatus p
 external @autoscaling.v2.ExternalMetricStatus p
 object @autoscaling.v2.ObjectMetricStatus p
 pods @autoscaling.v2.PodsMetricStatus p
 resource @autoscaling.v2.ResourceMetricStatus p
 type string w! =""
type autoscaling.v2.MetricTarget
 averageUtilization int32 p
 averageValue @api.resource.Quantity p
 type string w! =""
 value @api.resource.Quantity p
type autoscaling.v2.MetricValueStatus
 averageUtilization int32 p
 averageValue @api.resource.Quantity p
 value @api.resource.Quantity p
type autoscaling.v2.ObjectMetricSource
 describedObject @autoscaling.v2.CrossVersionObjectReference v!
 metric @autoscaling.v2.MetricIdentifier v!
 target @autoscaling.v2.MetricTarget v!
type autoscaling.v2.ObjectMetricStatus
 current @autoscaling.v2.MetricValueStatus v!
 describedObject @autoscaling.v2.CrossVersionObjectReference v!
 metric @autoscaling.v2.MetricIdentifier v!
type autoscaling.v2.PodsMetricSource
 metric @autoscaling.v2.MetricIdentifier v!
 target @autoscaling.v2.MetricTarget v!
type autoscaling.v2.PodsMetricStatus
 current @autoscaling.v2.MetricValueStatus v!
 metric @autoscaling.v2.MetricIdentifier v!
type autoscaling.v2.ResourceMetricSource
 name string w! =""
 target @autoscaling.v2.MetricTarget v!
type autoscaling.v2.ResourceMetricStatus
 current @autoscaling.v2.MetricValueStatus v!
 name string w! =""
type batch.v1.CronJob
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @batch.v1.CronJobSpec v!
 status @batch.v1.CronJobStatus v
type batch.v1.CronJobSpec
 concurrencyPolicy string
 failedJobsHistoryLimit int32 p
 jobTemplate @batch.v1.JobTemplateSpec v!
 schedule string w! =""
 startingDeadlineSeconds int64 p
 successfulJobsHistoryLimit int32 p
 suspend bool p
 timeZone string p
type batch.v1.CronJobStatus
 active []@core.v1.ObjectReference
 lastScheduleTime @meta.v1.Time p
 lastSuccessfulTime @meta.v1.Time p
type batch.v1.Job
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @batch.v1.JobSpec v
 status @batch.v1.JobStatus v
type batch.v1.JobCondition
 lastProbeTime @meta.v1.Time w
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type batch.v1.JobSpec
 activeDeadlineSeconds int64 p
 backoffLimit int32 p
 backoffLimitPerIndex int32 p
 completionMode string p
 completions int32 p
 managedBy string p
 manualSelector bool p
 maxFailedIndexes int32 p
 parallelism int32 p
 podFailurePolicy @batch.v1.PodFailurePolicy p
 podReplacementPolicy string p
 selector @meta.v1.LabelSelector p
 successPolicy @batch.v1.SuccessPolicy p
 suspend bool p
 template @core.v1.PodTemplateSpec v!
 ttlSecondsAfterFinished int32 p
type batch.v1.JobStatus
 active int32
 completedIndexes string
 completionTime @meta.v1.Time p
 conditions []@batch.v1.JobCondition ~merge:type
 failed int32
 failedIndexes string p
 ready int32 p
 startTime @meta.v1.Time p
 succeeded int32
 terminating int32 p
 uncountedTerminatedPods @batch.v1.UncountedTerminatedPods p
type batch.v1.JobTemplateSpec
 metadata @meta.v1.ObjectMeta v
 spec @batch.v1.JobSpec v
type batch.v1.PodFailurePolicy
 rules []@batch.v1.PodFailurePolicyRule w!
type batch.v1.PodFailurePolicyOnExitCodesRequirement
 containerName string p
 operator string w! =""
 values [=]int32 w!
type batch.v1.PodFailurePolicyOnPodConditionsPattern
 status string w =""
 type string w! =""
type batch.v1.PodFailurePolicyRule
 action string w! =""
 onExitCodes @batch.v1.PodFailurePolicyOnExitCodesRequirement p
 onPodConditions []@batch.v1.PodFailurePolicyOnPodConditionsPattern
type batch.v1.SuccessPolicy
 rules []@batch.v1.SuccessPolicyRule w!
type batch.v1.SuccessPolicyRule
 succeededCount int32 p
 succeededIndexes string p
type batch.v1.UncountedTerminatedPods
 failed [=]string
 succeeded [=]string
type certificates.v1.CertificateSigningRequest
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @certificates.v1.CertificateSigningRequestSpec v!
 status @certificates.v1.CertificateSigningRequestStatus v
type certificates.v1.CertificateSigningRequestCondition
 lastTransitionTime @meta.v1.Time w
 lastUpdateTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type certificates.v1.CertificateSigningRequestSpec
 expirationSeconds int32 p
 extra {}[]string
 groups []string
 request bytes w!
 signerName string w! =""
 uid string
 usages []string
 username string
type certificates.v1.CertificateSigningRequestStatus
 certificate bytes
 conditions [type]@certificates.v1.CertificateSigningRequestCondition
type coordination.v1.Lease
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @coordination.v1.LeaseSpec v
type coordination.v1.LeaseSpec
 acquireTime @meta.v1.MicroTime p
 holderIdentity string p
 leaseDurationSeconds int32 p
 leaseTransitions int32 p
 preferredHolder string p
 renewTime @meta.v1.MicroTime p
 strategy string p
type core.v1.AWSElasticBlockStoreVolumeSource
 fsType string
 partition int32
 readOnly bool
 volumeID string w! =""
type core.v1.Affinity
 nodeAffinity @core.v1.NodeAffinity p
 podAffinity @core.v1.PodAffinity p
 podAntiAffinity @core.v1.PodAntiAffinity p
type core.v1.AppArmorProfile
 localhostProfile string p
 type string w! =""
type core.v1.AttachedVolume
 devicePath string w! =""
 name string w! =""
type core.v1.AzureDiskVolumeSource
 cachingMode string p ="ReadWrite"
 diskName string w! =""
 diskURI string w! =""
 fsType string p ="ext4"
 kind string p ="Shared"
 readOnly bool p =false
type core.v1.AzureFilePersistentVolumeSource
 readOnly bool
 secretName string w! =""
 secretNamespace string w
 shareName string w! =""
type core.v1.AzureFileVolumeSource
 readOnly bool
 secretName string w! =""
 shareName string w! =""
type core.v1.Binding
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 target @core.v1.ObjectReference v!
type core.v1.CSIPersistentVolumeSource
 controllerExpandSecretRef @core.v1.SecretReference p
 controllerPublishSecretRef @core.v1.SecretReference p
 driver string w! =""
 fsType string
 nodeExpandSecretRef @core.v1.SecretReference p
 nodePublishSecretRef @core.v1.SecretReference p
 nodeStageSecretRef @core.v1.SecretReference p
 readOnly bool
 volumeAttributes {}string
 volumeHandle string w! =""
type core.v1.CSIVolumeSource
 driver string w! =""
 fsType string p
 nodePublishSecretRef @core.v1.LocalObjectReference p
 readOnly bool p
 volumeAttributes {}string
type core.v1.Capabilities
 add []string
 drop []string
type core.v1.CephFSPersistentVolumeSource
 monitors []string w!
 path string
 readOnly bool
 secretFile string
 secretRef @core.v1.SecretReference p
 user string
type core.v1.CephFSVolumeSource
 monitors []string w!
 path string
 readOnly bool
 secretFile string
 secretRef @core.v1.LocalObjectReference p
 user string
type core.v1.CinderPersistentVolumeSource
 fsType string
 readOnly bool
 secretRef @core.v1.SecretReference p
 volumeID string w! =""
type core.v1.CinderVolumeSource
 fsType string
 readOnly bool
 secretRef @core.v1.LocalObjectReference p
 volumeID string w! =""
type core.v1.ClientIPConfig
 timeoutSeconds int32 p
type core.v1.ClusterTrustBundleProjection
 labelSelector @meta.v1.LabelSelector p
 name string p
 optional bool p
 path string w! =""
 signerName string p
type core.v1.ComponentCondition
 error string
 message string
 status string w! =""
 type string w! =""
type core.v1.ComponentStatus
 apiVersion string
 conditions [type]@core.v1.ComponentCondition ~merge:type
 kind string
 metadata @meta.v1.ObjectMeta v
type core.v1.ConfigMap
 apiVersion string
 binaryData {}bytes
 data {}string
 immutable bool p
 kind string
 metadata @meta.v1.ObjectMeta v
type core.v1.ConfigMapEnvSource
 name string =""
 optional bool p
type core.v1.ConfigMapKeySelector a
 key string w! =""
 name string =""
 optional bool p
type core.v1.ConfigMapNodeConfigSource
 kubeletConfigKey string w! =""
 name string w! =""
 namespace string w! =""
 resourceVersion string
 uid string
type core.v1.ConfigMapProjection
 items []@core.v1.KeyToPath
 name string =""
 optional bool p
type core.v1.ConfigMapVolumeSource
 defaultMode int32 p
 items []@core.v1.KeyToPath
 name string =""
 optional bool p
type core.v1.Container
 args []string
 command []string
 env [name]@core.v1.EnvVar ~merge:name
 envFrom []@core.v1.EnvFromSource
 image string
 imagePullPolicy string
 lifecycle @core.v1.Lifecycle p
 livenessProbe @core.v1.Probe p
 name string w! =""
 ports [containerPort,protocol]@core.v1.ContainerPort ~merge:containerPort
 readinessProbe @core.v1.Probe p
 resizePolicy []@core.v1.ContainerResizePolicy
 resources @core.v1.ResourceRequirements v
 restartPolicy string p
 restartPolicyRules []@core.v1.ContainerRestartRule
 securityContext @core.v1.SecurityContext p
 startupProbe @core.v1.Probe p
 stdin bool
 stdinOnce bool
 terminationMessagePath string
 terminationMessagePolicy string
 tty bool
 volumeDevices [devicePath]@core.v1.VolumeDevice ~merge:devicePath
 volumeMounts [mountPath]@core.v1.VolumeMount ~merge:mountPath
 workingDir string
type core.v1.ContainerExtendedResourceRequest
 containerName string w! =""
 requestName string w! =""
 resourceName string w! =""
type core.v1.ContainerImage
 names []string w
 sizeBytes int64
type core.v1.ContainerPort
 containerPort int32 w! =0
 hostIP string
 hostPort int32
 name string
 protocol string ="TCP"
type core.v1.ContainerResizePolicy
 resourceName string w! =""
 restartPolicy string w! =""
type core.v1.ContainerRestartRule
 action string !
 exitCodes @core.v1.ContainerRestartRuleOnExitCodes p
type core.v1.ContainerRestartRuleOnExitCodes
 operator string !
 values [=]int32
type core.v1.ContainerState
 running @core.v1.ContainerStateRunning p
 terminated @core.v1.ContainerStateTerminated p
 waiting @core.v1.ContainerStateWaiting p
type core.v1.ContainerStateRunning
 startedAt @meta.v1.Time w
type core.v1.ContainerStateTerminated
 containerID string
 exitCode int32 w! =0
 finishedAt @meta.v1.Time w
 message string
 reason string
 signal int32
 startedAt @meta.v1.Time w
type core.v1.ContainerStateWaiting
 message string
 reason string
type core.v1.ContainerStatus
 allocatedResources {}@api.resource.Quantity
 allocatedResourcesStatus [name]@core.v1.ResourceStatus ~merge:name
 containerID string
 image string w! =""
 imageID string w! =""
 lastState @core.v1.ContainerState v
 name string w! =""
 ready bool w! =false
 resources @core.v1.ResourceRequirements p
 restartCount int32 w! =0
 started bool p
 state @core.v1.ContainerState v
 stopSignal string p
 user @core.v1.ContainerUser p
 volumeMounts [mountPath]@core.v1.VolumeMountStatus ~merge:mountPath
type core.v1.ContainerUser
 linux @core.v1.LinuxContainerUser p
type core.v1.DaemonEndpoint
 Port int32 w! =0
type core.v1.DownwardAPIProjection
 items []@core.v1.DownwardAPIVolumeFile
type core.v1.DownwardAPIVolumeFile
 fieldRef @core.v1.ObjectFieldSelector p
 mode int32 p
 path string w! =""
 resourceFieldRef @core.v1.ResourceFieldSelector p
type core.v1.DownwardAPIVolumeSource
 defaultMode int32 p
 items []@core.v1.DownwardAPIVolumeFile
type core.v1.EmptyDirVolumeSource
 medium string
 sizeLimit @api.resource.Quantity p
type core.v1.EndpointAddress a
 hostname string
 ip string w! =""
 nodeName string p
 targetRef @core.v1.ObjectReference p
type core.v1.EndpointPort a
 appProtocol string p
 name string
 port int32 w! =0
 protocol string
type core.v1.EndpointSubset
 addresses []@core.v1.EndpointAddress
 notReadyAddresses []@core.v1.EndpointAddress
 ports []@core.v1.EndpointPort
type core.v1.Endpoints
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 subsets []@core.v1.EndpointSubset
type core.v1.EnvFromSource
 configMapRef @core.v1.ConfigMapEnvSource p
 prefix string
 secretRef @core.v1.SecretEnvSource p
type core.v1.EnvVar
 name string w! =""
 value string
 valueFrom @core.v1.EnvVarSource p
type core.v1.EnvVarSource
 configMapKeyRef @core.v1.ConfigMapKeySelector p
 fieldRef @core.v1.ObjectFieldSelector p
 fileKeyRef @core.v1.FileKeySelector p
 resourceFieldRef @core.v1.ResourceFieldSelector p
 secretKeyRef @core.v1.SecretKeySelector p
type core.v1.EphemeralContainer
 args []string
 command []string
 env [name]@core.v1.EnvVar ~merge:name
 envFrom []@core.v1.EnvFromSource
 image string
 imagePullPolicy string
 lifecycle @core.v1.Lifecycle p
 livenessProbe @core.v1.Probe p
 name string w! =""
 ports [containerPort,protocol]@core.v1.ContainerPort ~merge:containerPort
 readinessProbe @core.v1.Probe p
 resizePolicy []@core.v1.ContainerResizePolicy
 resources @core.v1.ResourceRequirements v
 restartPolicy string p
 restartPolicyRules []@core.v1.ContainerRestartRule
 securityContext @core.v1.SecurityContext p
 startupProbe @core.v1.Probe p
 stdin bool
 stdinOnce bool
 targetContainerName string
 terminationMessagePath string
 terminationMessagePolicy string
 tty bool
 volumeDevices [devicePath]@core.v1.VolumeDevice ~merge:devicePath
 volumeMounts [mountPath]@core.v1.VolumeMount ~merge:mountPath
 workingDir string
type core.v1.EphemeralVolumeSource
 volumeClaimTemplate @core.v1.PersistentVolumeClaimTemplate p
type core.v1.Event
 action string
 apiVersion string
 count int32
 eventTime @meta.v1.MicroTime w
 firstTimestamp @meta.v1.Time w
 involvedObject @core.v1.ObjectReference v!
 kind string
 lastTimestamp @meta.v1.Time w
 message string
 metadata @meta.v1.ObjectMeta v!
 reason string
 related @core.v1.ObjectReference p
 reportingComponent string w =""
 reportingInstance string w =""
 series @core.v1.EventSeries p
 source @core.v1.EventSource v
 type string
type core.v1.EventSeries
 count int32
 lastObservedTime @meta.v1.MicroTime w
type core.v1.EventSource
 component string
 host string
type core.v1.ExecAction
 command []string
type core.v1.FCVolumeSource
 fsType string
 lun int32 p
 readOnly bool
 targetWWNs []string
 wwids []string
type core.v1.FileKeySelector a
 key string w! =""
 optional bool p =false
 path string w! =""
 volumeName string w! =""
type core.v1.FlexPersistentVolumeSource
 driver string w! =""
 fsType string
 options {}string
 readOnly bool
 secretRef @core.v1.SecretReference p
type core.v1.FlexVolumeSource
 driver string w! =""
 fsType string
 options {}string
 readOnly bool
 secretRef @core.v1.LocalObjectReference p
type core.v1.FlockerVolumeSource
 datasetName string
 datasetUUID string
type core.v1.GCEPersistentDiskVolumeSource
 fsType string
 partition int32
 pdName string w! =""
 readOnly bool
type core.v1.GRPCAction
 port int32 w! =0
 service string w =""
type core.v1.GitRepoVolumeSource
 directory string
 repository string w! =""
 revision string
type core.v1.GlusterfsPersistentVolumeSource
 endpoints string w! =""
 endpointsNamespace string p
 path string w! =""
 readOnly bool
type core.v1.GlusterfsVolumeSource
 endpoints string w! =""
 path string w! =""
 readOnly bool
type core.v1.HTTPGetAction
 host string
 httpHeaders []@core.v1.HTTPHeader
 path string
 port @util.intstr.IntOrString w!
 scheme string
type core.v1.HTTPHeader
 name string w! =""
 value string w! =""
type core.v1.HostAlias
 hostnames []string
 ip string w! =""
type core.v1.HostIP
 ip string w! =""
type core.v1.HostPathVolumeSource
 path string w! =""
 type string p
type core.v1.ISCSIPersistentVolumeSource
 chapAuthDiscovery bool
 chapAuthSession bool
 fsType string
 initiatorName string p
 iqn string w! =""
 iscsiInterface string ="default"
 lun int32 w! =0
 portals []string
 readOnly bool
 secretRef @core.v1.SecretReference p
 targetPortal string w! =""
type core.v1.ISCSIVolumeSource
 chapAuthDiscovery bool
 chapAuthSession bool
 fsType string
 initiatorName string p
 iqn string w! =""
 iscsiInterface string ="default"
 lun int32 w! =0
 portals []string
 readOnly bool
 secretRef @core.v1.LocalObjectReference p
 targetPortal string w! =""
type core.v1.ImageVolumeSource
 pullPolicy string
 reference string
type core.v1.ImageVolumeStatus
 imageRef string !
type core.v1.KeyToPath
 key string w! =""
 mode int32 p
 path string w! =""
type core.v1.Lifecycle
 postStart @core.v1.LifecycleHandler p
 preStop @core.v1.LifecycleHandler p
 stopSignal string p
type core.v1.LifecycleHandler
 exec @core.v1.ExecAction p
 httpGet @core.v1.HTTPGetAction p
 sleep @core.v1.SleepAction p
 tcpSocket @core.v1.TCPSocketAction p
type core.v1.LimitRange
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.LimitRangeSpec v
type core.v1.LimitRangeItem
 default {}@api.resource.Quantity
 defaultRequest {}@api.resource.Quantity
 max {}@api.resource.Quantity
 maxLimitRequestRatio {}@api.resource.Quantity
 min {}@api.resource.Quantity
 type string w! =""
type core.v1.LimitRangeSpec
 limits []@core.v1.LimitRangeItem w!
type core.v1.LinuxContainerUser
 gid int64 w! =0
 supplementalGroups []int64
 uid int64 w! =0
type core.v1.LoadBalancerIngress
 hostname string
 ip string
 ipMode string p
 ports []@core.v1.PortStatus
type core.v1.LoadBalancerStatus
 ingress []@core.v1.LoadBalancerIngress
type core.v1.LocalObjectReference a
 name string =""
type core.v1.LocalVolumeSource
 fsType string p
 path string w! =""
type core.v1.ModifyVolumeStatus
 status string w! =""
 targetVolumeAttributesClassName string
type core.v1.NFSVolumeSource
 path string w! =""
 readOnly bool
 server string w! =""
type core.v1.Namespace
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.NamespaceSpec v
 status @core.v1.NamespaceStatus v
type core.v1.NamespaceCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type core.v1.NamespaceSpec
 finalizers []string
type core.v1.NamespaceStatus
 conditions [type]@core.v1.NamespaceCondition ~merge:type
 phase string
type core.v1.Node
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.NodeSpec v
 status @core.v1.NodeStatus v
type core.v1.NodeAddress
 address string w! =""
 type string w! =""
type core.v1.NodeAffinity
 preferredDuringSchedulingIgnoredDuringExecution []@core.v1.PreferredSchedulingTerm
 requiredDuringSchedulingIgnoredDuringExecution @core.v1.NodeSelector p
type core.v1.NodeAllocatableResourceClaimStatus
 containers [=]string
 resourceClaimName string w! =""
 resources {}@api.resource.Quantity w!
type core.v1.NodeCondition
 lastHeartbeatTime @meta.v1.Time w
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type core.v1.NodeConfigSource
 configMap @core.v1.ConfigMapNodeConfigSource p
type core.v1.NodeConfigStatus
 active @core.v1.NodeConfigSource p
 assigned @core.v1.NodeConfigSource p
 error string
 lastKnownGood @core.v1.NodeConfigSource p
type core.v1.NodeDaemonEndpoints
 kubeletEndpoint @core.v1.DaemonEndpoint v
type core.v1.NodeFeatures
 supplementalGroupsPolicy bool p
type core.v1.NodeRuntimeHandler
 features @core.v1.NodeRuntimeHandlerFeatures p
 name string w =""
type core.v1.NodeRuntimeHandlerFeatures
 recursiveReadOnlyMounts bool p
 userNamespaces bool p
type core.v1.NodeSelector a
 nodeSelectorTerms []@core.v1.NodeSelectorTerm w!
type core.v1.NodeSelectorRequirement
 key string w! =""
 operator string w! =""
 values []string
type core.v1.NodeSelectorTerm a
 matchExpressions []@core.v1.NodeSelectorRequirement
 matchFields []@core.v1.NodeSelectorRequirement
type core.v1.NodeSpec
 configSource @core.v1.NodeConfigSource p
 externalID string
 podCIDR string
 podCIDRs [=]string ~merge
 providerID string
 taints []@core.v1.Taint
 unschedulable bool
type core.v1.NodeStatus
 addresses [type]@core.v1.NodeAddress ~merge:type
 allocatable {}@api.resource.Quantity
 capacity {}@api.resource.Quantity
 conditions [type]@core.v1.NodeCondition ~merge:type
 config @core.v1.NodeConfigStatus p
 daemonEndpoints @core.v1.NodeDaemonEndpoints v
 declaredFeatures []string
 features @core.v1.NodeFeatures p
 images []@core.v1.ContainerImage
 nodeInfo @core.v1.NodeSystemInfo v
 phase string
 runtimeHandlers []@core.v1.NodeRuntimeHandler
 volumesAttached []@core.v1.AttachedVolume
 volumesInUse []string
type core.v1.NodeSwapStatus
 capacity int64 p
type core.v1.NodeSystemInfo
 architecture string w! =""
 bootID string w! =""
 containerRuntimeVersion string w! =""
 kernelVersion string w! =""
 kubeProxyVersion string w! =""
 kubeletVersion string w! =""
 machineID string w! =""
 operatingSystem string w! =""
 osImage string w! =""
 swap @core.v1.NodeSwapStatus p
 systemUUID string w! =""
type core.v1.ObjectFieldSelector a
 apiVersion string
 fieldPath string w! =""
type core.v1.ObjectReference a
 apiVersion string
 fieldPath string
 kind string
 name string
 namespace string
 resourceVersion string
 uid string
type core.v1.PersistentVolume
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.PersistentVolumeSpec v
 status @core.v1.PersistentVolumeStatus v
type core.v1.PersistentVolumeClaim
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.PersistentVolumeClaimSpec v
 status @core.v1.PersistentVolumeClaimStatus v
type core.v1.PersistentVolumeClaimCondition
 lastProbeTime @meta.v1.Time w
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type core.v1.PersistentVolumeClaimSpec
 accessModes []string
 dataSource @core.v1.TypedLocalObjectReference p
 dataSourceRef @core.v1.TypedObjectReference p
 resources @core.v1.VolumeResourceRequirements v
 selector @meta.v1.LabelSelector p
 storageClassName string p
 volumeAttributesClassName string p
 volumeMode string p
 volumeName string
type core.v1.PersistentVolumeClaimStatus
 accessModes []string
 allocatedResourceStatuses {}string
 allocatedResources {}@api.resource.Quantity
 capacity {}@api.resource.Quantity
 conditions [type]@core.v1.PersistentVolumeClaimCondition ~merge:type
 currentVolumeAttributesClassName string p
 modifyVolumeStatus @core.v1.ModifyVolumeStatus p
 phase string
type core.v1.PersistentVolumeClaimTemplate
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.PersistentVolumeClaimSpec v!
type core.v1.PersistentVolumeClaimVolumeSource
 claimName string w! =""
 readOnly bool
type core.v1.PersistentVolumeSpec
 accessModes []string
 awsElasticBlockStore @core.v1.AWSElasticBlockStoreVolumeSource p
 azureDisk @core.v1.AzureDiskVolumeSource p
 azureFile @core.v1.AzureFilePersistentVolumeSource p
 capacity {}@api.resource.Quantity
 cephfs @core.v1.CephFSPersistentVolumeSource p
 cinder @core.v1.CinderPersistentVolumeSource p
 claimRef @core.v1.ObjectReference p
 csi @core.v1.CSIPersistentVolumeSource p
 fc @core.v1.FCVolumeSource p
 flexVolume @core.v1.FlexPersistentVolumeSource p
 flocker @core.v1.FlockerVolumeSource p
 gcePersistentDisk @core.v1.GCEPersistentDiskVolumeSource p
 glusterfs @core.v1.GlusterfsPersistentVolumeSource p
 hostPath @core.v1.HostPathVolumeSource p
 iscsi @core.v1.ISCSIPersistentVolumeSource p
 local @core.v1.LocalVolumeSource p
 mountOptions []string
 nfs @core.v1.NFSVolumeSource p
 nodeAffinity @core.v1.VolumeNodeAffinity p
 persistentVolumeReclaimPolicy string
 photonPersistentDisk @core.v1.PhotonPersistentDiskVolumeSource p
 portworxVolume @core.v1.PortworxVolumeSource p
 quobyte @core.v1.QuobyteVolumeSource p
 rbd @core.v1.RBDPersistentVolumeSource p
 scaleIO @core.v1.ScaleIOPersistentVolumeSource p
 storageClassName string
 storageos @core.v1.StorageOSPersistentVolumeSource p
 volumeAttributesClassName string p
 volumeMode string p
 vsphereVolume @core.v1.VsphereVirtualDiskVolumeSource p
type core.v1.PersistentVolumeStatus
 lastPhaseTransitionTime @meta.v1.Time p
 message string
 phase string
 reason string
type core.v1.PhotonPersistentDiskVolumeSource
 fsType string
 pdID string w! =""
type core.v1.Pod
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.PodSpec v
 status @core.v1.PodStatus v
type core.v1.PodAffinity
 preferredDuringSchedulingIgnoredDuringExecution []@core.v1.WeightedPodAffinityTerm
 requiredDuringSchedulingIgnoredDuringExecution []@core.v1.PodAffinityTerm
type core.v1.PodAffinityTerm
 labelSelector @meta.v1.LabelSelector p
 matchLabelKeys []string
 mismatchLabelKeys []string
 namespaceSelector @meta.v1.LabelSelector p
 namespaces []string
 topologyKey string w! =""
type core.v1.PodAntiAffinity
 preferredDuringSchedulingIgnoredDuringExecution []@core.v1.WeightedPodAffinityTerm
 requiredDuringSchedulingIgnoredDuringExecution []@core.v1.PodAffinityTerm
type core.v1.PodCertificateProjection
 certificateChainPath string
 credentialBundlePath string
 keyPath string
 keyType string !
 maxExpirationSeconds int32 p
 signerName string !
 userAnnotations {}string
type core.v1.PodCondition
 lastProbeTime @meta.v1.Time w
 lastTransitionTime @meta.v1.Time w
 message string
 observedGeneration int64
 reason string
 status string w! =""
 type string w! =""
type core.v1.PodDNSConfig
 nameservers []string
 options []@core.v1.PodDNSConfigOption
 searches []string
type core.v1.PodDNSConfigOption
 name string
 value string p
type core.v1.PodExtendedResourceClaimStatus
 requestMappings []@core.v1.ContainerExtendedResourceRequest w!
 resourceClaimName string w! =""
type core.v1.PodIP
 ip string w! =""
type core.v1.PodOS
 name string w! =""
type core.v1.PodReadinessGate
 conditionType string w! =""
type core.v1.PodResourceClaim
 name string w! =""
 resourceClaimName string p
 resourceClaimTemplateName string p
type core.v1.PodResourceClaimStatus
 name string w! =""
 resourceClaimName string p
type core.v1.PodSchedulingGate
 name string w! =""
type core.v1.PodSchedulingGroup
 podGroupName string p
type core.v1.PodSecurityContext
 appArmorProfile @core.v1.AppArmorProfile p
 fsGroup int64 p
 fsGroupChangePolicy string p
 runAsGroup int64 p
 runAsNonRoot bool p
 runAsUser int64 p
 seLinuxChangePolicy string p
 seLinuxOptions @core.v1.SELinuxOptions p
 seccompProfile @core.v1.SeccompProfile p
 supplementalGroups []int64
 supplementalGroupsPolicy string p
 sysctls []@core.v1.Sysctl
 windowsOptions @core.v1.WindowsSecurityContextOptions p
type core.v1.PodSpec
 activeDeadlineSeconds int64 p
 affinity @core.v1.Affinity p
 automountServiceAccountToken bool p
 containers [name]@core.v1.Container w! ~merge:name
 dnsConfig @core.v1.PodDNSConfig p
 dnsPolicy string
 enableServiceLinks bool p
 ephemeralContainers [name]@core.v1.EphemeralContainer ~merge:name
 hostAliases [ip]@core.v1.HostAlias ~merge:ip
 hostIPC bool
 hostNetwork bool
 hostPID bool
 hostUsers bool p
 hostname string
 hostnameOverride string p
 imagePullSecrets [name]@core.v1.LocalObjectReference ~merge:name
 initContainers [name]@core.v1.Container ~merge:name
 nodeName string
 nodeSelector {a}string
 os @core.v1.PodOS p
 overhead {}@api.resource.Quantity
 preemptionPolicy string p
 priority int32 p
 priorityClassName string
 readinessGates []@core.v1.PodReadinessGate
 resourceClaims [name]@core.v1.PodResourceClaim ~merge,retainKeys:name
 resources @core.v1.ResourceRequirements p
 restartPolicy string
 runtimeClassName string p
 schedulerName string
 schedulingGates [name]@core.v1.PodSchedulingGate ~merge:name
 schedulingGroup @core.v1.PodSchedulingGroup p
 securityContext @core.v1.PodSecurityContext p
 serviceAccount string
 serviceAccountName string
 setHostnameAsFQDN bool p
 shareProcessNamespace bool p
 subdomain string
 terminationGracePeriodSeconds int64 p
 tolerations []@core.v1.Toleration
 topologySpreadConstraints [topologyKey,whenUnsatisfiable]@core.v1.TopologySpreadConstraint ~merge:topologyKey
 volumes [name]@core.v1.Volume ~merge,retainKeys:name
type core.v1.PodStatus
 allocatedResources {}@api.resource.Quantity
 conditions [type]@core.v1.PodCondition ~merge:type
 containerStatuses []@core.v1.ContainerStatus
 ephemeralContainerStatuses []@core.v1.ContainerStatus
 extendedResourceClaimStatus @core.v1.PodExtendedResourceClaimStatus p
 hostIP string
 hostIPs []@core.v1.HostIP ~merge:ip
 initContainerStatuses []@core.v1.ContainerStatus
 message string
 nodeAllocatableResourceClaimStatuses []@core.v1.NodeAllocatableResourceClaimStatus
 nominatedNodeName string
 observedGeneration int64
 phase string
 podIP string
 podIPs [ip]@core.v1.PodIP ~merge:ip
 qosClass string
 reason string
 resize string
 resourceClaimStatuses [name]@core.v1.PodResourceClaimStatus ~merge,retainKeys:name
 resources @core.v1.ResourceRequirements p
 startTime @meta.v1.Time p
type core.v1.PodTemplate
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 template @core.v1.PodTemplateSpec v
type core.v1.PodTemplateSpec
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.PodSpec v
type core.v1.PortStatus
 error string p
 port int32 w! =0
 protocol string w! =""
type core.v1.PortworxVolumeSource
 fsType string
 readOnly bool
 volumeID string w! =""
type core.v1.PreferredSchedulingTerm
 preference @core.v1.NodeSelectorTerm v!
 weight int32 w! =0
type core.v1.Probe
 exec @core.v1.ExecAction p
 failureThreshold int32
 grpc @core.v1.GRPCAction p
 httpGet @core.v1.HTTPGetAction p
 initialDelaySeconds int32
 periodSeconds int32
 successThreshold int32
 tcpSocket @core.v1.TCPSocketAction p
 terminationGracePeriodSeconds int64 p
 timeoutSeconds int32
type core.v1.ProjectedVolumeSource
 defaultMode int32 p
 sources []@core.v1.VolumeProjection w
type core.v1.QuobyteVolumeSource
 group string
 readOnly bool
 registry string w! =""
 tenant string
 user string
 volume string w! =""
type core.v1.RBDPersistentVolumeSource
 fsType string
 image string w! =""
 keyring string ="/etc/ceph/keyring"
 monitors []string w!
 pool string ="rbd"
 readOnly bool
 secretRef @core.v1.SecretReference p
 user string ="admin"
type core.v1.RBDVolumeSource
 fsType string
 image string w! =""
 keyring string ="/etc/ceph/keyring"
 monitors []string w!
 pool string ="rbd"
 readOnly bool
 secretRef @core.v1.LocalObjectReference p
 user string ="admin"
type core.v1.ReplicationController
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.ReplicationControllerSpec v
 status @core.v1.ReplicationControllerStatus v
type core.v1.ReplicationControllerCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string w! =""
 type string w! =""
type core.v1.ReplicationControllerSpec
 minReadySeconds int32 =0
 replicas int32 p =1
 selector {a}string
 template @core.v1.PodTemplateSpec p
type core.v1.ReplicationControllerStatus
 availableReplicas int32
 conditions [type]@core.v1.ReplicationControllerCondition ~merge:type
 fullyLabeledReplicas int32
 observedGeneration int64
 readyReplicas int32
 replicas int32 w! =0
type core.v1.ResourceClaim
 name string w! =""
 request string
type core.v1.ResourceFieldSelector a
 containerName string
 divisor @api.resource.Quantity w
 resource string w! =""
type core.v1.ResourceHealth
 health string
 message string p
 resourceID string w! =""
type core.v1.ResourceQuota
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.ResourceQuotaSpec v
 status @core.v1.ResourceQuotaStatus v
type core.v1.ResourceQuotaSpec
 hard {}@api.resource.Quantity
 scopeSelector @core.v1.ScopeSelector p
 scopes []string
type core.v1.ResourceQuotaStatus
 hard {}@api.resource.Quantity
 used {}@api.resource.Quantity
type core.v1.ResourceRequirements
 claims [name]@core.v1.ResourceClaim
 limits {}@api.resource.Quantity
 requests {}@api.resource.Quantity
type core.v1.ResourceStatus
 name string w! =""
 resources [resourceID]@core.v1.ResourceHealth
type core.v1.SELinuxOptions
 level string
 role string
 type string
 user string
type core.v1.ScaleIOPersistentVolumeSource
 fsType string ="xfs"
 gateway string w! =""
 protectionDomain string
 readOnly bool
 secretRef @core.v1.SecretReference w!
 sslEnabled bool
 storageMode string ="ThinProvisioned"
 storagePool string
 system string w! =""
 volumeName string
type core.v1.ScaleIOVolumeSource
 fsType string ="xfs"
 gateway string w! =""
 protectionDomain string
 readOnly bool
 secretRef @core.v1.LocalObjectReference w!
 sslEnabled bool
 storageMode string ="ThinProvisioned"
 storagePool string
 system string w! =""
 volumeName string
type core.v1.ScopeSelector a
 matchExpressions []@core.v1.ScopedResourceSelectorRequirement
type core.v1.ScopedResourceSelectorRequirement
 operator string w! =""
 scopeName string w! =""
 values []string
type core.v1.SeccompProfile
 localhostProfile string p
 type string w! =""
type core.v1.Secret
 apiVersion string
 data {}bytes
 immutable bool p
 kind string
 metadata @meta.v1.ObjectMeta v
 stringData {}string
 type string
type core.v1.SecretEnvSource
 name string =""
 optional bool p
type core.v1.SecretKeySelector a
 key string w! =""
 name string =""
 optional bool p
type core.v1.SecretProjection
 items []@core.v1.KeyToPath
 name string =""
 optional bool p
type core.v1.SecretReference a
 name string
 namespace string
type core.v1.SecretVolumeSource
 defaultMode int32 p
 items []@core.v1.KeyToPath
 optional bool p
 secretName string
type core.v1.SecurityContext
 allowPrivilegeEscalation bool p
 appArmorProfile @core.v1.AppArmorProfile p
 capabilities @core.v1.Capabilities p
 privileged bool p
 procMount string p
 readOnlyRootFilesystem bool p
 runAsGroup int64 p
 runAsNonRoot bool p
 runAsUser int64 p
 seLinuxOptions @core.v1.SELinuxOptions p
 seccompProfile @core.v1.SeccompProfile p
 windowsOptions @core.v1.WindowsSecurityContextOptions p
type core.v1.Service
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @core.v1.ServiceSpec v
 status @core.v1.ServiceStatus v
type core.v1.ServiceAccount
 apiVersion string
 automountServiceAccountToken bool p
 imagePullSecrets []@core.v1.LocalObjectReference
 kind string
 metadata @meta.v1.ObjectMeta v
 secrets [name]@core.v1.ObjectReference ~merge:name
type core.v1.ServiceAccountTokenProjection
 audience string
 expirationSeconds int64 p
 path string w! =""
type core.v1.ServicePort
 appProtocol string p
 name string
 nodePort int32
 port int32 w! =0
 protocol string ="TCP"
 targetPort @util.intstr.IntOrString w
type core.v1.ServiceSpec
 allocateLoadBalancerNodePorts bool p
 clusterIP string
 clusterIPs []string
 externalIPs []string
 externalName string
 externalTrafficPolicy string
 healthCheckNodePort int32
 internalTrafficPolicy string p
 ipFamilies []string
 ipFamilyPolicy string p
 loadBalancerClass string p
 loadBalancerIP string
 loadBalancerSourceRanges []string
 ports [port,protocol]@core.v1.ServicePort ~merge:port
 publishNotReadyAddresses bool
 selector {a}string
 sessionAffinity string
 sessionAffinityConfig @core.v1.SessionAffinityConfig p
 trafficDistribution string p
 type string
type core.v1.ServiceStatus
 conditions [type]@meta.v1.Condition ~merge:type
 loadBalancer @core.v1.LoadBalancerStatus v
type core.v1.SessionAffinityConfig
 clientIP @core.v1.ClientIPConfig p
type core.v1.SleepAction
 seconds int64 w! =0
type core.v1.StorageOSPersistentVolumeSource
 fsType string
 readOnly bool
 secretRef @core.v1.ObjectReference p
 volumeName string
 volumeNamespace string
type core.v1.StorageOSVolumeSource
 fsType string
 readOnly bool
 secretRef @core.v1.LocalObjectReference p
 volumeName string
 volumeNamespace string
type core.v1.Sysctl
 name string w! =""
 value string w! =""
type core.v1.TCPSocketAction
 host string
 port @util.intstr.IntOrString w!
type core.v1.Taint
 effect string w! =""
 key string w! =""
 timeAdded @meta.v1.Time p
 value string
type core.v1.Toleration
 effect string
 key string
 operator string
 tolerationSeconds int64 p
 value string
type core.v1.TopologySelectorLabelRequirement
 key string w! =""
 values []string w!
type core.v1.TopologySelectorTerm a
 matchLabelExpressions []@core.v1.TopologySelectorLabelRequirement
type core.v1.TopologySpreadConstraint
 labelSelector @meta.v1.LabelSelector p
 matchLabelKeys []string
 maxSkew int32 w! =0
 minDomains int32 p
 nodeAffinityPolicy string p
 nodeTaintsPolicy string p
 topologyKey string w! =""
 whenUnsatisfiable string w! =""
type core.v1.TypedLocalObjectReference a
 apiGroup string w
 kind string w! =""
 name string w! =""
type core.v1.TypedObjectReference
 apiGroup string w
 kind string w! =""
 name string w! =""
 namespace string p
type core.v1.Volume
 awsElasticBlockStore @core.v1.AWSElasticBlockStoreVolumeSource p
 azureDisk @core.v1.AzureDiskVolumeSource p
 azureFile @core.v1.AzureFileVolumeSource p
 cephfs @core.v1.CephFSVolumeSource p
 cinder @core.v1.CinderVolumeSource p
 configMap @core.v1.ConfigMapVolumeSource p
 csi @core.v1.CSIVolumeSource p
 downwardAPI @core.v1.DownwardAPIVolumeSource p
 emptyDir @core.v1.EmptyDirVolumeSource p
 ephemeral @core.v1.EphemeralVolumeSource p
 fc @core.v1.FCVolumeSource p
 flexVolume @core.v1.FlexVolumeSource p
 flocker @core.v1.FlockerVolumeSource p
 gcePersistentDisk @core.v1.GCEPersistentDiskVolumeSource p
 gitRepo @core.v1.GitRepoVolumeSource p
 glusterfs @core.v1.GlusterfsVolumeSource p
 hostPath @core.v1.HostPathVolumeSource p
 image @core.v1.ImageVolumeSource p
 iscsi @core.v1.ISCSIVolumeSource p
 name string w! =""
 nfs @core.v1.NFSVolumeSource p
 persistentVolumeClaim @core.v1.PersistentVolumeClaimVolumeSource p
 photonPersistentDisk @core.v1.PhotonPersistentDiskVolumeSource p
 portworxVolume @core.v1.PortworxVolumeSource p
 projected @core.v1.ProjectedVolumeSource p
 quobyte @core.v1.QuobyteVolumeSource p
 rbd @core.v1.RBDVolumeSource p
 scaleIO @core.v1.ScaleIOVolumeSource p
 secret @core.v1.SecretVolumeSource p
 storageos @core.v1.StorageOSVolumeSource p
 vsphereVolume @core.v1.VsphereVirtualDiskVolumeSource p
type core.v1.VolumeDevice
 devicePath string w! =""
 name string w! =""
type core.v1.VolumeMount
 mountPath string w! =""
 mountPropagation string p
 name string w! =""
 readOnly bool
 recursiveReadOnly string p
 subPath string
 subPathExpr string
type core.v1.VolumeMountStatus
 mountPath string w! =""
 name string w! =""
 readOnly bool
 recursiveReadOnly string p
 volumeStatus @core.v1.VolumeStatus p
type core.v1.VolumeNodeAffinity
 required @core.v1.NodeSelector p
type core.v1.VolumeProjection
 clusterTrustBundle @core.v1.ClusterTrustBundleProjection p
 configMap @core.v1.ConfigMapProjection p
 downwardAPI @core.v1.DownwardAPIProjection p
 podCertificate @core.v1.PodCertificateProjection p
 secret @core.v1.SecretProjection p
 serviceAccountToken @core.v1.ServiceAccountTokenProjection p
type core.v1.VolumeResourceRequirements
 limits {}@api.resource.Quantity
 requests {}@api.resource.Quantity
type core.v1.VolumeStatus
 image @core.v1.ImageVolumeStatus p
type core.v1.VsphereVirtualDiskVolumeSource
 fsType string
 storagePolicyID string
 storagePolicyName string
 volumePath string w! =""
type core.v1.WeightedPodAffinityTerm
 podAffinityTerm @core.v1.PodAffinityTerm v!
 weight int32 w! =0
type core.v1.WindowsSecurityContextOptions
 gmsaCredentialSpec string p
 gmsaCredentialSpecName string p
 hostProcess bool p
 runAsUserName string p
type discovery.v1.Endpoint
 addresses [=]string w!
 conditions @discovery.v1.EndpointConditions v
 deprecatedTopology {}string
 hints @discovery.v1.EndpointHints p
 hostname string p
 nodeName string p
 targetRef @core.v1.ObjectReference p
 zone string p
type discovery.v1.EndpointConditions
 ready bool p
 serving bool p
 terminating bool p
type discovery.v1.EndpointHints
 forNodes []@discovery.v1.ForNode
 forZones []@discovery.v1.ForZone
type discovery.v1.EndpointPort a
 appProtocol string p
 name string p
 port int32 p
 protocol string p
type discovery.v1.EndpointSlice
 addressType string w! =""
 apiVersion string
 endpoints []@discovery.v1.Endpoint w
 kind string
 metadata @meta.v1.ObjectMeta v
 ports []@discovery.v1.EndpointPort w
type discovery.v1.ForNode
 name string w! =""
type discovery.v1.ForZone
 name string w! =""
type events.v1.Event
 action string
 apiVersion string
 deprecatedCount int32
 deprecatedFirstTimestamp @meta.v1.Time w
 deprecatedLastTimestamp @meta.v1.Time w
 deprecatedSource @core.v1.EventSource v
 eventTime @meta.v1.MicroTime w!
 kind string
 metadata @meta.v1.ObjectMeta v
 note string
 reason string
 regarding @core.v1.ObjectReference v
 related @core.v1.ObjectReference p
 reportingController string
 reportingInstance string
 series @events.v1.EventSeries p
 type string
type events.v1.EventSeries
 count int32 w! =0
 lastObservedTime @meta.v1.MicroTime w!
type flowcontrol.v1.ExemptPriorityLevelConfiguration
 lendablePercent int32 p
 nominalConcurrencyShares int32 p
type flowcontrol.v1.FlowDistinguisherMethod
 type string w! =""
type flowcontrol.v1.FlowSchema
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @flowcontrol.v1.FlowSchemaSpec v
 status @flowcontrol.v1.FlowSchemaStatus v
type flowcontrol.v1.FlowSchemaCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string
 type string
type flowcontrol.v1.FlowSchemaSpec
 distinguisherMethod @flowcontrol.v1.FlowDistinguisherMethod p
 matchingPrecedence int32 w =0
 priorityLevelConfiguration @flowcontrol.v1.PriorityLevelConfigurationReference v!
 rules []@flowcontrol.v1.PolicyRulesWithSubjects
type flowcontrol.v1.FlowSchemaStatus
 conditions [type]@flowcontrol.v1.FlowSchemaCondition ~merge:type
type flowcontrol.v1.GroupSubject
 name string w! =""
type flowcontrol.v1.LimitResponse
 queuing @flowcontrol.v1.QueuingConfiguration p
 type string w! =""
type flowcontrol.v1.LimitedPriorityLevelConfiguration
 borrowingLimitPercent int32 p
 lendablePercent int32 p
 limitResponse @flowcontrol.v1.LimitResponse v
 nominalConcurrencyShares int32 w
type flowcontrol.v1.NonResourcePolicyRule
 nonResourceURLs [=]string w!
 verbs [=]string w!
type flowcontrol.v1.PolicyRulesWithSubjects
 nonResourceRules []@flowcontrol.v1.NonResourcePolicyRule
 resourceRules []@flowcontrol.v1.ResourcePolicyRule
 subjects []@flowcontrol.v1.Subject w!
type flowcontrol.v1.PriorityLevelConfiguration
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @flowcontrol.v1.PriorityLevelConfigurationSpec v
 status @flowcontrol.v1.PriorityLevelConfigurationStatus v
type flowcontrol.v1.PriorityLevelConfigurationCondition
 lastTransitionTime @meta.v1.Time w
 message string
 reason string
 status string
 type string
type flowcontrol.v1.PriorityLevelConfigurationReference
 name string w! =""
type flowcontrol.v1.PriorityLevelConfigurationSpec
 exempt @flowcontrol.v1.ExemptPriorityLevelConfiguration p
 limited @flowcontrol.v1.LimitedPriorityLevelConfiguration p
 type string w! =""
type flowcontrol.v1.PriorityLevelConfigurationStatus
 conditions [type]@flowcontrol.v1.PriorityLevelConfigurationCondition ~merge:type
type flowcontrol.v1.QueuingConfiguration
 handSize int32 w =0
 queueLengthLimit int32 w =0
 queues int32 w =0
type flowcontrol.v1.ResourcePolicyRule
 apiGroups [=]string w!
 clusterScope bool
 namespaces [=]string w
 resources [=]string w!
 verbs [=]string w!
type flowcontrol.v1.ServiceAccountSubject
 name string w! =""
 namespace string w! =""
type flowcontrol.v1.Subject
 group @flowcontrol.v1.GroupSubject p
 kind string w! =""
 serviceAccount @flowcontrol.v1.ServiceAccountSubject p
 user @flowcontrol.v1.UserSubject p
type flowcontrol.v1.UserSubject
 name string w! =""
type meta.v1.Condition
 lastTransitionTime @meta.v1.Time w!
 message string w! =""
 observedGeneration int64
 reason string w! =""
 status string w! =""
 type string w! =""
type meta.v1.DeleteOptions
 apiVersion string
 dryRun []string
 gracePeriodSeconds int64 p
 ignoreStoreReadErrorWithClusterBreakingPotential bool p
 kind string
 orphanDependents bool p
 preconditions @meta.v1.Preconditions p
 propagationPolicy string p
type meta.v1.FieldSelectorRequirement
 key string w! =""
 operator string w! =""
 values []string
alias meta.v1.FieldsV1 any
type meta.v1.LabelSelector a
 matchExpressions []@meta.v1.LabelSelectorRequirement
 matchLabels {}string
type meta.v1.LabelSelectorRequirement
 key string w! =""
 operator string w! =""
 values []string
type meta.v1.ManagedFieldsEntry
 apiVersion string
 fieldsType string
 fieldsV1 @meta.v1.FieldsV1 p
 manager string
 operation string
 subresource string
 time @meta.v1.Time p
alias meta.v1.MicroTime microtime
type meta.v1.ObjectMeta
 annotations {}string
 creationTimestamp @meta.v1.Time
 deletionGracePeriodSeconds int64 p
 deletionTimestamp @meta.v1.Time p
 finalizers [=]string ~merge
 generateName string
 generation int64
 labels {}string
 managedFields []@meta.v1.ManagedFieldsEntry
 name string
 namespace string
 ownerReferences [uid]@meta.v1.OwnerReference ~merge:uid
 resourceVersion string
 selfLink string
 uid string
type meta.v1.OwnerReference a
 apiVersion string w! =""
 blockOwnerDeletion bool p
 controller bool p
 kind string w! =""
 name string w! =""
 uid string w! =""
type meta.v1.Preconditions
 resourceVersion string p
 uid string p
alias meta.v1.Time time
type networking.v1.HTTPIngressPath
 backend @networking.v1.IngressBackend v!
 path string
 pathType string w!
type networking.v1.HTTPIngressRuleValue
 paths []@networking.v1.HTTPIngressPath w!
type networking.v1.IPAddress
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @networking.v1.IPAddressSpec v!
type networking.v1.IPAddressSpec
 parentRef @networking.v1.ParentReference p!
type networking.v1.IPBlock
 cidr string w! =""
 except []string
type networking.v1.Ingress
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @networking.v1.IngressSpec v
 status @networking.v1.IngressStatus v
type networking.v1.IngressBackend
 resource @core.v1.TypedLocalObjectReference p
 service @networking.v1.IngressServiceBackend p
type networking.v1.IngressClass
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @networking.v1.IngressClassSpec v
type networking.v1.IngressClassParametersReference
 apiGroup string p
 kind string w! =""
 name string w! =""
 namespace string p
 scope string w
type networking.v1.IngressClassSpec
 controller string
 parameters @networking.v1.IngressClassParametersReference p
type networking.v1.IngressLoadBalancerIngress
 hostname string
 ip string
 ports []@networking.v1.IngressPortStatus
type networking.v1.IngressLoadBalancerStatus
 ingress []@networking.v1.IngressLoadBalancerIngress
type networking.v1.IngressPortStatus
 error string p
 port int32 w! =0
 protocol string w! =""
type networking.v1.IngressRule
 host string
 http @networking.v1.HTTPIngressRuleValue p
type networking.v1.IngressServiceBackend
 name string w! =""
 port @networking.v1.ServiceBackendPort v
type networking.v1.IngressSpec
 defaultBackend @networking.v1.IngressBackend p
 ingressClassName string p
 rules []@networking.v1.IngressRule
 tls []@networking.v1.IngressTLS
type networking.v1.IngressStatus
 loadBalancer @networking.v1.IngressLoadBalancerStatus v
type networking.v1.IngressTLS
 hosts []string
 secretName string
type networking.v1.NetworkPolicy
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @networking.v1.NetworkPolicySpec v
type networking.v1.NetworkPolicyEgressRule
 ports []@networking.v1.NetworkPolicyPort
 to []@networking.v1.NetworkPolicyPeer
type networking.v1.NetworkPolicyIngressRule
 from []@networking.v1.NetworkPolicyPeer
 ports []@networking.v1.NetworkPolicyPort
type networking.v1.NetworkPolicyPeer
 ipBlock @networking.v1.IPBlock p
 namespaceSelector @meta.v1.LabelSelector p
 podSelector @meta.v1.LabelSelector p
type networking.v1.NetworkPolicyPort
 endPort int32 p
 port @util.intstr.IntOrString p
 protocol string p
type networking.v1.NetworkPolicySpec
 egress []@networking.v1.NetworkPolicyEgressRule
 ingress []@networking.v1.NetworkPolicyIngressRule
 podSelector @meta.v1.LabelSelector v
 policyTypes []string
type networking.v1.ParentReference
 group string
 name string !
 namespace string
 resource string !
type networking.v1.ServiceBackendPort a
 name string
 number int32
type networking.v1.ServiceCIDR
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @networking.v1.ServiceCIDRSpec v
 status @networking.v1.ServiceCIDRStatus v
type networking.v1.ServiceCIDRSpec
 cidrs []string
type networking.v1.ServiceCIDRStatus
 conditions [type]@meta.v1.Condition ~merge:type
type node.v1.Overhead
 podFixed {}@api.resource.Quantity
type node.v1.RuntimeClass
 apiVersion string
 handler string w! =""
 kind string
 metadata @meta.v1.ObjectMeta v
 overhead @node.v1.Overhead p
 scheduling @node.v1.Scheduling p
type node.v1.Scheduling
 nodeSelector {a}string
 tolerations []@core.v1.Toleration
type policy.v1.Eviction
 apiVersion string
 deleteOptions @meta.v1.DeleteOptions p
 kind string
 metadata @meta.v1.ObjectMeta v
type policy.v1.PodDisruptionBudget
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @policy.v1.PodDisruptionBudgetSpec v
 status @policy.v1.PodDisruptionBudgetStatus v
type policy.v1.PodDisruptionBudgetSpec
 maxUnavailable @util.intstr.IntOrString p
 minAvailable @util.intstr.IntOrString p
 selector @meta.v1.LabelSelector p ~replace
 unhealthyPodEvictionPolicy string p
type policy.v1.PodDisruptionBudgetStatus
 conditions [type]@meta.v1.Condition ~merge:type
 currentHealthy int32 w =0
 desiredHealthy int32 w =0
 disruptedPods {}@meta.v1.Time
 disruptionsAllowed int32 w =0
 expectedPods int32 w =0
 observedGeneration int64
type rbac.v1.AggregationRule
 clusterRoleSelectors []@meta.v1.LabelSelector
type rbac.v1.ClusterRole
 aggregationRule @rbac.v1.AggregationRule p
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 rules []@rbac.v1.PolicyRule w
type rbac.v1.ClusterRoleBinding
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 roleRef @rbac.v1.RoleRef v!
 subjects []@rbac.v1.Subject
type rbac.v1.PolicyRule
 apiGroups []string
 nonResourceURLs []string
 resourceNames []string
 resources []string
 verbs []string w!
type rbac.v1.Role
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 rules []@rbac.v1.PolicyRule w
type rbac.v1.RoleBinding
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 roleRef @rbac.v1.RoleRef v!
 subjects []@rbac.v1.Subject
type rbac.v1.RoleRef a
 apiGroup string w =""
 kind string w! =""
 name string w! =""
type rbac.v1.Subject a
 apiGroup string
 kind string w! =""
 name string w! =""
 namespace string
type resource.v1.AllocatedDeviceStatus
 conditions [type]@meta.v1.Condition w
 data @runtime.RawExtension p
 device string w! =""
 driver string w! =""
 networkData @resource.v1.NetworkDeviceData p
 pool string w! =""
 shareID string p
type resource.v1.AllocationResult
 allocationTimestamp @meta.v1.Time p
 devices @resource.v1.DeviceAllocationResult v
 nodeSelector @core.v1.NodeSelector p
type resource.v1.CELDeviceSelector
 expression string w! =""
type resource.v1.CapacityRequestPolicy
 default @api.resource.Quantity w
 validRange @resource.v1.CapacityRequestPolicyRange p
 validValues []@api.resource.Quantity
type resource.v1.CapacityRequestPolicyRange
 max @api.resource.Quantity p
 min @api.resource.Quantity p!
 step @api.resource.Quantity p
type resource.v1.CapacityRequirements
 requests {}@api.resource.Quantity
type resource.v1.Counter
 value @api.resource.Quantity w!
type resource.v1.CounterSet
 counters {}@resource.v1.Counter !
 name string w! =""
type resource.v1.Device
 allNodes bool p
 allowMultipleAllocations bool p
 attributes {}@resource.v1.DeviceAttribute
 bindingConditions []string
 bindingFailureConditions []string
 bindsToNode bool p
 capacity {}@resource.v1.DeviceCapacity
 consumesCounters []@resource.v1.DeviceCounterConsumption
 name string w! =""
 nodeAllocatableResourceMappings {}@resource.v1.NodeAllocatableResourceMapping
 nodeName string p
 nodeSelector @core.v1.NodeSelector p
 taints []@resource.v1.DeviceTaint
type resource.v1.DeviceAllocationConfiguration
 opaque @resource.v1.OpaqueDeviceConfiguration p
 requests []string
 source string w! =""
type resource.v1.DeviceAllocationResult
 config []@resource.v1.DeviceAllocationConfiguration
 results []@resource.v1.DeviceRequestAllocationResult
type resource.v1.DeviceAttribute
 bool bool p
 bools []bool
 int int64 p
 ints []int64
 string string p
 strings []string
 version string p
 versions []string
type resource.v1.DeviceCapacity
 requestPolicy @resource.v1.CapacityRequestPolicy p
 value @api.resource.Quantity w!
type resource.v1.DeviceClaim
 config []@resource.v1.DeviceClaimConfiguration
 constraints []@resource.v1.DeviceConstraint
 requests []@resource.v1.DeviceRequest w
type resource.v1.DeviceClaimConfiguration
 opaque @resource.v1.OpaqueDeviceConfiguration p
 requests []string
type resource.v1.DeviceClass
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @resource.v1.DeviceClassSpec v!
type resource.v1.DeviceClassConfiguration
 opaque @resource.v1.OpaqueDeviceConfiguration p
type resource.v1.DeviceClassSpec
 config []@resource.v1.DeviceClassConfiguration
 extendedResourceName string p
 selectors []@resource.v1.DeviceSelector
type resource.v1.DeviceConstraint
 distinctAttribute string p
 matchAttribute string p
 requests []string
type resource.v1.DeviceCounterConsumption
 counterSet string w! =""
 counters {}@resource.v1.Counter !
type resource.v1.DeviceRequest
 exactly @resource.v1.ExactDeviceRequest p
 firstAvailable []@resource.v1.DeviceSubRequest
 name string w! =""
type resource.v1.DeviceRequestAllocationResult
 adminAccess bool p
 bindingConditions []string
 bindingFailureConditions []string
 consumedCapacity {}@api.resource.Quantity
 device string w! =""
 driver string w! =""
 pool string w! =""
 request string w! =""
 shareID string p
 tolerations []@resource.v1.DeviceToleration
type resource.v1.DeviceSelector
 cel @resource.v1.CELDeviceSelector p
type resource.v1.DeviceSubRequest
 allocationMode string
 capacity @resource.v1.CapacityRequirements p
 count int64
 deviceClassName string w! =""
 name string w! =""
 selectors []@resource.v1.DeviceSelector
 tolerations []@resource.v1.DeviceToleration
type resource.v1.DeviceTaint
 effect string w! =""
 key string w! =""
 timeAdded @meta.v1.Time p
 value string
type resource.v1.DeviceToleration
 effect string
 key string
 operator string ="Equal"
 tolerationSeconds int64 p
 value string
type resource.v1.ExactDeviceRequest
 adminAccess bool p
 allocationMode string
 capacity @resource.v1.CapacityRequirements p
 count int64
 deviceClassName string w! =""
 selectors []@resource.v1.DeviceSelector
 tolerations []@resource.v1.DeviceToleration
type resource.v1.NetworkDeviceData
 hardwareAddress string
 interfaceName string
 ips []string
type resource.v1.NodeAllocatableResourceMapping
 allocationMultiplier @api.resource.Quantity p
 capacityKey string p
type resource.v1.OpaqueDeviceConfiguration
 driver string w! =""
 parameters @runtime.RawExtension v!
type resource.v1.ResourceClaim
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @resource.v1.ResourceClaimSpec v!
 status @resource.v1.ResourceClaimStatus v
type resource.v1.ResourceClaimConsumerReference
 apiGroup string
 name string w! =""
 resource string w! =""
 uid string w! =""
type resource.v1.ResourceClaimSpec
 devices @resource.v1.DeviceClaim v
type resource.v1.ResourceClaimStatus
 allocation @resource.v1.AllocationResult p
 devices [driver,device,pool,shareID]@resource.v1.AllocatedDeviceStatus
 reservedFor [uid]@resource.v1.ResourceClaimConsumerReference ~merge:uid
type resource.v1.ResourceClaimTemplate
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @resource.v1.ResourceClaimTemplateSpec v!
type resource.v1.ResourceClaimTemplateSpec
 metadata @meta.v1.ObjectMeta v
 spec @resource.v1.ResourceClaimSpec v!
type resource.v1.ResourcePool
 generation int64 w! =0
 name string w! =""
 resourceSliceCount int64 w! =0
type resource.v1.ResourceSlice
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @resource.v1.ResourceSliceSpec v!
type resource.v1.ResourceSliceSpec
 allNodes bool p
 devices []@resource.v1.Device
 driver string w! =""
 nodeName string p
 nodeSelector @core.v1.NodeSelector p
 perDeviceNodeSelection bool p
 pool @resource.v1.ResourcePool v!
 sharedCounters []@resource.v1.CounterSet
alias runtime.RawExtension raw
type scheduling.v1.PriorityClass
 apiVersion string
 description string
 globalDefault bool
 kind string
 metadata @meta.v1.ObjectMeta v
 preemptionPolicy string p
 value int32 w =0
type storage.v1.CSIDriver
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @storage.v1.CSIDriverSpec v!
type storage.v1.CSIDriverSpec
 attachRequired bool p
 fsGroupPolicy string p
 nodeAllocatableUpdatePeriodSeconds int64 p
 podInfoOnMount bool p
 preventPodSchedulingIfMissing bool p
 requiresRepublish bool p
 seLinuxMount bool p
 serviceAccountTokenInSecrets bool p
 storageCapacity bool p
 tokenRequests []@storage.v1.TokenRequest
 volumeLifecycleModes [=]string
type storage.v1.CSINode
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @storage.v1.CSINodeSpec v!
type storage.v1.CSINodeDriver
 allocatable @storage.v1.VolumeNodeResources p
 name string w! =""
 nodeID string w! =""
 topologyKeys []string w
type storage.v1.CSINodeSpec
 drivers [name]@storage.v1.CSINodeDriver w! ~merge:name
type storage.v1.CSIStorageCapacity
 apiVersion string
 capacity @api.resource.Quantity p
 kind string
 maximumVolumeSize @api.resource.Quantity p
 metadata @meta.v1.ObjectMeta v
 nodeTopology @meta.v1.LabelSelector p
 storageClassName string w! =""
type storage.v1.StorageClass
 allowVolumeExpansion bool p
 allowedTopologies []@core.v1.TopologySelectorTerm
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 mountOptions []string
 parameters {}string
 provisioner string w! =""
 reclaimPolicy string p
 volumeBindingMode string p
type storage.v1.TokenRequest
 audience string w! =""
 expirationSeconds int64 p
type storage.v1.VolumeAttachment
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta v
 spec @storage.v1.VolumeAttachmentSpec v!
 status @storage.v1.VolumeAttachmentStatus v
type storage.v1.VolumeAttachmentSource
 inlineVolumeSpec @core.v1.PersistentVolumeSpec p
 persistentVolumeName string p
type storage.v1.VolumeAttachmentSpec
 attacher string w! =""
 nodeName string w! =""
 source @storage.v1.VolumeAttachmentSource v!
type storage.v1.VolumeAttachmentStatus
 attachError @storage.v1.VolumeError p
 attached bool w! =false
 attachmentMetadata {}string
 detachError @storage.v1.VolumeError p
type storage.v1.VolumeAttributesClass
 apiVersion string
 driverName string w! =""
 kind string
 metadata @meta.v1.ObjectMeta v
 parameters {}string
type storage.v1.VolumeError
 errorCode int32 p
 message string
 time @meta.v1.Time w
type storage.v1.VolumeNodeResources
 count int32 p
alias util.intstr.IntOrString intstr
"""#
