// What is deleted, what is kept, and what needs a person.

import KubernetesModel
import Planning
import StructuredData
import Testing

struct PruneTests {
    private func row(
        _ member: Unstructured, _ edit: (inout ObservedState) -> Void = { _ in }, application: Application = Samples.application()
    )
        throws -> PlannedOperation
    {
        let plan = try Samples.planner(Samples.configMap("kept"), members: [member], application: application, edit).plan([:])
        return try #require(plan.operations.first { $0.location == nil })
    }

    @Test func whatGitNoLongerHasIsDeletedUnderPreconditions() throws {
        let row = try row(Samples.member("ConfigMap", "old"))
        #expect(row.kind == .prune)
        #expect(row.why == "not in Git any more, was applied from deploy/old.yaml")
        guard case .delete(let version)? = row.write else {
            Issue.record("no delete")
            return
        }
        #expect(version.resourceVersion == "7" && !version.uid.isEmpty)
    }

    @Test(arguments: ["Namespace", "CustomResourceDefinition", "PersistentVolumeClaim", "Application"])
    func protectedKindsNeedAWord(kind: String) throws {
        let versions = ["CustomResourceDefinition": "apiextensions.k8s.io/v1", "Application": "belay.dev/v1alpha1"]
        func member(_ annotations: [String: String]) -> Unstructured {
            Samples.member(
                kind, "x", namespace: kind == "Namespace" || kind == "CustomResourceDefinition" ? nil : "demo",
                apiVersion: versions[kind] ?? "v1", annotations: annotations)
        }
        let kept = try row(member([:]))
        #expect(kept.kind == .skip && kept.write == nil && kept.why.contains("belay.dev/prune: allowed"))
        #expect(try row(member([Tracking.prune: "allowed"])).kind == .prune)
        #expect(try row(member([Tracking.prune: "disabled"])).kind == .skip)
    }

    @Test func aParentOfASetIsProtected() throws {
        var parent = Samples.member("ConfigMap", "belay-other")
        parent.setLabel(Tracking.parentID, "applyset-x-v1")
        #expect(try row(parent).kind == .skip)
    }

