// What the server may say to a question, and what becomes of the row.

import KubernetesModel
import Planning
import StructuredData
import Testing

struct InterviewTests {
    private static let key = Samples.key("ConfigMap", "conf")
    private static let yaml = Samples.configMap("conf")

    private func failure(
        _ reason: ProbeFailure.Reason, _ message: String = "words of the server", causes: [Status.Cause] = [],
        conflicts: [ProbeFailure.Conflict] = []
    )
        -> ProbeAnswer
    {
        .failed(
            ProbeFailure(
                reason: reason, status: Status(code: 422, reason: "Invalid", message: message, causes: causes), message: message,
                conflicts: conflicts))
    }

    /// Plays answers to the questions in the order they come.
    private func play(_ planner: Planner, _ answers: [ProbeAnswer]) throws -> (row: PlannedOperation, asked: [Probe]) {
        var rest = answers[...]
        var given: ProbeAnswers = [:]
        var asked: [Probe] = []
        while let question = planner.probes(given).first {
            asked.append(question.probe)
            try #require(asked.count <= 4, "more than 4 questions")
            guard let answer = rest.popFirst() else {
                Issue.record("no answer for \(question.probe)")
                break
            }
            given[question.probe] = answer
        }
        #expect(rest.isEmpty, "answers left over")
        return (try planner.plan(given).row("ConfigMap", "conf"), asked)
    }

    private func member(_ data: String = "0", version: String = "7") -> Unstructured {
        var live = Samples.member("ConfigMap", "conf")
        live.value.set(.string(data), at: ["data", "a"])
        live.value.set(.string(version), at: ["metadata", "resourceVersion"])
        live.setAnnotation(Tracking.source, "app.yaml")
        own(&live, ["f:metadata": marks, "f:data": ["f:a": [:]]])
        return live
    }

    private let marks: Value = [
        "f:labels": ["f:applyset.kubernetes.io/part-of": [:]],
        "f:annotations": ["f:belay.dev/application": [:], "f:belay.dev/source": [:]],
    ]

    private func own(_ live: inout Unstructured, _ fields: Value) {
        let entry: Value = [
            "manager": "belay:apps/demo", "operation": "Apply", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z",
            "fieldsType": "FieldsV1", "fieldsV1": fields,
        ]
        live.value.set([entry], at: ["metadata", "managedFields"])
    }

    private func create(_ reason: ProbeFailure.Reason, _ edit: (inout ObservedState) -> Void = { _ in }) throws -> PlannedOperation {
        var options = Planner.Options()
        options.dryRunsCreates = true
        return try play(try Samples.planner(Self.yaml, edit, options: options), [failure(reason)]).row
    }

    // MARK: Absent objects

    @Test func createsAreAskedOnlyWhenTold() throws {
        #expect(try Samples.planner(Self.yaml).probes([:]).isEmpty)
        var options = Planner.Options()
        options.dryRunsCreates = true
        let planner = try Samples.planner(Self.yaml, options: options)
        let question = try #require(planner.probes([:]).first)
        #expect(question.probe.request == .apply(force: false))
        #expect(question.body.at("metadata", "uid") == nil)
        var answer = Unstructured(question.body)
        answer.value.set("new", at: ["metadata", "uid"])
        let row = try planner.plan([question.probe: .object(answer, created: true)]).row("ConfigMap", "conf")
        #expect(row.kind == .create && !row.isUnverified)
        guard case .apply(let write)? = row.write else { return }
        #expect(write.prediction == answer.value && write.expectsCreation && !write.force)
    }

    @Test(arguments: [ProbeFailure.Reason.invalid, .badRequest, .other, .forbidden, .immutable, .kindMissing, .namespaceMissing])
    func rejectedCreatesAreBlocked(reason: ProbeFailure.Reason) throws {
        let row = try create(reason) { $0.namespaces["demo"] = .unknown }
        if reason == .namespaceMissing {
            #expect(row.kind == .create && row.isUnverified, "the destination's namespace will be made")
        } else {
            #expect(row.kind == .blocked && row.isRejected && row.write == nil && row.why.contains("words of the server"))
        }
    }

    @Test func aServerThatDoesNotAnswerLeavesCreatesUnverified() throws {
        let row = try create(.transient)
        #expect(row.kind == .create && row.isUnverified && row.why.contains("could not be tried"))
    }

