// Small objects and planners for tests that need no recorded case.

import KubernetesModel
import Planning
import StructuredData
import Testing

enum Samples {
    static let resources = [
        resource("", "v1", "Namespace", "namespaces", namespaced: false), resource("", "v1", "ConfigMap", "configmaps"),
        resource("", "v1", "Secret", "secrets"), resource("", "v1", "Service", "services"),
        resource("", "v1", "ServiceAccount", "serviceaccounts"), resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
        resource("", "v1", "EndpointSlice", "endpointslices"), resource("", "v1", "Pod", "pods"),
        resource("", "v1", "LimitRange", "limitranges"), resource("", "v1", "ResourceQuota", "resourcequotas"),
        resource("apps", "v1", "Deployment", "deployments"),
        resource("rbac.authorization.k8s.io", "v1", "Role", "roles"),
        resource("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", namespaced: false),
        resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
        resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced: false),
        resource(
            "admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", namespaced: false),
        resource("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", namespaced: false),
        resource("belay.dev", "v1alpha1", "Application", "applications"),
    ]

    static func resource(_ group: String, _ version: String, _ kind: String, _ plural: String, namespaced: Bool = true) -> APIResource {
        APIResource(
            groupVersionKind: GroupVersionKind(group: group, version: version, kind: kind), resource: plural, namespaced: namespaced)
    }

    static func application(_ name: String = "demo", _ edit: (inout Application) -> Void = { _ in }) -> Application {
        var application = Application(
            namespace: "apps", name: name, source: .init(repoURL: "https://git.example.com/demo.git", path: "deploy"),
            destination: .init(namespace: "demo"))
        edit(&application)
        return application
    }

    /// Objects of a YAML text, with the namespace `demo` where the kind has one and none is given.
    static func desired(_ yaml: String, file: String = "app.yaml") throws -> [DesiredObject] {
        try YAML.read(Array(yaml.utf8), file: file).map { document in
            var object = Unstructured(document.value)
            let kind = try #require(object.groupVersionKind)
            let isNamespaced = resources.first { $0.groupVersionKind.groupKind == kind.groupKind }?.namespaced ?? true
            if isNamespaced && object.namespace == nil { object.namespace = "demo" }
            return DesiredObject(
                object: object, key: try #require(object.key), groupVersionKind: kind, location: document.location, document: document)
        }
    }

    static func object(_ yaml: String) throws -> Unstructured {
        Unstructured(try #require(YAML.read(Array(yaml.utf8), file: "live.yaml").first?.value))
    }

    /// A member as Belay would have written it: label, annotations, our entry in managedFields.
    static func member(
        _ kind: String, _ name: String, namespace: String? = "demo", apiVersion: String = "v1", uid: String? = nil,
        application: Application = application(), annotations: [String: String] = [:]
    ) -> Unstructured {
        var object = Unstructured(["apiVersion": .string(apiVersion), "kind": .string(kind)])
        object.value.set(.string(name), at: ["metadata", "name"])
        object.namespace = namespace
        object.value.set(.string(uid ?? "00000000-0000-4000-8000-\(hex(name))"), at: ["metadata", "uid"])
        object.value.set("7", at: ["metadata", "resourceVersion"])
        object.setLabel(Tracking.partOf, ApplySet.id(of: application))
        object.setAnnotation(Tracking.application, application.reference)
        object.setAnnotation(Tracking.source, "deploy/\(name).yaml")
        for (key, text) in annotations.sorted(by: { $0.key < $1.key }) { object.setAnnotation(key, text) }
        object.value.set(
            [
                [
                    "manager": .string(FieldManager.name(for: application)), "operation": "Apply", "apiVersion": .string(apiVersion),
                    "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
                    "fieldsV1": ["f:metadata": ["f:labels": ["f:applyset.kubernetes.io/part-of": [:]]]],
                ]
            ], at: ["metadata", "managedFields"])
        return object
    }

    private static func hex(_ name: String) -> String {
        Digest(of: Array(name.utf8)).description.prefix(12).description
    }

    static func parent(of application: Application = application()) -> Unstructured {
        let contents = ApplySetParent.Contents(
            groupKinds: [GroupKind(group: "", kind: "ConfigMap")], namespaces: ["demo"], sources: [application.source.identity], lease: nil,
            records: RecordTable([:]), runs: [])
        var object = Unstructured(ApplySetParent.bodies(of: contents, application: application, previous: nil)[0])
        object.value.set("1", at: ["metadata", "resourceVersion"])
        return object
    }

    /// A planner over these members; desired objects that are no members do not exist.
    static func planner(
        _ yaml: String = "", members: [Unstructured] = [], application: Application = application(),
        _ edit: (inout ObservedState) -> Void = { _ in }, options: Planner.Options = .init(), claimed: Set<ObjectKey> = []
    ) throws -> Planner {
        let objects = try desired(yaml)
        var observed = ObservedState(discovery: Discovery(resources: resources))
        observed.parent = parent(of: application)
        for member in members { observed.members[try #require(member.key)] = member }
        for object in objects where observed.members[object.key] == nil { observed.others[object.key] = .absent }
        observed.namespaces["demo"] = .active
        edit(&observed)
        return Planner(
            desired: DesiredState(application: application, revision: "main@sha1:1", treeID: "tree", objects: objects), observed: observed,
            claimedElsewhere: claimed, redactionKey: RecordedCase.redactionKey, options: options)
    }

    static func key(_ kind: String, _ name: String, group: String = "", namespace: String? = "demo") -> ObjectKey {
        ObjectKey(groupKind: GroupKind(group: group, kind: kind), namespace: namespace, name: name)
    }

    static func configMap(_ name: String, _ value: String = "1", annotations: String = "") -> String {
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(name)\n"
            + (annotations.isEmpty ? "" : "  annotations: {\(annotations)}\n")
            + "data: {a: \"\(value)\"}\n"
    }
}

extension Plan {
    func row(_ kind: String, _ name: String) throws -> PlannedOperation {
        try #require(operations.first { $0.key.kind == kind && $0.key.name == name })
    }
}