    @Test(arguments: ["disabled", "terminating", "copied label", "clone", "handed on", "controller", "no uid", "other label", "bad name"])
    func someAreKept(reason: String) throws {
        var member = Samples.member("EndpointSlice", "web-abc", apiVersion: "discovery.k8s.io/v1")
        var text = ""
        switch reason {
        case "disabled":
            member.setAnnotation(Tracking.prune, "disabled")
            text = "belay.dev/prune: disabled"
        case "terminating":
            member.value.set("2026-11-23T08:00:00Z", at: ["metadata", "deletionTimestamp"])
            member.value.set(["example.com/hold"], at: ["metadata", "finalizers"])
            text = "held by example.com/hold"
        case "copied label":
            member.setAnnotation(Tracking.application, nil)
            member.value.set([], at: ["metadata", "managedFields"])
            text = "somebody copied"
        case "clone":
            // `kubectl get -o yaml | sed | kubectl apply`: label, annotation, and no field of ours.
            member.value.set(
                [["manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "v1", "fieldsV1": ["f:data": [:]]]],
                at: ["metadata", "managedFields"])
            text = "somebody copied"
        case "handed on":
            // The endpoints controller gives the labels of a Service to its Endpoints, which have no owner reference.
            member.value.set(
                [
                    [
                        "manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
                        "fieldsV1": ["f:metadata": ["f:labels": [".": [:], "f:applyset.kubernetes.io/part-of": [:]]]],
                    ]
                ], at: ["metadata", "managedFields"])
            text = "kube-controller-manager copied"
        case "controller":
            member.value.set([["kind": "Service", "name": "web", "uid": "1", "controller": true]], at: ["metadata", "ownerReferences"])
            text = "made by Service web"
        case "no uid":
            member.value.set("", at: ["metadata", "uid"])
            text = "cannot be deleted safely"
        case "other label":
            member.setLabel(Tracking.partOf, "applyset-other-v1")
            text = "does not carry"
        default:
            member.value.set("..", at: ["metadata", "name"])
            text = "cannot be deleted safely"
        }
        let row = try row(member)
        #expect(row.kind == .skip && row.write == nil)
        #expect(row.why.contains(text), "\(row.why)")
    }

    /// A run that was killed right after its create met Helm's object leaves Belay's label on it: the label alone makes nothing ours.
    @Test(arguments: ["stranger's", "recorded", "allowed", "from Git"])
    func whatAnotherOwnerMarkedIsOursByRecordOnly(case which: String) throws {
        var member = Samples.member("ConfigMap", "old", uid: "u1", annotations: ["meta.helm.sh/release-name": "shop"])
        if which == "allowed" { member.setAnnotation(Tracking.adopt, "allowed") }
        if which == "from Git" {
            var entry = try #require(member.value.at("metadata", "managedFields")?.array?.first)
            entry.set(["f:meta.helm.sh/release-name": [:]], at: ["fieldsV1", "f:metadata", "f:annotations"])
            member.value.set([entry], at: ["metadata", "managedFields"])
        }
        let row = try row(member) { observed in
            guard which == "recorded" else { return }
            let nothing = Digest(of: [])
            observed.records = RecordTable([Samples.key("ConfigMap", "old"): Record(uid: "u1", desired: nothing, live: nothing)])
                .records(of: [Samples.key("ConfigMap", "old")])
        }
        #expect(row.kind == (which == "stranger's" ? .skip : .prune), "\(row.why)")
        #expect(which != "stranger's" || row.why.contains("belongs to Helm release"), "\(row.why)")
    }

    @Test func nothingGoesWithoutACompleteRead() throws {
        let member = Samples.member("ConfigMap", "old")
        let cases: [(String, (inout ObservedState) -> Void)] = [
            ("rebuilt", { $0.parent = nil }), ("lists are missing", { $0.pruneObstacles = ["lists are missing"] }),
            (
                "could not be listed",
                { $0.unlisted = [.init(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: "demo", reason: "403")] }
            ),
            (
                "could not be listed",
                { $0.unlisted = [.init(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: nil, reason: "403")] }
            ),
        ]
        for (text, edit) in cases {
            let row = try row(member, edit)
            #expect(row.kind == .skip && row.why.contains(text), "\(row.why)")
        }
        let elsewhere = try row(member) {
            $0.unlisted = [.init(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: "other", reason: "403")]
        }
        #expect(elsewhere.kind == .prune)
        let incomplete = try row(Samples.member("Deployment", "old", apiVersion: "apps/v1")) {
            $0.discovery = Discovery(resources: Samples.resources, incompleteGroups: ["apps"])
        }
        #expect(incomplete.kind == .skip && incomplete.why.contains("group apps"))
        let gone = try row(Samples.member("Deployment", "old", apiVersion: "apps/v1")) {
            $0.discovery = Discovery(resources: Samples.resources.filter { $0.groupVersionKind.group != "apps" })
        }
        #expect(gone.kind == .skip && gone.why.contains("does not serve"))
    }

    @Test func whatTwoSourcesBroughtNeitherPrunesUnasked() throws {
        let ours = Samples.application().source.identity
        for (sources, text) in [
            ([ours], nil), (["https://git.example.com/other.git#deploy"], "was last synced from https://git.example.com/other.git#deploy"),
            ([ours, "https://git.example.com/other.git#deploy"], "was also synced from https://git.example.com/other.git#deploy"),
        ] as [([String], String?)] {
            let plan = try Samples.planner(Samples.configMap("kept"), members: [Samples.member("ConfigMap", "old")]) {
                $0.parent?.setAnnotation(Tracking.source, sources.joined(separator: "\n"))
            }.plan([:])
            #expect(plan.pruneNeedsApproval?.contains(text ?? "") == (text == nil ? nil : true), "\(plan.pruneNeedsApproval ?? "")")
            #expect(try plan.resolvingApproval(nil).row("ConfigMap", "old").kind == (text == nil ? .prune : .skip))
            #expect(try plan.resolvingApproval(plan.approvalDigest.description).row("ConfigMap", "old").kind == .prune)
        }
    }

    @Test func anEmptySourceDeletesNothing() throws {
        let plan = try Samples.planner("", members: [Samples.member("ConfigMap", "old")]).plan([:])
        #expect(plan.operations.map(\.kind) == [.skip])
        #expect(plan.pruneObstacles.contains { $0.contains("no objects at all") })
    }

    @Test func pruneOffKeepsAll() throws {
        let row = try row(Samples.member("ConfigMap", "old"), application: Samples.application { $0.sync.prune = false })
        #expect(row.kind == .skip && row.why.contains("sync.prune is off"))
    }

    @Test func whatAnotherApplicationWantsIsLeftToIt() throws {
        let key = Samples.key("ConfigMap", "moved")
        let plan = try Samples.planner(
            Samples.configMap("kept"), members: [Samples.member("ConfigMap", "moved"), Samples.member("ConfigMap", "old")], claimed: [key]
        ).plan([:])
        #expect(try plan.row("ConfigMap", "moved").kind == .skip)
        #expect(try plan.row("ConfigMap", "old").kind == .prune)
    }

    @Test(arguments: [
        (2, 4, false), (2, 2, false), (3, 10, false), (3, 9, true), (4, 13, true), (10, 34, false), (11, 1000, true),
    ])
    func manyAreHeld(deletions: Int, members: Int, isHeld: Bool) throws {
        let old = (0..<deletions).map { Samples.member("ConfigMap", "old\($0)") }
        let kept = (0..<(members - deletions)).map { Samples.member("ConfigMap", "kept\($0)") }
        let plan = try Samples.planner(
            (0..<max(1, members - deletions)).map { Samples.configMap("kept\($0)") }.joined(), members: old + kept
        ).plan([:])
        #expect((plan.hold != nil) == isHeld, "\(plan.hold ?? "not held")")
        if isHeld {
            #expect(plan.hold?.contains(plan.approvalDigest.short) ?? false)
            #expect(plan.resolvingApproval(nil).hold != nil)
            #expect(plan.resolvingApproval(String(plan.approvalDigest.description.prefix(11))).hold != nil)
            #expect(plan.resolvingApproval(plan.approvalDigest.short).hold == nil)
            #expect(plan.resolvingApproval(plan.approvalDigest.description.uppercased()).hold == nil)
        }
    }

    /// Other content of a generated ConfigMap is another object: what it takes the place of is not lost.
    @Test(arguments: [
        ("conf-fk5bkghdfk", "conf-2mt4kg9b8d", false), ("conf-fk5bkghdfk", "other-2mt4kg9b8d", true),
        ("conf-abcdefghij", "conf-2mt4kg9b8d", true), ("conf", "conf-2mt4kg9b8d", true), ("conf-fk5bkghdfk", "conf", true),
    ])
    func anotherHashIsNoLoss(old: String, new: String, isHeld: Bool) throws {
        let names = (0..<4).map { "a\($0)" }
        let plan = try Samples.planner(
            names.map { Samples.configMap("\($0)-\(new)") }.joined(), members: names.map { Samples.member("ConfigMap", "\($0)-\(old)") }
        ).plan([:])
        #expect(plan.operations.count { $0.kind == .prune } == 4)
        #expect((plan.hold != nil) == isHeld, "\(plan.hold ?? "not held")")
    }

    @Test func theDigestIsOverWhatGoesOnly() throws {
        func digest(_ kept: String, _ names: [String], tree: String = "tree", uid: String? = nil) throws -> Digest {
            let planner = try Samples.planner(
                kept, members: names.map { Samples.member("ConfigMap", $0, uid: uid) } + [Samples.member("ConfigMap", "kept")])
            var desired = planner.desired
            desired.treeID = tree
            return Planner(desired: desired, observed: planner.observed, redactionKey: []).plan([:]).approvalDigest
        }
        let base = try digest(Samples.configMap("kept"), ["a", "b"])
        #expect(try digest(Samples.configMap("kept", "changed") + Samples.configMap("new"), ["b", "a"]) == base)
        #expect(try digest(Samples.configMap("kept"), ["a"]) != base)
        #expect(try digest(Samples.configMap("kept"), ["a", "b"], tree: "other") != base)
        #expect(try digest(Samples.configMap("kept"), ["a", "b"], uid: "another") != base)
    }

    /// What is approved stays the same plan when the controller starts again and does not know yet what the others want.
    @Test func theDigestStandsWhileSomethingIsNotKnownYet() throws {
        let names = (1...6).map { "m\($0)" }
        func plan(_ obstacles: [String]) throws -> Plan {
            let members = (names + ["kept"]).map { Samples.member("ConfigMap", $0) }
            return try Samples.planner(Samples.configMap("kept"), members: members) { $0.pruneObstacles = obstacles }.plan([:])
        }
        let (now, later) = (try plan(["not all were looked at"]), try plan([]))
        #expect(now.operations.allSatisfy { $0.kind != .prune } && later.operations.contains { $0.kind == .prune })
        #expect(now.hold != nil && now.hold == later.hold)
        #expect(now.approvalDigest == later.approvalDigest)
    }

    @Test func anotherSourceNeedsAnApproval() throws {
        var parent = Samples.parent()
        parent.setAnnotation(Tracking.source, "https://git.example.com/other.git#deploy")
        let plan = try Samples.planner(Samples.configMap("new"), members: [Samples.member("ConfigMap", "old")]) { $0.parent = parent }
            .plan([:])
        #expect(plan.hold == nil)
        #expect(plan.pruneNeedsApproval?.contains("other.git") ?? false)
        let refused = plan.resolvingApproval(nil)
        #expect(try refused.row("ConfigMap", "old").kind == .skip)
        #expect(try refused.row("ConfigMap", "old").write == nil)
        #expect(try refused.row("ConfigMap", "new").kind == .create)
        #expect(try plan.resolvingApproval(plan.approvalDigest.short).row("ConfigMap", "old").kind == .prune)
    }

    @Test func deletingAnApplicationKeepsTheProtections() throws {
        var options = Planner.Options()
        options.purpose = .deletion
        let members =
            (0..<12).map { Samples.member("ConfigMap", "c\($0)") } + [
                Samples.member("PersistentVolumeClaim", "data"),
                Samples.member("ConfigMap", "x", annotations: [Tracking.prune: "disabled"]),
            ]
        let plan = try Samples.planner(
            Samples.configMap("c0"), members: members, application: Samples.application { $0.sync.prune = false }, options: options
        ).plan([:])
        #expect(plan.hold == nil && plan.pruneObstacles.isEmpty)
        #expect(plan.counts[.prune] == 12)
        #expect(try plan.row("PersistentVolumeClaim", "data").kind == .skip)
        #expect(try plan.row("ConfigMap", "x").kind == .skip)
    }
}