    /// Under Report and Ignore an object that somebody deleted stays deleted, until Git has something new for it.
    @Test(arguments: [Application.DriftPolicy.Policy.correct, .report, .ignore], [true, false])
    func deletedObjects(policy: Application.DriftPolicy.Policy, changed: Bool) throws {
        let application = Samples.application("demo") { $0.drift.policy = policy }
        let digest = try #require(try Samples.planner(Self.yaml, application: application).plan([:]).row("ConfigMap", "conf").desiredDigest)
        let row = try Samples.planner(changed ? Samples.configMap("conf", "2") : Self.yaml, application: application) {
            $0.records[Self.key] = Record(uid: "00000000-0000-4000-8000-000000000000", desired: digest, live: digest)
        }.plan([:]).row("ConfigMap", "conf")
        #expect(row.kind == (policy == .correct || changed ? .create : .skip))
        #expect((row.write != nil) == (row.kind == .create))
        #expect(row.drift?.kind == (policy == .ignore ? nil : .deleted))
    }

    /// Deleted and made anew by hand, without our label: nobody's object, and the fields that differ drifted.
    @Test(arguments: [Application.DriftPolicy.Policy.correct, .report, .ignore])
    func madeAnewByHand(policy: Application.DriftPolicy.Policy) throws {
        let application = Samples.application("demo") { $0.drift.policy = policy }
        let digest = try #require(try Samples.planner(Self.yaml, application: application).plan([:]).row("ConfigMap", "conf").desiredDigest)
        var live = Unstructured([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": "conf", "namespace": "demo", "uid": "new", "resourceVersion": "9"], "data": ["a": "2"],
        ])
        live.value.set(
            [
                [
                    "manager": "kubectl-create", "operation": "Update", "apiVersion": "v1", "time": "2026-01-02T00:00:00Z",
                    "fieldsType": "FieldsV1", "fieldsV1": ["f:data": [".": [:], "f:a": [:]]],
                ]
            ], at: ["metadata", "managedFields"])
        let planner = try Samples.planner(Self.yaml, application: application) {
            $0.records[Self.key] = Record(uid: "00000000-0000-4000-8000-000000000000", desired: digest, live: digest)
            $0.others[Self.key] = .present(live)
        }
        var ours = live
        ours.setLabel(Tracking.partOf, ApplySet.id(of: application))
        ours.setAnnotation(Tracking.application, application.reference)
        ours.value.set("1", at: ["data", "a"])
        own(&ours, ["f:metadata": marks, "f:data": ["f:a": [:]]])
        let conflict = ProbeFailure.Conflict(path: ".data.a", manager: "kubectl-create")
        let row = try play(planner, [failure(.fieldConflict, conflicts: [conflict]), .object(ours, created: false)]).row
        #expect(row.kind == (policy == .correct ? .adopt : .skip))
        #expect(row.why.contains("data.a is 2, not 1, written by kubectl-create"))
        #expect(row.drift?.kind == (policy == .ignore ? nil : .modified))
        #expect(row.drift?.fields.map(\.path.description) ?? ["data.a"] == ["data.a"])
    }

    /// A commit drops a version in which the object was written: its entries are rewritten before the apply, which would fail.
    @Test(arguments: [true, false]) func versionsThatLeaveWithThePlan(leaves: Bool) throws {
        func definition(_ versions: [String]) -> String {
            "---\n{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, "
                + "spec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: ["
                + versions.map { "{name: \($0), served: true}" }.joined(separator: ", ") + "]}}\n"
        }
        let yaml = "---\n{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: demo}, spec: {size: 4}}\n"
        var live = Samples.member("Widget", "w", apiVersion: "example.com/v1")
        live.setAnnotation(Tracking.source, "app.yaml")
        live.value.set(["size": 3], at: ["spec"])
        func entry(_ manager: String, _ version: String, _ fields: Value) -> Value {
            [
                "manager": .string(manager), "operation": "Apply", "apiVersion": .string("example.com/\(version)"),
                "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": fields,
            ]
        }
        let owned: Value = ["f:metadata": marks, "f:spec": ["f:size": [:]]]
        live.value.set(
            [entry("belay:apps/demo", "v1alpha1", owned), entry("some-operator", "v1alpha1", ["f:spec": ["f:mode": [:]]])],
            at: ["metadata", "managedFields"])
        let planner = try Samples.planner(definition(leaves ? ["v1"] : ["v1alpha1", "v1"]) + yaml, members: [live]) { observed in
            observed.discovery = Discovery(
                resources: Samples.resources + [
                    Samples.resource("example.com", "v1", "Widget", "widgets"),
                    Samples.resource("example.com", "v1alpha1", "Widget", "widgets"),
                ])
        }
        let question = try #require(planner.probes([:]).first { $0.probe.key.kind == "Widget" })
        var predicted = live
        predicted.value.set(4, at: ["spec", "size"])
        predicted.value.set([entry("belay:apps/demo", "v1", owned)], at: ["metadata", "managedFields"])
        let row = try planner.plan([question.probe: .object(predicted, created: false)]).row("Widget", "w")
        guard case .apply(let write)? = row.write else {
            Issue.record("\(row)")
            return
        }
        #expect(row.kind == .configure && !row.isUnverified)
        let entries = write.takeover?.array?.last?["value"]?.array ?? []
        #expect(entries.map { $0["apiVersion"]?.string } == (leaves ? ["example.com/v1", "example.com/v1"] : []))
    }

