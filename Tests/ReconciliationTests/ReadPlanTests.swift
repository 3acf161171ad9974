// Which lists and look-ups tell the live state of an Application: decided before anything is sent.

import KubernetesModel
import Planning
import StructuredData
import Testing

@testable import Reconciliation

@Suite struct ReadPlanTests {
    private static let resources = [
        APIResource(groupVersionKind: .init(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true),
        APIResource(groupVersionKind: .init(group: "", version: "v1", kind: "Namespace"), resource: "namespaces", namespaced: false),
        APIResource(groupVersionKind: .init(group: "apps", version: "v1", kind: "Deployment"), resource: "deployments", namespaced: true),
        APIResource(
            groupVersionKind: .init(group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler"),
            resource: "horizontalpodautoscalers", namespaced: true),
        APIResource(
            groupVersionKind: .init(group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler"),
            resource: "horizontalpodautoscalers", namespaced: true),
        APIResource(
            groupVersionKind: .init(group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview"),
            resource: "subjectaccessreviews", namespaced: false, verbs: ["create"]),
    ]
    private let discovery = Discovery(resources: resources, incompleteGroups: ["metrics.example.com"])

    private func object(_ kind: String, _ name: String, apiVersion: String = "v1", namespace: String? = "shop") -> DesiredObject {
        let gvk = GroupVersionKind(apiVersion: apiVersion, kind: kind) ?? GroupVersionKind(group: "", version: "v1", kind: kind)
        return DesiredObject(
            object: Unstructured(["apiVersion": .string(apiVersion), "kind": .string(kind)]),
            key: ObjectKey(groupKind: gvk.groupKind, namespace: namespace, name: name), groupVersionKind: gvk,
            location: SourceLocation(file: "a.yaml"))
    }

    private func lists(_ plan: ReadPlan) -> [String] {
        plan.lists.map { "\($0.resource.groupVersionKind.apiVersion) \($0.resource.resource) \($0.namespace ?? "*")" }
    }

    @Test func oneListForEachKindAndNamespace() {
        let plan = ReadPlan(
            desired: [
                object("ConfigMap", "a"), object("ConfigMap", "b", namespace: "api"), object("Deployment", "w", apiVersion: "apps/v1"),
            ],
            kinds: [GroupKind(group: "", kind: "ConfigMap"), GroupKind(group: "", kind: "Namespace")], namespaces: ["shop"],
            discovery: discovery)
        #expect(
            lists(plan) == [
                "v1 configmaps api", "v1 configmaps shop", "apps/v1 deployments api", "apps/v1 deployments shop", "v1 namespaces *",
            ])
        #expect(plan.unlisted.isEmpty)
    }

    @Test func moreThanEightNamespacesAreReadClusterWide() {
        let eight = (1...8).map { object("ConfigMap", "a", namespace: "n\($0)") }
        #expect(ReadPlan(desired: eight, kinds: [], namespaces: [], discovery: discovery).lists.count == 8)
        let nine = eight + [object("ConfigMap", "a", namespace: "n9")]
        #expect(lists(ReadPlan(desired: nine, kinds: [], namespaces: [], discovery: discovery)) == ["v1 configmaps *"])
    }

    @Test func kindsAreReadInTheVersionOfGit() {
        let plan = ReadPlan(
            desired: [object("HorizontalPodAutoscaler", "a", apiVersion: "autoscaling/v1")], kinds: [], namespaces: [],
            discovery: discovery)
        #expect(lists(plan) == ["autoscaling/v1 horizontalpodautoscalers shop"])
    }

    @Test func kindsThatGitDroppedAreReadInThePreferredVersion() {
        let plan = ReadPlan(
            desired: [], kinds: [GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")], namespaces: ["shop"],
            discovery: discovery)
        #expect(lists(plan) == ["autoscaling/v2 horizontalpodautoscalers shop"])
    }

    @Test func whatCannotBeListedIsNamed() {
        let plan = ReadPlan(
            desired: [object("SubjectAccessReview", "a", apiVersion: "authorization.k8s.io/v1", namespace: nil)],
            kinds: [GroupKind(group: "gone.example.com", kind: "Widget"), GroupKind(group: "metrics.example.com", kind: "PodMetrics")],
            namespaces: [], discovery: discovery)
        #expect(plan.lists.isEmpty)
        #expect(
            plan.unlisted.map(\.reason) == [
                "SubjectAccessReview.authorization.k8s.io cannot be listed", "the API server does not serve Widget.gone.example.com",
                "the API group metrics.example.com does not answer",
            ])
    }

    private func questions(_ objects: [DesiredObject], readable: Bool = true) -> [String] {
        ExistenceQuestion.questions(for: objects, discovery: discovery) { _, _ in readable }.map { question in
            switch question {
            case .get(let objects, let resource): "get \(objects.count) \(resource.resource)"
            case .list(let objects, let resource, let namespace): "list \(objects.count) \(resource.resource) \(namespace ?? "*")"
            }
        }
    }

    @Test func twentyAreReadOneByOneAndMoreAreListed() {
        let twenty = (1...20).map { object("ConfigMap", "c\($0)") }
        let deployment = object("Deployment", "w", apiVersion: "apps/v1")
        #expect(questions(twenty + [deployment]) == ["get 20 configmaps", "get 1 deployments"])
        #expect(questions(twenty + [object("ConfigMap", "c21")]) == ["list 21 configmaps shop"])
        #expect(questions(twenty + [object("ConfigMap", "c21", namespace: "api")]) == ["get 20 configmaps", "get 1 configmaps"])
        #expect(questions(twenty + [object("ConfigMap", "c21")], readable: false) == ["get 21 configmaps"])
    }

    @Test func aScopeCoversItsObjects() {
        let scope = ObservedState.UnlistedScope(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: "shop", reason: "forbidden")
        #expect(scope.covers(object("ConfigMap", "a").key))
        #expect(!scope.covers(object("ConfigMap", "a", namespace: "api").key))
        #expect(!scope.covers(object("Secret", "a").key))
    }
}
