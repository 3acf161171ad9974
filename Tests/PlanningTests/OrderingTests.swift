// The order of writes.

import KubernetesModel
import Planning
import StructuredData
import Testing

struct OrderingTests {
    static let everything = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: hook}
        webhooks: [{name: a.b.c, clientConfig: {service: {namespace: demo, name: web}}}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              serviceAccountName: robot
              imagePullSecrets: [{name: pull}]
              containers:
              - name: web
                envFrom: [{configMapRef: {name: conf}}]
                env: [{name: A, valueFrom: {secretKeyRef: {name: creds, key: a}}}]
              volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: robot}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: robot}
        subjects: [{kind: ServiceAccount, name: robot}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: robot}
        ---
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: creds}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: pull}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: unrelated}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: conf}}
        ---
        {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: web}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: demo}}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, kind: Widget}
          versions: [{name: v1, served: true, storage: true}]
        ---
        {apiVersion: example.com/v1, kind: Widget, metadata: {name: w}}
        """

    private func plan(_ yaml: String) throws -> Plan { try Samples.planner(yaml).plan([:]) }

    @Test func prerequisitesComeFirst() throws {
        let plan = try plan(Self.everything)
        let deployment = try plan.row("Deployment", "web")
        #expect(
            Set(deployment.dependencies.map(\.description)) == [
                "Namespace demo", "ServiceAccount demo/robot", "RoleBinding demo/robot", "Secret demo/creds", "Secret demo/pull",
                "ConfigMap demo/conf", "PersistentVolumeClaim demo/data",
            ])
        let stages = Dictionary(uniqueKeysWithValues: plan.operations.map { ($0.key, $0.stage) })
        for row in plan.operations {
            for need in row.dependencies { #expect(stages[need, default: .max] < row.stage, "\(row.key) needs \(need)") }
        }
        #expect(try plan.row("RoleBinding", "robot").dependencies.map(\.kind).sorted() == ["Namespace", "Role", "ServiceAccount"])
        #expect(try plan.row("Widget", "w").dependencies.map(\.kind).sorted() == ["CustomResourceDefinition", "Namespace"])
        let hook = try plan.row("ValidatingWebhookConfiguration", "hook")
        #expect(plan.operations.allSatisfy { $0.key == hook.key || $0.stage < hook.stage })
        #expect(try plan.row("Secret", "unrelated").stage == 1)
        #expect(try plan.row("Widget", "w").isUnverified)
        #expect(try plan.row("Widget", "w").resource?.resource == "widgets")
    }

    @Test func whatGuardsAdmissionComesAfterWhatItWouldJudge() throws {
        let group = "admissionregistration.k8s.io"
        let kinds = [
            "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
        ]
        let policies = kinds.map { "{apiVersion: \(group)/v1, kind: \($0), metadata: {name: a}}\n---\n" }.joined()
        let definition =
            "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, "
            + "spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true}]}}\n---\n"
        let plan = try plan(policies + definition + "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}}")
        for kind in kinds {
            let policy = try plan.row(kind, "a")
            #expect(plan.operations.allSatisfy { $0.key.group == group || $0.stage < policy.stage }, "\(kind)")
        }
    }

    @Test func anAccountsTokenComesAfterItsAccount() throws {
        let plan = try plan(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: a-token, annotations: {kubernetes.io/service-account.name: robot}}
            type: kubernetes.io/service-account-token
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: pull}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}, secrets: [{name: a-token}], imagePullSecrets: [{name: pull}]}
            """)
        #expect(try plan.row("Secret", "a-token").dependencies.map(\.description) == ["ServiceAccount demo/robot"])
        #expect(try plan.row("ServiceAccount", "robot").dependencies.map(\.description) == ["Secret demo/pull"])
    }

    @Test func limitsOfANamespaceComeBeforeWhatTheyBound() throws {
        let plan = try plan(
            """
            {apiVersion: v1, kind: LimitRange, metadata: {name: limits}}
            ---
            {apiVersion: v1, kind: ResourceQuota, metadata: {name: quota}}
            ---
            {apiVersion: v1, kind: ResourceQuota, metadata: {name: elsewhere, namespace: other}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: pod}, spec: {containers: [{name: a}]}}
            ---
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: a}]}}}}
            ---
            {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: web}}
            """)
        for (kind, name) in [("Pod", "pod"), ("Deployment", "web"), ("PersistentVolumeClaim", "data")] {
            let row = try plan.row(kind, name)
            #expect(row.dependencies.map(\.description) == ["LimitRange demo/limits", "ResourceQuota demo/quota"])
            #expect(try plan.row("LimitRange", "limits").stage < row.stage)
        }
        #expect(try plan.row("Service", "web").dependencies.isEmpty)
    }

    @Test func wavesComeOnTop() throws {
        let plan = try plan(
            Samples.configMap("late", annotations: "belay.dev/wave: \"2\"")
                + Samples.configMap("early", annotations: "belay.dev/wave: \"-3\"")
                + Samples.configMap("middle") + Samples.configMap("odd", annotations: "belay.dev/wave: soon"))
        #expect(plan.operations.map(\.key.name) == ["early", "middle", "odd", "late"])
        #expect(plan.operations.map(\.stage) == [0, 1, 1, 2])
        #expect(plan.warnings.contains { $0.contains("ConfigMap") && $0.contains("soon") })
    }

    @Test func aDefinitionOfALaterWaveComesWithItsFirstResource() throws {
        let plan = try plan(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com, annotations: {belay.dev/wave: "5"}}
            spec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true}]}
            ---
            {apiVersion: example.com/v1, kind: Widget, metadata: {name: w}}
            """)
        #expect(try plan.row("CustomResourceDefinition", "widgets.example.com").stage < plan.row("Widget", "w").stage)
    }

    @Test func aSecretOfALaterWaveIsNotWaitedFor() throws {
        let plan = try plan(
            """
            {apiVersion: v1, kind: Secret, metadata: {name: creds, annotations: {belay.dev/wave: "1"}}}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: a, envFrom: [{secretRef: {name: creds}}]}]}}}
            """)
        #expect(try plan.row("Deployment", "web").dependencies.isEmpty)
        #expect(try plan.row("Deployment", "web").stage < plan.row("Secret", "creds").stage)
    }

    @Test func cyclesAreOpenedTheSameWayEachTime() throws {
        // A service account that names a secret, and a secret of that account's kind of name in a binding, do not make a cycle;
        // two definitions that define each other's kind do.
        let yaml = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: a}
            spec: {group: apiextensions.k8s.io, names: {kind: CustomResourceDefinition}}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: b}
            spec: {group: apiextensions.k8s.io, names: {kind: CustomResourceDefinition}}
            """
        let stages = try plan(yaml).operations.map(\.stage)
        #expect(stages.count == 2)
        #expect(try plan(yaml).operations.map(\.stage) == stages)
    }

    @Test func prunesGoDependentsFirst() throws {
        let members = [
            Samples.member("Namespace", "demo", namespace: nil, annotations: [Tracking.prune: "allowed"]),
            Samples.member("ConfigMap", "conf"),
            try Samples.object(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web
                  namespace: demo
                  uid: 00000000-0000-4000-8000-00000000000a
                  resourceVersion: "9"
                  labels: {applyset.kubernetes.io/part-of: \(ApplySet.id(of: Samples.application()))}
                  annotations: {belay.dev/application: apps/demo}
                spec: {template: {spec: {containers: [{name: a, envFrom: [{configMapRef: {name: conf}}]}]}}}
                """),
        ]
        let plan = try Samples.planner(Samples.configMap("kept"), members: members).plan([:])
        let stages = plan.operations.filter { $0.kind == .prune }.map { ($0.key.kind, $0.stage) }
        #expect(stages.map(\.0) == ["Namespace", "ConfigMap", "Deployment"])
        #expect(stages.map(\.1) == [0, 1, 2])
    }

    @Test func whatWaitsForTheBlockedIsBlocked() throws {
        let planner = try Samples.planner(Self.everything, members: []) { observed in
            observed.discovery = Discovery(resources: Samples.resources.filter { $0.groupVersionKind.kind != "ServiceAccount" })
        }
        let plan = planner.plan([:])
        #expect(try plan.row("ServiceAccount", "robot").isRejected)
        let deployment = try plan.row("Deployment", "web")
        #expect(deployment.kind == .blocked && deployment.write == nil && deployment.why.contains("waits for"))
        #expect(try plan.row("ConfigMap", "conf").kind == .create)
    }

    @Test func whatIsBlockedButThereHoldsNobodyUp() throws {
        var foreign = Samples.member("ConfigMap", "conf", application: Samples.application("other"))
        foreign.setAnnotation("meta.helm.sh/release-name", "r")
        let planner = try Samples.planner(Self.everything, members: []) { observed in
            observed.others[Samples.key("ConfigMap", "conf")] = .present(foreign)
        }
        let plan = planner.plan([:])
        #expect(try plan.row("ConfigMap", "conf").kind == .blocked)
        let deployment = try plan.row("Deployment", "web")
        #expect(deployment.kind == .create)
        #expect(!deployment.dependencies.contains(Samples.key("ConfigMap", "conf")))
    }
}