    /// A definition that this plan may not touch changes nothing: what the server says of its custom resources stands.
    @Test(arguments: [true, false]) func whatIsRejectedUnderABlockedDefinitionIsRejected(isBlocked: Bool) throws {
        let yaml = """
            ---
            {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com},
             spec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true}]}}
            ---
            {apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: demo}, spec: {size: 9}}

            """
        let owner = Samples.application(isBlocked ? "other" : "demo")
        let definition = Samples.member(
            "CustomResourceDefinition", "widgets.example.com", namespace: nil, apiVersion: "apiextensions.k8s.io/v1", application: owner)
        var options = Planner.Options()
        options.dryRunsCreates = true
        let planner = try Samples.planner(
            yaml, members: isBlocked ? [] : [definition],
            { observed in
                observed.discovery = Discovery(
                    resources: Samples.resources + [Samples.resource("example.com", "v1", "Widget", "widgets")])
                if isBlocked, let key = definition.key { observed.others[key] = .present(definition) }
            }, options: options)
        let question = try #require(planner.probes([:]).first { $0.probe.key.kind == "Widget" })
        let row = try planner.plan([question.probe: failure(.invalid)]).row("Widget", "w")
        #expect(row.isRejected == isBlocked && row.kind == (isBlocked ? .blocked : .create), "\(row)")
    }

