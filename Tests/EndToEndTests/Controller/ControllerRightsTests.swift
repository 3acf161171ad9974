// The installed controller has the rights that it uses and no others, and a tenant's service account gets nowhere through it that it
// may not go by itself: neither to write nor to read.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: isRefereed, "the sandbox knows one identity and no roles: only on a real API server"))
struct ControllerRightsTests {
    private static let account = "system:serviceaccount:belay-system:belay"
    private static let patience = Duration.seconds(90)

    /// With the role `belay-manage` the controller could do by itself what the tenants may not; without it the API server sees to it that
    /// no right is missing.
    @Test(arguments: [["--least-rights"], []])
    func rightsAreThoseThatAreUsedAndTenantsStayAtHome(_ flags: [String]) async throws {
        // Of its own: the controller looks at all Applications there are.
        let server = try await APIServer(controllers: .none)
        try await withTeams(server, flags) { a, b, rules in
            let cluster = a.team.cluster
            let start = try await AuditEvent.mark(server, cluster)
            try a.controller.start()
            let foreign = try await Foreign(of: b)
            do {
                try await live(a, b)
                try await expectCorrected(a)
                try await expectCorrected(b)
                try await reportDrift(b)
                try await readCredentials(b)
                try await substitute(b)
                try await trespass(a, foreign)
                try await settle(a)
                try await end(a, b)
                let code = try await a.controller.stop()
                #expect(code == 0, "\(a.controller.tail)")
            } catch {
                try? await a.controller.kill()
                throw TestSupportError("\(error)\nlog:\n\(a.controller.tail)")
            }
            try await foreign.expectUntouched()
            let all = try AuditEvent.all(
                of: Self.account, in: server, from: start, to: try await AuditEvent.mark(server, cluster))
            expect(all, keepTo: rules)
            expect(all, a, b, keepOff: foreign)
        }
    }

    // MARK: What the teams do

    /// Each syncs, a commit lands, and what leaves Git goes.
    private func live(_ a: KeptScenario, _ b: KeptScenario) async throws {
        for kept in [a, b] {
            let commit = try await kept.repository.commit([
                "deploy/flags.yaml": Manifests.configMap("flags"), "deploy/going.yaml": Manifests.configMap("going"),
            ])
            try await kept.apply()
            try await kept.applied(commit, for: Self.patience)
        }
        for kept in [a, b] {
            try kept.repository.remove("deploy/going.yaml")
            let commit = try await kept.repository.commit(["deploy/flags.yaml": Manifests.configMap("flags", "2")])
            try await kept.applied(commit, for: Self.patience)
            #expect(try await kept.live("configmap/flags", "data", "level") == "2")
            #expect(try await kept.live("configmap/going") == nil)
        }
    }

