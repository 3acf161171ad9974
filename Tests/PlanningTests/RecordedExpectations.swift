// What each recorded case is about: how many questions it takes, and how the sentence of each row begins.

import Testing

struct Expectation: Sendable, CustomTestStringConvertible {
    var name: String
    var questions: Int
    var rows: [String]
    init(_ name: String, questions: Int, _ rows: String...) {
        self.name = name
        self.questions = questions
        self.rows = rows
    }
    var testDescription: String { name }

    static let all: [Expectation] = [
        Expectation(
            "adopt-1", questions: 8,
            "adopt ConfigMap/conf: exists and nobody owns it (first written by kubectl-create); changes data.a 0 → 1, data.z ",
            "adopt Service/web: exists and nobody owns it (first written by kubectl-expose); changes metadata.labels.app web ",
            "adopt Deployment/web: exists and nobody owns it (first written by kubectl-create); changes spec.replicas 2 → 3, "),
        Expectation(
            "adopt-4", questions: 3,
            "adopt Deployment/web2: exists and nobody owns it (first written by kubectl-create); changes metadata.labels.app "),
        Expectation(
            "adopt-6", questions: 5,
            "adopt ServiceAccount/robot: exists and nobody owns it; changes nothing but Belay's marks",
            "adopt Job/j: exists and nobody owns it (first written by kubectl-create); changes nothing but Belay's marks",
            "adopt Role/r: exists and nobody owns it (first written by kubectl-create); changes rules[0].verbs a list of 1 → "),
        Expectation(
            "busy-2", questions: 3,
            "configure Deployment/web: drift: metadata.annotations.during added by kubectl-annotate at 2026-11-23T22:42:55Z; "),
        Expectation(
            "busy-4", questions: 2,
            "create Deployment/web: drift: deleted; who did it is unknown (the API keeps no record)"),
        Expectation(
            "busy-6", questions: 4,
            "adopt Deployment/web: exists and nobody owns it (first written by kubectl-create); changes spec.replicas 1 → 3, "),
        Expectation(
            "crd-1", questions: 0,
            "create CustomResourceDefinition/widgets.demo.example.com: not in the cluster",
            "create Widget/w: not in the cluster"),
        Expectation(
            "crd-4", questions: 1,
            "configure CustomResourceDefinition/widgets.demo.example.com: changed in Git: spec.versions a list of 1 → a list ",
            "configure Widget/w: is demo.example.com/v1alpha1 in the cluster and demo.example.com/v1 in Git, which is served "),
        Expectation(
            "crd-5", questions: 1,
            "unchanged CustomResourceDefinition/widgets.demo.example.com: as in Git",
            "configure Widget/w: drift: spec.size is 7, not 1, written by kubectl-patch at 2026-11-23T22:42:50Z; changed in Git: spec.color (absent) → red; its managedF"
        ),
        Expectation(
            "crd-7", questions: 2,
            "configure CustomResourceDefinition/widgets.demo.example.com: changed in Git: spec.versions a list of 2 → a list ",
            "configure Widget/w: drift: metadata.labels.hand added by kubectl-patch at 2026-11-23T22:42:52Z; changed in Git: "),
        Expectation(
            "crd-8", questions: 0,
            "unchanged CustomResourceDefinition/widgets.demo.example.com: as in Git",
            "configure Widget/w: drift: metadata.labels.hand added by kubectl-patch at 2026-11-23T22:42:52Z; changed in Git: "),
        Expectation(
            "hand-2", questions: 3,
            "unchanged ConfigMap/conf: as in Git",
            "configure Deployment/web: drift: metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"] added "),
        Expectation(
            "hand-4", questions: 2,
            "unchanged ConfigMap/conf: as in Git",
            "configure Deployment/web: drift: spec.template.spec.containers[name=web].env removed by unknown (the API keeps n"),
        Expectation(
            "hand-6", questions: 2,
            "configure ConfigMap/conf: drift: data.x added by unknown (the API keeps no record)",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "hand-9", questions: 3,
            "skip ConfigMap/conf: drift: data.a is edited, not 1, written by kubectl-edit at 2026-11-23T22:43:01Z, data.n add",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "hand-10", questions: 3,
            "configure ConfigMap/conf: drift: data.a is edited, not 1, written by kubectl-edit at 2026-11-23T22:43:01Z, data.",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "hand-11", questions: 0,
            "skip ConfigMap/conf: drift: deleted; drift is only reported (belay.dev/drift: report)",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "hand-12", questions: 0,
            "prune Deployment/web: the Application is deleted"),
        Expectation(
            "ignore-2", questions: 3,
            "unchanged ConfigMap/conf: as in Git",
            "configure Deployment/web: drift: metadata.labels.more added by kubectl-label at 2026-11-23T22:43:03Z"),
        Expectation(
            "ignore-4", questions: 2,
            "configure ConfigMap/conf: drift: data.a is hand, not 1, written by kubectl-edit at 2026-11-23T22:43:04Z",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "preflight-1", questions: 4,
            "blocked ConfigMap/conf: cannot dry-run apply ConfigMap c-preflight/conf on 127.0.0.1:40759: failed to create typ",
            "blocked Secret/creds: the API server refused it (a field is unknown or has a value of the wrong type, HTTP 500);",
            "create Secret/good: not in the cluster",
            "blocked Deployment/web: cannot dry-run apply Deployment c-preflight/web on 127.0.0.1:40759: failed to create typ"),
        Expectation(
            "pvc-1", questions: 3,
            "adopt PersistentVolumeClaim/data: exists and nobody owns it (first written by kubectl-client-side-apply); change"),
        Expectation(
            "pvc-3", questions: 2,
            "blocked PersistentVolumeClaim/data: spec cannot be changed, and a PersistentVolumeClaim is never re-created by B"),
        Expectation(
            "w1-1", questions: 0,
            "create ConfigMap/conf: not in the cluster",
            "create Secret/creds: not in the cluster",
            "create Deployment/web: not in the cluster"),
        Expectation(
            "w1-3", questions: 0,
            "unchanged ConfigMap/conf: as in Git",
            "unchanged Secret/creds: as in Git",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "w1-4", questions: 3,
            "unchanged ConfigMap/conf: as in Git",
            "unchanged Secret/creds: as in Git",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "w1-5", questions: 0,
            "unchanged Deployment/web: as in Git",
            "prune ConfigMap/conf: not in Git any more, was applied from app.yaml",
            "prune Secret/creds: not in Git any more, was applied from app.yaml"),
        Expectation(
            "w11-3", questions: 1,
            "unchanged Deployment/web: as in Git",
            "unchanged HorizontalPodAutoscaler/web: as in Git"),
        Expectation(
            "w11-5", questions: 1,
            "configure Deployment/web: changed in Git: spec.template.spec.containers[name=web].image nginx:1 → nginx:7",
            "unchanged HorizontalPodAutoscaler/web: as in Git"),
        Expectation(
            "w12-2", questions: 1,
            "configure Deployment/web: spec.replicas leaves Git and stays 3: it is the autoscaler's now",
            "create HorizontalPodAutoscaler/web: not in the cluster"),
        Expectation(
            "w12-4", questions: 2,
            "configure Deployment/web: changed in Git: spec.replicas 3 → 4",
            "unchanged HorizontalPodAutoscaler/web: as in Git"),
        Expectation(
            "w12-9", questions: 1,
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "w16-2", questions: 2,
            "configure ConfigMap/conf: drift: data.z added by kubectl-edit at 2026-11-23T22:43:06Z"),
        Expectation(
            "w18-3", questions: 1,
            "blocked ConfigMap/conf: conflict: data.a held by operator, and sync.conflicts is Fail: drop the field in Git, or"),
        Expectation(
            "w18-4", questions: 2,
            "skip ConfigMap/conf: drift: data.a is 9, not 1, written by operator at 2026-11-23T22:42:40Z; not corrected (drif"),
        Expectation(
            "w18-5", questions: 2,
            "configure ConfigMap/conf: drift: data.a is 9, not 1, written by operator at 2026-11-23T22:42:40Z"),
        Expectation(
            "w19-1", questions: 2,
            "blocked ConfigMap/argo: belongs to Argo CD application shop: remove it there first, or put belay.dev/adopt: allo",
            "blocked ConfigMap/flux: belongs to Flux Kustomization flux-system/k: remove it there first, or put belay.dev/ado",
            "blocked ConfigMap/helm: belongs to Helm release ns/rel: remove it there first, or put belay.dev/adopt: allowed o",
            "blocked ConfigMap/kapp: belongs to kapp app 123: remove it there first, or put belay.dev/adopt: allowed on it in",
            "adopt ConfigMap/plain: exists and nobody owns it (first written by robot); changes data.a 0 → 1",
            "blocked ConfigMap/set: belongs to another ApplySet (applyset-x-v1): remove it there first, or put belay.dev/adop"),
        Expectation(
            "w19-2", questions: 12,
            "adopt ConfigMap/argo: taken over from Argo CD application shop; changes data.a 0 → 1",
            "adopt ConfigMap/flux: taken over from Flux Kustomization flux-system/k; changes data.a 0 → 1",
            "adopt ConfigMap/helm: taken over from Helm release ns/rel; changes data.a 0 → 1",
            "adopt ConfigMap/kapp: taken over from kapp app 123; changes data.a 0 → 1",
            "adopt ConfigMap/plain: exists and nobody owns it (first written by robot); changes data.a 0 → 1",
            "adopt ConfigMap/set: taken over from another ApplySet (applyset-x-v1); changes data.a 0 → 1"),
        Expectation(
            "w20-2", questions: 1,
            "blocked Deployment/web: spec.selector cannot be changed on an existing object; belay.dev/recreate: allowed in Gi"),
        Expectation(
            "w20-3", questions: 1,
            "recreate Deployment/web: spec.selector cannot be changed on an existing object: deleted and created anew (belay."),
        Expectation(
            "w21-2", questions: 1,
            "unchanged ConfigMap/conf: as in Git"),
        Expectation(
            "w21-4", questions: 0,
            "create ConfigMap/conf: is being deleted since 2026-11-23T22:42:44Z, held by example.com/hold; created anew when "),
        Expectation(
            "w21-5", questions: 0,
            "create Deployment/web: not in the cluster",
            "skip ConfigMap/conf: is being deleted since 2026-11-23T22:42:44Z, held by example.com/hold"),
        Expectation(
            "w3-2", questions: 2,
            "configure Deployment/web: drift: spec.replicas is 5, not 3, written by kubectl (scale)"),
        Expectation(
            "w3-4", questions: 1,
            "configure Deployment/web: changed in Git: spec.replicas 3 → 1 (default)"),
        Expectation(
            "w4-2", questions: 3,
            "configure Deployment/web: drift: metadata.labels.extra added by kubectl-label at 2026-11-23T22:42:23Z, metadata."),
        Expectation(
            "w4-4", questions: 1,
            "configure Deployment/web: drift: metadata.labels.app removed by unknown (the API keeps no record)"),
        Expectation(
            "w5-1", questions: 2,
            "adopt ConfigMap/conf: exists and nobody owns it (first written by kubectl-client-side-apply); changes metadata.a"),
        Expectation(
            "w5-3", questions: 2,
            "configure ConfigMap/conf: drift: data.b added by kubectl-edit at 2026-11-23T22:42:26Z"),
        Expectation(
            "w5-5", questions: 1,
            "configure ConfigMap/conf: changed in Git: data.z (absent) → 1; kept: data.a, held by operator"),
        Expectation(
            "w6-2", questions: 0,
            "create ConfigMap/conf: drift: deleted; who did it is unknown (the API keeps no record)",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "w6-4", questions: 1,
            "configure ConfigMap/conf: drift: its label applyset.kubernetes.io/part-of was removed; who did it is unknown (th",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "w6-6", questions: 0,
            "blocked ConfigMap/conf: belongs to another ApplySet (somebody): remove it there first, or put belay.dev/adopt: a",
            "unchanged Deployment/web: as in Git"),
        Expectation(
            "w7-2", questions: 0,
            "blocked ConfigMap/conf: belongs to Application apps/old: remove it there first, or put belay.dev/adopt: allowed "),
        Expectation(
            "w7-3", questions: 0,
            "unchanged Secret/creds: as in Git",
            "skip ConfigMap/conf: moves to another Application that is planned together with this one"),
        Expectation(
            "w7-4", questions: 0,
            "blocked ConfigMap/conf: belongs to Application apps/old, which still has it in Git: remove it from one of the tw"),
        Expectation(
            "w7-5", questions: 3,
            "adopt ConfigMap/conf: handed over by Application apps/old; changes data.b 2 → (absent), data.c (absent) → 9"),
        Expectation(
            "w7-8", questions: 3,
            "adopt ConfigMap/conf: handed over by Application apps/new; changes metadata.annotations[\"belay.dev/adopt\"] (abse",
            "unchanged Secret/creds: as in Git"),
        Expectation(
            "w9-3", questions: 1,
            "configure Secret/creds: changed in Git: data.password REDACTED(f5eb0e21eefa) → REDACTED(86860feddc82)"),
        Expectation(
            "w9-5", questions: 3,
            "configure Secret/creds: drift: data.more added by kubectl-patch at 2026-11-23T22:42:32Z, data.password is REDACT"),
        Expectation(
            "w9-7", questions: 3,
            "unchanged Secret/creds: as in Git",
            "adopt Secret/csa: exists and nobody owns it (first written by kubectl-client-side-apply); changes metadata.annot"),
        Expectation(
            "w9-9", questions: 1,
            "unchanged Secret/creds: as in Git",
            "blocked Secret/csa: the API server refused it (a field is unknown or has a value of the wrong type, HTTP 500); i"),
    ]
}