    @Test func namespacesDecide() throws {
        func row(
            _ namespace: ObservedState.NamespaceState?, _ edit: (inout Application) -> Void = { _ in }, yaml: String = InterviewTests.yaml
        ) throws
            -> PlannedOperation
        {
            try Samples.planner(yaml, application: Samples.application("demo", edit)) { $0.namespaces["demo"] = namespace }
                .plan([:]).row("ConfigMap", "conf")
        }
        #expect(try row(.missing).kind == .create && row(.missing).isUnverified)
        let refused = try row(.missing) { $0.sync.createNamespace = false }
        #expect(refused.kind == .blocked && refused.isRejected && refused.why.contains("namespace demo does not exist"))
        let elsewhere = try row(.missing) { $0.destination.namespace = "other" }
        #expect(elsewhere.kind == .blocked)
        let inGit = try row(
            .missing, { $0.sync.createNamespace = false },
            yaml: Self.yaml + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: demo}}\n")
        #expect(inGit.kind == .create && inGit.isUnverified && inGit.dependencies.map(\.kind) == ["Namespace"])
        let terminating = try row(.terminating)
        #expect(terminating.kind == .blocked && terminating.why.hasPrefix("(terminating)") && !terminating.isRejected)
        #expect(try row(.unknown).kind == .create && row(nil).kind == .create)
    }

    @Test func kindsDecide() throws {
        let widget = "{apiVersion: example.com/v1, kind: ConfigMap, metadata: {name: conf}}\n"
        let unserved = try Samples.planner(widget) { $0.others = [:] }.plan([:]).row("ConfigMap", "conf")
        #expect(unserved.kind == .blocked && unserved.isRejected && unserved.why.contains("does not serve example.com/v1"))
        let otherVersion = try Samples.planner("{apiVersion: v2, kind: ConfigMap, metadata: {name: conf}}\n").plan([:]).row(
            "ConfigMap", "conf")
        #expect(otherVersion.why.contains("v1: change apiVersion"))
        let incomplete = try Samples.planner(Self.yaml) {
            $0.discovery = Discovery(resources: Samples.resources, incompleteGroups: [""])
        }.plan([:]).row("ConfigMap", "conf")
        #expect(incomplete.kind == .blocked && !incomplete.isRejected && incomplete.write == nil)
    }

    @Test func whatCannotBeReadIsBlocked() throws {
        let row = try Samples.planner(Self.yaml) { $0.others[Self.key] = .unknown("403: get is forbidden") }.plan([:]).row(
            "ConfigMap", "conf")
        #expect(row.kind == .blocked && row.why.contains("403: get is forbidden"))
    }

    @Test func whatWasNotReadIsReadFirst() throws {
        let planner = try Samples.planner(Self.yaml) { $0.others = [:] }
        let (row, asked) = try play(planner, [.absent])
        #expect(asked.map(\.request) == [.get] && row.kind == .create)
        #expect(try planner.plan([:]).row("ConfigMap", "conf").kind == .blocked)
    }

    // MARK: Objects that exist

    @Test func questionsCarryTheUid() throws {
        let planner = try Samples.planner(Self.yaml, members: [member()])
        let question = try #require(planner.probes([:]).first)
        #expect(question.body.at("metadata", "uid")?.string == member().uid)
        #expect(question.body.at("metadata", "resourceVersion") == nil)
    }

    @Test func aConflictOfAProgramIsForcedOnlyUnderForce() throws {
        let conflict = failure(.fieldConflict, conflicts: [.init(path: ".data.a", manager: "operator")])
        let predicted = ProbeAnswer.object(member("1"), created: false)
        let forced = try play(try Samples.planner(Self.yaml, members: [member()]), [conflict, predicted])
        #expect(forced.asked.map(\.request) == [.apply(force: false), .apply(force: true)])
        #expect(forced.row.kind == .configure)
        guard case .apply(let write)? = forced.row.write else { return }
        #expect(write.force && write.body.at("metadata", "resourceVersion") == "7")

        let failing = Samples.application { $0.sync.conflicts = .fail }
        let refused = try play(try Samples.planner(Self.yaml, members: [member()], application: failing), [conflict])
        #expect(refused.row.kind == .blocked && refused.row.why.contains("data.a held by operator"))
    }

    @Test func handsAreTakenOverWithoutForce() throws {
        let conflict = failure(.fieldConflict, conflicts: [.init(path: ".data.a", manager: "kubectl-edit")])
        var live = member("edited")
        let hand: Value = [
            "manager": "kubectl-edit", "operation": "Update", "apiVersion": "v1", "time": "2026-01-02T00:00:00Z", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:data": ["f:a": [:]]],
        ]
        own(&live, ["f:metadata": marks])
        live.value.set(.array((live.metadata?["managedFields"]?.array ?? []) + [hand]), at: ["metadata", "managedFields"])
        let failing = Samples.application { $0.sync.conflicts = .fail }
        let (row, _) = try play(
            try Samples.planner(Self.yaml, members: [live], application: failing), [conflict, .object(member("1"), created: false)])
        #expect(row.kind == .configure && row.drift?.kind == .modified)
        guard case .apply(let write)? = row.write else { return }
        #expect(!write.force && write.takeover != nil)
        let moved = try ManagedFieldsEntry(try #require(write.takeover?[1]?["value"]?[0]))
        #expect(moved.manager == "belay:apps/demo" && moved.fields.contains(FieldPath(fields: "data", "a")))
    }

    @Test func anotherApplicationIsNeverForcedOver() throws {
        let conflict = failure(.fieldConflict, conflicts: [.init(path: ".data.a", manager: "belay:apps/other")])
        let (row, asked) = try play(try Samples.planner(Self.yaml, members: [member()]), [conflict])
        #expect(asked.count == 1)
        #expect(row.kind == .blocked && row.why.contains("Application apps/other holds data.a"))
    }

    @Test func anAnswerOfAnotherVersionIsReadAgain() throws {
        let planner = try Samples.planner(Self.yaml, members: [member()])
        let newer = ProbeAnswer.object(member("1", version: "8"), created: false)
        let (row, asked) = try play(planner, [newer, .object(member("0", version: "8"), created: false)])
        #expect(asked.map(\.request) == [.apply(force: false), .get])
        #expect(row.kind == .configure && row.plannedOn?.resourceVersion == "8")
    }

    @Test func aBusyObjectIsNotAskedForEver() throws {
        let planner = try Samples.planner(Self.yaml, members: [member()])
        let (row, asked) = try play(
            planner,
            [
                .object(member("1", version: "8"), created: false), .object(member("0", version: "9"), created: false),
                .object(member("1", version: "10"), created: false),
            ])
        #expect(asked.map(\.request) == [.apply(force: false), .get, .apply(force: false)])
        #expect(row.kind == .configure && row.plannedOn?.resourceVersion == "9")
    }

    @Test func aVanishedObjectIsCreated() throws {
        let planner = try Samples.planner(Self.yaml, members: [member()])
        #expect(try play(planner, [failure(.staleResourceVersion), .absent]).row.kind == .create)
        let mismatch = failure(.immutable, causes: [.init(reason: "", message: "field is immutable", field: "metadata.uid")])
        #expect(try play(planner, [mismatch, .absent]).row.kind == .create)
    }

    @Test func immutableFieldsNeedAWord() throws {
        let answer = failure(
            .immutable, "too long", causes: [.init(reason: "", message: "Invalid value: x: field is immutable\n@@ a dump", field: "data")])
        let blocked = try play(try Samples.planner(Self.yaml, members: [member()]), [answer]).row
        #expect(blocked.kind == .blocked && blocked.isRejected)
        #expect(blocked.why.contains("belay.dev/recreate: allowed") && !blocked.why.contains("@@"))
        let dump = failure(
            .immutable,
            causes: [
                .init(
                    reason: "", message: "Invalid value: {\"a\":\"\(String(repeating: "x", count: 900))\"}: field is immutable",
                    field: "spec")
            ])
        let long = try play(try Samples.planner(Self.yaml, members: [member()]), [dump]).row
        #expect(long.why.hasSuffix("spec: Invalid value: {…}: field is immutable"), "\(long.why)")
        let allowed = Samples.configMap("conf", annotations: "belay.dev/recreate: allowed")
        let row = try play(try Samples.planner(allowed, members: [member()]), [answer]).row
        #expect(row.kind == .recreate)
        guard case .recreate(let version, let write)? = row.write else {
            Issue.record("no recreate")
            return
        }
        #expect(version.resourceVersion == "7" && write.body.at("metadata", "uid") == nil && write.expectsCreation)
        #expect(row.changes.contains { $0.path.description == "data.a" })
        let plan = try Samples.planner(allowed, members: [member()]).plan([Probe(key: Self.key, request: .apply(force: false)): answer])
        let other = try Samples.planner(allowed).plan([:])
        #expect(plan.approvalDigest != other.approvalDigest)
    }

    /// Who owns a selector as one value replaces it whole: what leaves Git is shown to go.
    @Test func aSelectorIsReplacedWhole() throws {
        let yaml = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              annotations: {belay.dev/recreate: allowed}
            spec:
              selector: {matchLabels: {tier: front}}
            """
        var live = Samples.member("Deployment", "web", apiVersion: "apps/v1")
        live.value.set(["selector": ["matchLabels": ["app": "web"]]], at: ["spec"])
        var entries = live.managedFields
        entries[0].fields.insert(FieldPath(fields: "spec", "selector"))
        live.value.set(.array(entries.map(\.value)), at: ["metadata", "managedFields"])
        let answer = failure(.immutable, causes: [.init(reason: "", message: "field is immutable", field: "spec.selector")])
        let probe = Probe(key: Samples.key("Deployment", "web", group: "apps"), request: .apply(force: false))
        let row = try Samples.planner(yaml, members: [live]).plan([probe: answer]).row("Deployment", "web")
        #expect(row.kind == .recreate)
        let changed = row.changes.map { "\($0.path) \($0.from == nil ? "+" : $0.to == nil ? "-" : "~")" }
        #expect(
            changed.filter { $0.hasPrefix("spec.") }.sorted() == ["spec.selector.matchLabels.app -", "spec.selector.matchLabels.tier +"])
    }

    @Test(arguments: [ProbeFailure.Reason.invalid, .badRequest, .forbidden, .other])
    func whatTheServerRejectsIsBlocked(reason: ProbeFailure.Reason) throws {
        let row = try play(try Samples.planner(Self.yaml, members: [member()]), [failure(reason)]).row
        #expect(row.kind == .blocked && row.isRejected && row.why.contains("words of the server"))
    }

    /// Only the sum of Git and of what hands left is wrong: a PUT without theirs tells so.
    @Test func whatIsWrongOnlyBesideWhatHandsLeftIsApplied() throws {
        var live = member()
        live.value.set("x", at: ["data", "extra"])
        let hand: Value = [
            "manager": "kubectl-edit", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:data": ["f:extra": [:]]],
        ]
        live.value.set(.array((live.metadata?["managedFields"]?.array ?? []) + [hand]), at: ["metadata", "managedFields"])
        let planner = try Samples.planner(Self.yaml, members: [live])
        let (row, asked) = try play(planner, [failure(.invalid), .object(member("1"), created: false)])
        #expect(asked.map(\.request) == [.apply(force: false), .update])
        #expect(row.kind == .configure && !row.isUnverified)
        #expect(row.changes.map(\.path.description).sorted() == ["data.a", "data.extra"])
        #expect(row.drift?.fields.map(\.path.description).contains("data.extra") == true)
        guard case .apply(let write)? = row.write else { return }
        let entries = write.takeover?.array?.last?["value"]?.array ?? []
        #expect(entries.count == 1 && entries.first?.at("fieldsV1", "f:data", "f:extra") != nil)

        let refused = try play(planner, [failure(.invalid), failure(.invalid, "still wrong")]).row
        #expect(refused.kind == .blocked && refused.isRejected && refused.why.contains("still wrong"))
        let moved = try play(planner, [failure(.invalid), failure(.staleResourceVersion), .absent]).row
        #expect(moved.kind == .create)
    }

    private let servingV0: (inout ObservedState) -> Void = {
        $0.discovery = Discovery(resources: Samples.resources + [Samples.resource("", "v0", "ConfigMap", "configmaps")])
    }

    /// `kubectl apply` once wrote it in a version that lacks a field of Git's: the server cannot even compare.
    @Test func entriesOfAVersionThatLacksAFieldAreRewritten() throws {
        var live = member()
        let hand: Value = [
            "manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "v0", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:data": ["f:extra": [:]]],
        ]
        live.value.set(.array((live.metadata?["managedFields"]?.array ?? []) + [hand]), at: ["metadata", "managedFields"])
        live.value.set("x", at: ["data", "extra"])
        let planner = try Samples.planner(Self.yaml, members: [live], servingV0)
        let (row, _) = try play(planner, [failure(.other, "failed to convert new object: .data.b: field not declared in schema")])
        #expect(row.kind == .configure && row.isUnverified && row.why.contains("managedFields of v0 are rewritten to v1"))
        #expect(row.changes.map(\.path.description).sorted() == ["data.a", "data.extra"])
        guard case .apply(let write)? = row.write else { return }
        let entries = write.takeover?.array?.last?["value"]?.array ?? []
        #expect(entries.count == 1 && entries.first?["apiVersion"] == "v1")
    }

    /// `kubectl edit hpa.v1.autoscaling`: held in another version, under the same path.
    @Test func whatHandsWroteInAnotherVersionIsTakenToo() throws {
        var live = member("1")
        live.value.set("x", at: ["data", "extra"])
        let hand: Value = [
            "manager": "kubectl-edit", "operation": "Update", "apiVersion": "v0", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:data": ["f:extra": [:]], "f:gone": [:]],
        ]
        live.value.set(.array((live.metadata?["managedFields"]?.array ?? []) + [hand]), at: ["metadata", "managedFields"])
        let planner = try Samples.planner(Self.yaml, members: [live], servingV0)
        let (row, asked) = try play(planner, [.object(live, created: false), .object(member("1"), created: false)])
        #expect(asked.map(\.request) == [.apply(force: false), .update])
        #expect(row.changes.map(\.path.description) == ["data.extra"])
        guard case .apply(let write)? = row.write else { return }
        let entries = write.takeover?.array?.last?["value"]?.array ?? []
        #expect(entries.first?.at("fieldsV1", "f:data", "f:extra") != nil)
        #expect(entries.last?["fieldsV1"] == ["f:gone": [:]], "what is not in our version stays where it is")
    }

    /// Defaults of the former type stay behind, held by nobody: `strategy.rollingUpdate`.
    @Test func whatNobodyHoldsGoesWhereItIsInTheWay() throws {
        let yaml = "{apiVersion: v1, kind: ConfigMap, metadata: {name: conf}, spec: {strategy: {type: Recreate}}}\n"
        var live = member()
        live.value.set(nil, at: ["data"])
        live.value.set(["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%"]], at: ["spec", "strategy"])
        live.value.set(["kept": 1], at: ["spec", "other"])
        own(&live, ["f:metadata": marks, "f:spec": ["f:strategy": ["f:type": [:]]]])
        var answer = live
        answer.value.set(["type": "Recreate"], at: ["spec", "strategy"])
        let planner = try Samples.planner(yaml, members: [live])
        let question = try #require(planner.probes([:]).first)
        let put = try #require(planner.probes([question.probe: failure(.invalid)]).first)
        #expect(put.body.at("spec", "strategy") == ["type": "Recreate"] && put.body.at("spec", "other") != nil)
        let (row, _) = try play(planner, [failure(.invalid), .object(answer, created: false)])
        #expect(row.kind == .configure)
        guard case .apply(let write)? = row.write else { return }
        let ours = write.takeover?.array?.last?["value"]?.array?.first
        #expect(ours?.at("fieldsV1", "f:spec", "f:strategy", "f:rollingUpdate", "f:maxSurge") != nil)
    }

    @Test func anAggregatedRolesRulesAreTheClusters() throws {
        let yaml = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: conf}
            aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}
            rules: []

            """
        func body(_ yaml: String) throws -> Value? {
            var options = Planner.Options()
            options.dryRunsCreates = true
            return try Samples.planner(yaml, options: options).probes([:]).first?.body
        }
        #expect(try body(yaml)?["rules"] == nil && body(yaml)?["aggregationRule"] != nil)
        let plain = yaml.replacing("aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\n", with: "")
        #expect(try body(plain)?["rules"] == [])
    }

    @Test func anOutageBlocksWithoutBlame() throws {
        let row = try play(try Samples.planner(Self.yaml, members: [member()]), [failure(.transient)]).row
        #expect(row.kind == .blocked && !row.isRejected && row.why.contains("run again"))
    }

    @Test func aSecretsErrorTextIsNeverShown() throws {
        let yaml = "{apiVersion: v1, kind: Secret, metadata: {name: conf}, data: {password: aHVudGVyMg==}}\n"
        for reason in [ProbeFailure.Reason.invalid, .immutable, .badRequest, .other, .forbidden, .transient] {
            let text = "expected string, got hunter2"
            let answer = failure(reason, text, causes: [.init(reason: "", message: text, field: "data.password")])
            var options = Planner.Options()
            options.dryRunsCreates = true
            let planner = try Samples.planner(yaml, options: options)
            let plan = planner.plan([Probe(key: Samples.key("Secret", "conf"), request: .apply(force: false)): answer])
            #expect(!"\(plan)".contains("hunter2"), "\(reason)")
            #expect(try plan.row("Secret", "conf").why.contains("data.password"))
        }
    }

    // MARK: Settings of one object

    @Test func settingsOfOneObject() throws {
        func row(_ annotation: String, members: [Unstructured]) throws -> PlannedOperation {
            let planner = try Samples.planner(Samples.configMap("conf", annotations: annotation), members: members)
            #expect(planner.probes([:]).isEmpty)
            return try planner.plan([:]).row("ConfigMap", "conf")
        }
        #expect(try row("belay.dev/apply: ignore", members: []).kind == .skip)
        #expect(try row("belay.dev/apply: ignore", members: [member()]).kind == .skip)
        #expect(try row("belay.dev/apply: create-only", members: [member()]).kind == .skip)
        #expect(try row("belay.dev/apply: create-only", members: []).kind == .create)
    }

    @Test func adoptNever() throws {
        var live = member()
        live.value.set(nil, at: ["metadata", "labels"])
        live.value.set(nil, at: ["metadata", "annotations"])
        live.value.set(nil, at: ["metadata", "managedFields"])
        func row(_ adopt: Application.SyncPolicy.Adopt, _ yaml: String = InterviewTests.yaml) throws -> PlannedOperation? {
            let planner = try Samples.planner(yaml, application: Samples.application { $0.sync.adopt = adopt }) {
                $0.others[Self.key] = .present(live)
            }
            return try planner.probes([:]).isEmpty ? planner.plan([:]).row("ConfigMap", "conf") : nil
        }
        #expect(try row(.never)?.kind == .blocked)
        #expect(try row(.unowned) == nil)
        #expect(try row(.never, Samples.configMap("conf", annotations: "belay.dev/adopt: allowed")) == nil)
    }

    @Test func metadataIsEnoughToRefuse() throws {
        var live = try Samples.object(
            "{apiVersion: meta.k8s.io/v1, kind: PartialObjectMetadata, metadata: {name: conf, namespace: demo, uid: u, resourceVersion: '1'}}"
        )
        let open = try Samples.planner(Self.yaml) { $0.others[Self.key] = .present(live) }
        #expect(open.probes([:]).map(\.probe.request) == [.get])
        live.setAnnotation("meta.helm.sh/release-name", "r")
        let refused = try Samples.planner(Self.yaml) { $0.others[Self.key] = .present(live) }
        #expect(refused.probes([:]).isEmpty)
        #expect(try refused.plan([:]).row("ConfigMap", "conf").kind == .blocked)
    }

    @Test func aLabelAloneTakesNothingFromItsOwner() throws {
        var live = member("0")
        live.setAnnotation("meta.helm.sh/release-name", "shop")
        let refused = try Samples.planner(Self.yaml, members: [live])
        #expect(refused.probes([:]).isEmpty)
        let row = try refused.plan([:]).row("ConfigMap", "conf")
        #expect(row.kind == .blocked && row.why.contains("from a run that was cut off"), "\(row.why)")
        let allowed = try Samples.planner(Samples.configMap("conf", annotations: "belay.dev/adopt: allowed"), members: [live])
        #expect(allowed.probes([:]).count == 1)
        let nothing = Digest(of: [])
        let recorded = try Samples.planner(Self.yaml, members: [live]) {
            $0.records[Self.key] = Record(uid: live.uid ?? "", desired: nothing, live: nothing)
        }
        #expect(recorded.probes([:]).count == 1)
    }

    @Test func whatTwoSourcesWantNobodyCreates() throws {
        let absent = try Samples.planner(Self.yaml, claimed: [Self.key]).plan([:]).row("ConfigMap", "conf")
        #expect(absent.kind == .blocked && absent.why.contains("more than one Application"))
        var unowned = try Samples.object(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, namespace: demo, uid: u, resourceVersion: '1'}}")
        let planner = try Samples.planner(Self.yaml, { $0.others[Self.key] = .present(unowned) }, claimed: [Self.key])
        #expect(try planner.plan([:]).row("ConfigMap", "conf").kind == .blocked)
        unowned.setLabel(Tracking.partOf, ApplySet.id(of: Samples.application()))
        #expect(try Samples.planner(Self.yaml, members: [member("1")], claimed: [Self.key]).probes([:]).count == 1)
    }

    @Test func theInventoryIsNoManifest() throws {
        let yaml = "{apiVersion: v1, kind: ConfigMap, metadata: {name: belay-demo, namespace: apps}}\n"
        let row = try Samples.planner(yaml).plan([:]).row("ConfigMap", "belay-demo")
        #expect(row.kind == .blocked && row.isRejected)
    }

    @Test func settingsThatMeanNothingAreSaid() throws {
        let plan = try Samples.planner(
            Samples.configMap("a", annotations: "belay.dev/prune: \"yes\", belay.dev/adopt: allowed")
                + Samples.configMap("b", annotations: "belay.dev/apply: createOnly")
        ).plan([:])
        #expect(plan.warnings.count == 2)
        #expect(plan.warnings[0].hasPrefix("ConfigMap demo/a: belay.dev/prune: yes means nothing"))
        #expect(plan.warnings[1].hasPrefix("ConfigMap demo/b: belay.dev/apply: createOnly"))
    }

    @Test func aWebhookWithoutDryRunLeavesTheRowUnverified() throws {
        let answer = failure(.badRequest, "admission webhook \"x.example.com\" does not support dry run")
        let (row, asked) = try play(try Samples.planner(Self.yaml, members: [member()]), [answer])
        #expect(asked.count == 1)
        #expect(row.kind == .configure && row.isUnverified && row.changes.map(\.path.description) == ["data.a"])
        guard case .apply(let write)? = row.write else { return }
        #expect(write.prediction == nil && !write.force)
        let operators: Value = [
            "manager": "operator", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:data": ["f:a": [:]]],
        ]
        var held = member()
        held.value.set(.array((held.metadata?["managedFields"]?.array ?? []) + [operators]), at: ["metadata", "managedFields"])
        let forced = try play(try Samples.planner(Self.yaml, members: [held]), [answer]).row
        guard case .apply(let write)? = forced.write else {
            Issue.record("no write")
            return
        }
        #expect(write.force)
        let failing = Samples.application { $0.sync.conflicts = .fail }
        #expect(try play(try Samples.planner(Self.yaml, members: [held], application: failing), [answer]).row.kind == .blocked)
        #expect(try create(.badRequest).kind == .blocked)
    }

    @Test func aFieldManagerThatStayedBehindNeedsAWord() throws {
        let old: Value = [
            "manager": "belay:apps/old", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:data": ["f:a": [:]]],
        ]
        var live = member()
        own(&live, ["f:metadata": marks])
        live.value.set(.array((live.metadata?["managedFields"]?.array ?? []) + [old]), at: ["metadata", "managedFields"])
        let conflict = failure(.fieldConflict, conflicts: [.init(path: ".data.a", manager: "belay:apps/old")])
        #expect(try play(try Samples.planner(Self.yaml, members: [live]), [conflict]).row.kind == .blocked)
        let allowed = Samples.configMap("conf", annotations: "belay.dev/adopt: allowed")
        let (row, _) = try play(try Samples.planner(allowed, members: [live]), [conflict, .object(member("1"), created: false)])
        #expect(row.kind == .adopt)
        guard case .apply(let write)? = row.write else { return }
        #expect(!write.force)
        let managers = (write.takeover?.array?.last?["value"]?.array ?? []).compactMap { $0["manager"]?.string }
        #expect(managers == ["belay:apps/demo"])
    }

    @Test func planningAgainSeesOneObject() throws {
        let planner = try Samples.planner(Self.yaml + Samples.configMap("other"), members: [member(), Samples.member("ConfigMap", "old")])
        let again = planner.replanning(Self.key, existence: .absent)
        let plan = again.plan([:])
        #expect(plan.operations.map(\.key) == [Self.key])
        #expect(plan.operations.map(\.kind) == [.create])
    }

    @Test func writesShowNothingOfTheirBodies() {
        let write = ApplyWrite(body: ["data": ["a": "hunter2"]], force: true, prediction: ["data": ["a": "hunter2"]])
        var text = "\(write)"
        debugPrint(write, to: &text)
        dump(write, to: &text)
        #expect(!text.contains("hunter2"))
    }
}