    private func expectCorrected(_ kept: KeptScenario) async throws {
        let color = try await kept.live("configmap/flags", "data", "color")
        try await kept.kubectl("patch", "configmap/flags", "--type=merge", "-p", #"{"data":{"color":"red"}}"#)
        try await kept.eventually("drift in \(kept.namespace) is put right", for: Self.patience) {
            try await kept.live("configmap/flags", "data", "color") == color
        }
        try await kept.eventually("an Event tells of it", for: Self.patience) {
            try await kept.team.kubectl("get", "events.events.k8s.io", "-o", "jsonpath={.items[*].reason}").says("DriftCorrected")
        }
    }

    private func reportDrift(_ kept: KeptScenario) async throws {
        func report(_ count: Int64, after data: String) async throws {
            try await kept.kubectl("patch", "configmap/flags", "--type=merge", "-p", data)
            try await kept.eventually("\(count) open in the DriftReport", for: Self.patience) {
                let told = try await kept.live("driftreports.belay.dev/app", "openCount")
                let open = try await kept.status("openDrift")
                return told?.int == count && open?.int == count
            }
        }
        try await kept.patch("app", #"{"drift":{"policy":"Report"}}"#)
        let generation = try await kept.live("applications.belay.dev/app", "metadata", "generation")
        try await kept.eventually("the policy is known", for: Self.patience) { try await kept.status("observedGeneration") == generation }
        try await report(1, after: #"{"data":{"color":"green"}}"#)
        try await report(0, after: #"{"data":{"color":"blue"}}"#)
    }

    private func readCredentials(_ kept: KeptScenario) async throws {
        try await kept.patch("app", #"{"source":{"secretRef":{"name":"creds"}}}"#)
        try await kept.ready("not InvalidSource: there is no Secret \(kept.namespace)/creds", for: Self.patience)
        try await kept.kubectl("create", "secret", "generic", "creds", "--from-literal=username=u", "--from-literal=password=p")
        let commit = try await kept.repository.commit(["deploy/flags.yaml": Manifests.configMap("flags", "3")])
        try await kept.applied(commit, for: Self.patience)
    }

    /// What variables stand for is read as the team's account.
    private func substitute(_ kept: KeptScenario) async throws {
        try await kept.kubectl("create", "configmap", "settings", "--from-literal=LEVEL=5")
        try await kept.kubectl("create", "secret", "generic", "keys", "--from-literal=PASSWORD=s3cr3t-canary")
        try await kept.patch(
            "app", #"{"source":{"substitute":{"from":[{"kind":"ConfigMap","name":"settings"},{"kind":"Secret","name":"keys"}]}}}"#)
        let commit = try await kept.repository.commit(["deploy/flags.yaml": Manifests.configMap("flags", "${LEVEL} ${PASSWORD}")])
        try await kept.applied(commit, for: Self.patience)
        #expect(try await kept.live("configmap/flags", "data", "level") == "5 s3cr3t-canary")
        try await kept.kubectl("patch", "configmap/settings", "--type=merge", "-p", #"{"data":{"LEVEL":"6"}}"#)
        try await kept.eventually("the values are read again", for: Self.patience) {
            try await kept.live("configmap/flags", "data", "level") == "6 s3cr3t-canary"
        }
    }

    /// The team's commits want what is another's; what is its own goes on.
    private func trespass(_ kept: KeptScenario, _ foreign: Foreign) async throws {
        let commit = try await kept.repository.commit([
            "deploy/flags.yaml": Manifests.configMap("flags", "4"), "deploy/foreign.yaml": foreign.manifests,
        ])
        try await kept.eventually("the refusal is told", for: Self.patience) {
            let attempted = try await kept.status("lastAttemptedRevision")
            let working = try await kept.condition("Reconciling")
            return attempted?.string == "main@sha1:\(commit)" && working.hasPrefix("not")
        }
        let said = try await kept.condition()
        #expect(said.hasPrefix("not ") && said.contains("forbidden"), "\(said)")
        #expect(try await kept.live("configmap/flags", "data", "level") == "4", "\(said)")
        try await expectCorrected(kept)

        try await kept.repository.commit(["elsewhere/flags.yaml": Manifests.configMap("flags")])
        try await kept.apply("intruder", path: "elsewhere", destination: foreign.missingNamespace)
        try await kept.eventually("the intruder is refused", for: Self.patience) {
            let said = try await kept.condition(of: "intruder")
            return said.hasPrefix("not ") && said.contains("forbidden")
        }
        try await kept.kubectl("delete", "applications.belay.dev/intruder", "--wait=false")
        try await gone("applications.belay.dev/intruder", kept)
    }

    /// Without what was another's all is well again.
    private func settle(_ kept: KeptScenario) async throws {
        let foreign = try String(contentsOfFile: kept.repository.path + "/deploy/foreign.yaml", encoding: .utf8)
        try kept.repository.remove("deploy/foreign.yaml")
        let commit = try await kept.repository.commit(["deploy/more.yaml": Manifests.configMap("more")])
        try await kept.applied(commit, for: Self.patience)
        try kept.repository.remove("deploy/more.yaml")
        try await kept.applied(try await kept.repository.commit("Without more"), for: Self.patience)
        #expect(try await kept.live("configmap/more") == nil)
        let last = try await kept.repository.commit(["deploy/foreign.yaml": foreign])
        try await kept.eventually("it is refused again", for: Self.patience) {
            try await kept.status("lastAttemptedRevision")?.string == "main@sha1:\(last)"
        }
    }

    /// The Applications go with their objects, also the one that wanted what is another's.
    private func end(_ teams: KeptScenario...) async throws {
        for kept in teams {
            try await kept.kubectl("delete", "applications.belay.dev/app", "--wait=false")
            try await gone("applications.belay.dev/app", kept)
            #expect(try await kept.live("configmap/flags") == nil)
        }
    }

    private func gone(_ target: String, _ kept: KeptScenario) async throws {
        try await kept.eventually("\(target) is gone from \(kept.namespace)", for: Self.patience) {
            let read = try await kept.team.kubectl("get", target)
            return read.status != 0 && read.says("not found")
        }
    }

    // MARK: What the audit log says

    /// As sets: what the controller did by itself, and what its roles allow beside `belay-manage`.
    private func expect(_ all: [AuditEvent], keepTo rules: Set<String>) {
        let own = all.filter(\.impersonated.isEmpty)
        var used = Set(own.flatMap(\.pairs))
        if all.contains(where: { $0.impersonated.hasPrefix("system:serviceaccount:") }) { used.insert("impersonate serviceaccounts") }
        #expect(used.subtracting(rules).sorted() == [], "used, but in no role")
        #expect(rules.subtracting(used).sorted() == [], "in a role, but never used")
        #expect(own.filter { $0.code == 403 }.map(\.description) == [])
        #expect(Set(own.filter { $0.resource == "leases" }.map(\.namespace)) == ["belay-system"])
        print("the controller's own rights: \(used.sorted().joined(separator: ", "))")
    }

    /// Whatever is not at home in team a's namespace was asked for in its account's name alone, and refused.
    private func expect(_ all: [AuditEvent], _ a: KeptScenario, _ b: KeptScenario, keepOff foreign: Foreign) {
        func account(_ kept: KeptScenario) -> String { "system:serviceaccount:\(kept.namespace):deployer" }
        #expect(Set(all.map(\.impersonated)) == ["", account(a), account(b)])
        let secrets = all.filter { $0.impersonated.isEmpty && $0.resource == "secrets" }
        #expect(Set(secrets.map { "\($0.verb) \($0.namespace)/\($0.name)" }) == ["get \(b.namespace)/creds"])

        let abroad = all.filter { $0.impersonated == account(a) && $0.namespace != a.namespace }
        for (resource, namespace) in [("configmaps", b.namespace), ("secrets", b.namespace), ("clusterroles", "")] {
            #expect(abroad.contains { $0.resource == resource && $0.namespace == namespace }, "\(resource) were never asked for")
        }
        #expect(Set(abroad.filter { $0.code != 403 }.map(\.description)).sorted() == [])

        let touched = all.filter { foreign.has($0) }
        #expect(!touched.isEmpty)
        #expect(Set(touched.filter { $0.impersonated != account(a) }.map(\.description)).sorted() == [])
    }

    // MARK: Setting up

    private func withTeams(
        _ server: APIServer, _ flags: [String], _ body: (KeptScenario, KeptScenario, Set<String>) async throws -> Void
    ) async throws {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("rights-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: scratch + "/tmp", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let cluster = TestCluster(kind: .apiServer(server), kubeconfig: server.kubeconfig, scratch: scratch)
        let objects = try await install(cluster, flags)
        let kubeconfig = try await ownKubeconfig(cluster)
        let suffix = UUID().uuidString.prefix(8).lowercased()
        try await withGitRepository { first in
            try await withGitRepository { second in
                let teams = [("team-a", first), ("team-b", second)].map { name, repository in
                    Scenario(cluster: cluster, repository: repository, namespace: "\(name)-\(suffix)", home: scratch)
                }
                var controller = teams[0]
                controller.kubeconfig = kubeconfig
                var program = controller.program
                program.environment["TMPDIR"] = scratch + "/tmp"
                let journal = scratch + "/journal.db"
                let process = ControllerProcess(
                    program: program,
                    arguments: [
                        "controller", "--default-service-account", "deployer", "--lease-namespace", "belay-system",
                        "--allow-file-repositories", "--health-address", "127.0.0.1:0", "--journal", journal,
                    ], folder: scratch)
                let kept = teams.map { KeptScenario(team: $0, controller: process, journal: journal) }
                for team in kept { try await move(in: team) }
                try await body(kept[0], kept[1], AccessRules.pairs(of: objects, besides: "belay-manage"))
            }
        }
    }

    /// Applies what `belay install --export` prints, but for what needs a node.
    private func install(_ cluster: TestCluster, _ flags: [String]) async throws -> [Value] {
        let exported = try await Program(Scenario.binary("belay")).run(
            ["install", "--export", "--default-service-account", "deployer"] + flags)
        try #require(exported.status == 0, "\(exported)")
        let objects = try YAML.read(Array(exported.output.utf8), file: "export").map(\.value)
            .filter { !["Deployment", "PersistentVolumeClaim"].contains($0["kind"]?.string) }
        let text = objects.map { "---\n" + YAML.write($0) }.joined()
        try await run(cluster, ["apply", "--server-side", "-f", "-"], input: text)
        try await run(
            cluster, ["wait", "--for=condition=Established", "crd", "applications.belay.dev", "driftreports.belay.dev", "--timeout=60s"])
        return objects
    }

    /// The way to the cluster with a token of the installed ServiceAccount, and with nothing else.
    private func ownKubeconfig(_ cluster: TestCluster) async throws -> String {
        let token = try await run(cluster, ["-n", "belay-system", "create", "token", "belay", "--duration=2h"])
        let admin = try YAML.read(Array(try Data(contentsOf: URL(fileURLWithPath: cluster.kubeconfig))), file: "kubeconfig").first?.value
        let config: Value = [
            "apiVersion": "v1", "kind": "Config", "current-context": "belay",
            "clusters": try #require(admin?["clusters"]),
            "contexts": [["name": "belay", "context": ["cluster": "test", "user": "belay"]]],
            "users": [
                ["name": "belay", "user": ["token": .string(token.output.trimmingCharacters(in: .whitespacesAndNewlines))]]
            ],
        ]
        let file = cluster.scratch + "/belay.kubeconfig"
        try Data(JSON.write(config)).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// A namespace with an account that may do everything in it.
    private func move(in kept: KeptScenario) async throws {
        try await kept.team.makeNamespace()
        try await kept.kubectl(
            "create", "-f", "-",
            input: """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: deployer}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: everything}
                rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: deployer}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: everything}
                subjects: [{kind: ServiceAccount, name: deployer, namespace: \(kept.namespace)}]
                """)
    }

    @discardableResult
    private func run(_ cluster: TestCluster, _ arguments: [String], input: String = "") async throws -> ProgramResult {
        let done = try await cluster.run(arguments, input: input)
        guard done.status == 0 else { throw TestSupportError("\(done)") }
        return done
    }
}

/// Objects that are another team's or the cluster's: some are there, some are not.
private struct Foreign {
    let owner: KeptScenario
    private let before: [String: Value]
    private var suffix: String { owner.namespace }
    var missingNamespace: String { "new-\(suffix)" }

    init(of owner: KeptScenario) async throws {
        self.owner = owner
        try await owner.kubectl("create", "configmap", "theirs", "--from-literal=level=1")
        try await owner.kubectl("create", "secret", "generic", "theirs", "--from-literal=password=secret")
        try await owner.kubectl("create", "clusterrole", "theirs-\(owner.namespace)", "--verb=get", "--resource=pods")
        var before: [String: Value] = [:]
        for target in ["configmap/theirs", "secret/theirs", "clusterrole/theirs-\(owner.namespace)"] {
            let object: Value = try #require(try await owner.live(target))
            before[target] = object
        }
        self.before = before
    }

    /// As the other team commits them.
    var manifests: String {
        func of(_ kind: String, _ name: String, _ rest: String) -> String {
            "---\napiVersion: v1\nkind: \(kind)\nmetadata: {name: \(name), namespace: \(owner.namespace)}\n\(rest)\n"
        }
        func role(_ name: String) -> String {
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \(name)-\(suffix)}\nrules: []\n"
        }
        return of("ConfigMap", "theirs", "data: {level: taken}") + of("ConfigMap", "planted", "data: {level: taken}")
            + of("Secret", "theirs", "stringData: {password: taken}") + role("theirs") + role("planted")
    }

    /// Whether the request is for one of them, or for many of which it may be one.
    func has(_ event: AuditEvent) -> Bool {
        let names = ["theirs", "planted", "theirs-\(suffix)", "planted-\(suffix)", missingNamespace, ""]
        guard names.contains(event.name) || event.namespace == missingNamespace else { return false }
        if event.resource == "clusterroles" || event.resource == "namespaces" { return true }
        return ["configmaps", "secrets"].contains(event.resource) && event.namespace == owner.namespace && !event.name.isEmpty
    }

    func expectUntouched() async throws {
        for (target, object) in before { #expect(try await owner.live(target) == object) }
        for target in ["configmap/planted", "clusterrole/planted-\(suffix)", "namespace/\(missingNamespace)"] {
            #expect(try await owner.live(target) == nil, "\(target) was made")
        }
    }
}
