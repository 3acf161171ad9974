// What became of a request, told from hand-made statuses; and what is made of a status that nobody in his right mind would write.

import BelayCommands
import Foundation
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite struct ApplicationVerdictTests {
    private static let now = 1_790_000_000.0
    private static let asked = "2026-09-21T14:13:20.000Z"
    static let old = "1111111111111111111111111111111111111111"
    static let new = "2222222222222222222222222222222222222222"
    static let newest = "3333333333333333333333333333333333333333"

    /// An Application whose status is `status`, and whose spec has `spec` beside its source.
    static func application(_ status: String, spec: String = "{}", name: String = "web", branch: String = "main") throws
        -> ApplicationResource
    {
        let text = """
            apiVersion: belay.dev/v1alpha1
            kind: Application
            metadata: {namespace: shop, name: \(name), generation: 3, resourceVersion: "7", annotations: {x: "y"}}
            spec: {}
            """
        var value = try #require(try YAML.read(Array(text.utf8), file: "test").first?.value)
        value.set(try YAML.read(Array(spec.utf8), file: "spec").first?.value, at: ["spec"])
        value.set(["repoURL": "https://git.example.com/shop.git", "ref": ["branch": .string(branch)]], at: ["spec", "source"])
        value.set(try YAML.read(Array(status.utf8), file: "status").first?.value, at: ["status"])
        return ApplicationResource(value)
    }

    private static func ready(_ status: String, _ reason: String, _ message: String = "") -> String {
        "conditions: [{type: Ready, status: \"\(status)\", reason: \(reason), message: \"\(message)\"}]"
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status: String
        var spec = "{}"
        var commit: String?
        var isContent = false
        var pinned: String?
        var asked: String? = ApplicationVerdictTests.asked
        /// `waiting`, `reached`, `notAffected`, or an exit code.
        var verdict: String
        var says: String
        var testDescription: String { name }
    }

    private static let echo = "observedGeneration: 3, lastHandledReconcileAt: \"\(asked)\", "
    private static func at(_ applied: String, _ attempted: String) -> String {
        "lastAppliedRevision: \"main@sha1:\(applied)\", lastAttemptedRevision: \"main@sha1:\(attempted)\", "
    }

    private static let waits = "pendingRevision: \"main@sha1:\(newest)\", "
    private static func run(_ phase: String, _ begun: String) -> String {
        "runs: [{id: a, phase: \(phase), revision: \"main@sha1:\(new)\", startedAt: \"\(begun)\"}]"
    }

    private static let cases: [Case] = [
        Case(name: "no status", status: "{}", verdict: "waiting", says: "not looked at the change"),
        Case(
            name: "not answered", status: "{observedGeneration: 3, \(ready("True", "Succeeded"))}", verdict: "waiting", says: "not answered"
        ),
        Case(
            name: "an older answer",
            status: "{observedGeneration: 3, lastHandledReconcileAt: \"2026-09-21T14:13:19.999Z\", \(ready("True", "Succeeded"))}",
            verdict: "waiting", says: "not answered"),
        Case(
            name: "a later answer",
            status: "{observedGeneration: 3, lastHandledReconcileAt: \"2026-09-21T14:13:21Z\", \(ready("True", "Succeeded"))}",
            verdict: "reached", says: ""),
        Case(
            name: "an older spec", status: "{observedGeneration: 2, lastHandledReconcileAt: \"\(asked)\", \(ready("True", "Succeeded"))}",
            verdict: "waiting", says: "change"),
        Case(name: "no verdict", status: "{\(echo) conditions: []}", verdict: "waiting", says: "verdict"),
        Case(name: "unknown", status: "{\(echo)\(ready("Unknown", "Starting"))}", verdict: "waiting", says: "verdict"),
        Case(name: "progressing", status: "{\(echo)\(ready("Unknown", "Progressing", "3 of 9"))}", verdict: "waiting", says: "3 of 9"),
        Case(
            name: "ready, but a run goes on", status: "{\(echo)runs: [{id: a, phase: applying}], \(ready("True", "Succeeded"))}",
            verdict: "waiting", says: "applying"),
        Case(
            name: "reconciling",
            status:
                "{\(echo)conditions: [{type: Ready, status: \"False\", reason: Failed}, {type: Reconciling, status: \"True\", message: again}]}",
            verdict: "waiting", says: "again"),
        Case(
            name: "a dependency", status: "{\(echo)\(ready("False", "DependencyNotReady", "infra"))}", verdict: "waiting",
            says: "another Application: infra"),
        Case(
            name: "done",
            status:
                "{\(echo)\(at(new, new))counts: {create: 2, unchanged: 3}, runs: [{id: R1, phase: succeeded}], \(ready("True", "Succeeded"))}",
            verdict: "reached", says: "main@sha1:2222222, 2 created, 3 unchanged   run R1"),
        Case(name: "failed", status: "{\(echo)\(ready("False", "Failed", "no"))}", verdict: "1", says: "it failed: no"),
        Case(name: "partial", status: "{\(echo)\(ready("False", "Partial", "one"))}", verdict: "1", says: "in part: one"),
        Case(
            name: "a reason of later versions", status: "{\(echo)\(ready("False", "Moonless", "dark"))}", verdict: "1",
            says: "Moonless: dark"),
        Case(
            name: "superseded", status: "{\(echo)runs: [{id: a, phase: superseded}], \(ready("False", "Failed"))}", verdict: "5",
            says: "failed"),
        Case(name: "manifests", status: "{\(echo)\(ready("False", "RenderFailed", "a.yaml:3"))}", verdict: "2", says: "a.yaml:3"),
        Case(name: "no source", status: "{\(echo)\(ready("False", "SourceUnreachable"))}", verdict: "4", says: "cannot be reached"),
        Case(name: "forbidden", status: "{\(echo)\(ready("False", "NotAllowed"))}", verdict: "4", says: "not allowed"),
        Case(
            name: "held",
            status:
                "{\(echo)planDigest: \(String(repeating: "ab", count: 32)), runs: [{id: a, phase: held}], \(ready("False", "Held", "prunes 40"))}",
            verdict: "6", says: "it is held: prunes 40"),
        Case(
            name: "waits for belay sync",
            status:
                "{\(echo)planDigest: \(String(repeating: "ab", count: 32)), pendingRevision: x, runs: [{id: a, phase: succeeded}], \(ready("False", "Held", "Manual"))}",
            verdict: "6", says: "it is held: Manual"),
        Case(
            name: "what was let through is applied, and what came after it waits",
            status: "{\(echo)\(at(new, new))\(waits)\(run("succeeded", "2026-09-21T14:13:21.000Z")), \(ready("False", "Held", "Manual"))}",
            verdict: "reached", says: "3333333 waits"),
        Case(
            name: "what is applied was there before the wish, and something newer waits",
            status: "{\(echo)\(at(new, new))\(waits)\(run("succeeded", "2026-09-21T14:13:19.000Z")), \(ready("False", "Held", "Manual"))}",
            verdict: "6", says: "Manual"),
        Case(
            name: "the commit that is asked for is applied, and something newer waits",
            status: "{\(echo)\(at(new, new))\(waits)\(run("succeeded", "2026-09-21T14:13:19.000Z")), \(ready("False", "Held", "Manual"))}",
            commit: new, verdict: "reached", says: ""),
        Case(
            name: "the commit that is asked for is not there any more",
            status: "{\(echo)\(at(old, old))\(waits)\(ready("False", "Held", "Manual"))}", commit: new, verdict: "5",
            says: "nothing was applied"),
        Case(
            name: "the commit that is asked for has failed, and something newer waits",
            status: "{\(echo)\(at(old, new))\(waits)\(run("partial", "2026-09-21T14:13:21.000Z")), \(ready("False", "Held", "1 failed"))}",
            commit: new, verdict: "1", says: "not applied as a whole (partial)"),
        Case(
            name: "suspended", status: "{\(echo)\(ready("True", "Succeeded"))}", spec: "{suspend: {reason: incident}}", verdict: "6",
            says: "suspended: incident"),
        Case(
            name: "suspended until yesterday", status: "{\(echo)\(ready("True", "Succeeded"))}",
            spec: "{suspend: {reason: incident, until: \"2026-09-20T00:00:00Z\"}}", verdict: "reached", says: ""),
        Case(
            name: "pinned", status: "{\(echo)\(ready("True", "Pinned"))}", spec: "{pin: {run: R1, reason: bad}}", verdict: "6",
            says: "pinned to run R1: bad"),
        Case(
            name: "rolled back", status: "{\(echo)\(at(old, old))\(ready("True", "Pinned"))}", spec: "{pin: {run: R1, reason: bad}}",
            pinned: "R1",
            verdict: "reached", says: "1111111"),
        Case(
            name: "rolled back, not Ready for that", status: "{\(echo)\(ready("False", "Pinned"))}", spec: "{pin: {run: R1, reason: bad}}",
            pinned: "R1", verdict: "reached", says: ""),
        Case(
            name: "unpinned meanwhile", status: "{\(echo)\(ready("True", "Succeeded"))}", pinned: "R1", verdict: "5", says: "somebody else"),
        Case(
            name: "rollback failed", status: "{\(echo)\(ready("False", "Failed", "x"))}", spec: "{pin: {run: R1, reason: bad}}",
            pinned: "R1",
            verdict: "1", says: "x"),
        // sync --revision
        Case(
            name: "revision", status: "{\(echo)\(at(new, new))\(ready("True", "Succeeded"))}", commit: String(new.prefix(7)),
            verdict: "reached", says: "2222222"),
        Case(
            name: "six digits are no commit", status: "{\(echo)\(at(new, new))\(ready("True", "Succeeded"))}", commit: "222222",
            verdict: "5",
            says: "took over"),
        Case(
            name: "another revision", status: "{\(echo)\(at(old, old))\(ready("True", "Succeeded"))}", commit: new, verdict: "5",
            says: "or that commit is not on branch main"),
        Case(
            name: "it touches nothing", status: "{\(echo)\(at(old, new))\(ready("True", "Succeeded"))}", commit: new,
            verdict: "notAffected", says: "stays at main@sha1:1111111"),
        Case(
            name: "it waits", status: "{\(echo)pendingRevision: \"main@sha1:\(new)\", \(at(old, old))\(ready("True", "Succeeded"))}",
            commit: new,
            verdict: "6", says: "waits"),
        Case(
            name: "a later one was quicker",
            status:
                "{\(echo)\(at(old, old))runs: [{id: R2, phase: succeeded, revision: \"main@sha1:\(old)\"}, {id: R1, phase: superseded, revision: \"main@sha1:\(new)\"}], \(ready("True", "Succeeded"))}",
            commit: new, verdict: "5", says: "took over"),
        // wait --commit
        Case(
            name: "there, and a newer one is held",
            status: "{\(at(old, old))pendingRevision: \"main@sha1:\(new)\", \(ready("False", "Held", "Manual"))}", commit: old,
            isContent: true, asked: nil, verdict: "reached", says: "applied"),
        Case(
            name: "there, and its own plan is held", status: "{\(echo)\(at(old, old))\(ready("False", "Held", "prunes"))}", commit: old,
            isContent: true, verdict: "6", says: "held"),
        Case(
            name: "there, and a newer one is invalid",
            status: "{\(at(old, new))\(ready("False", "RenderFailed", "a.yaml"))}", commit: old, isContent: true, asked: nil,
            verdict: "reached", says: "applied"),
        Case(
            name: "there, and Git is away", status: "{\(at(old, old))\(ready("False", "SourceUnreachable"))}", commit: old,
            isContent: true, asked: nil, verdict: "reached", says: "applied"),
        Case(
            name: "there, and another Application is not", status: "{\(at(old, old))\(ready("False", "DependencyNotReady"))}", commit: old,
            isContent: true, asked: nil, verdict: "reached", says: "applied"),
        Case(
            name: "there, and spoilt", status: "{\(echo)\(at(old, old))\(ready("False", "Failed", "no"))}", commit: old, isContent: true,
            verdict: "1", says: "no"),
        Case(
            name: "went past it", status: "{\(echo)\(at(newest, newest))\(ready("True", "Succeeded"))}", commit: new, isContent: true,
            verdict: "5", says: "it is at main@sha1:3333333 by now"),
        Case(
            name: "went past it, and failed", status: "{\(echo)\(at(old, newest))\(ready("False", "Failed", "no"))}", commit: new,
            isContent: true, verdict: "5", says: "it is at main@sha1:3333333 by now"),
        Case(
            name: "was past it before anybody asked", status: "{\(at(newest, newest))\(ready("True", "Succeeded"))}", commit: new,
            isContent: true, asked: nil, verdict: "waiting", says: "not seen yet"),
        Case(
            name: "there already, unasked", status: "{\(at(new, new))\(ready("True", "Succeeded"))}", commit: new, isContent: true,
            asked: nil,
            verdict: "reached", says: "applied"),
        Case(
            name: "there, and suspended", status: "{\(at(new, new))\(ready("False", "Suspended"))}", spec: "{suspend: {reason: x}}",
            commit: new,
            isContent: true, asked: nil, verdict: "reached", says: "applied"),
        Case(
            name: "not there, and suspended", status: "{\(at(old, old))\(ready("False", "Suspended"))}", spec: "{suspend: {reason: x}}",
            commit: new,
            isContent: true, verdict: "6", says: "suspended"),
        Case(
            name: "not seen", status: "{\(echo)\(at(old, old))\(ready("True", "Succeeded"))}", commit: new, isContent: true,
            verdict: "waiting",
            says: "not seen yet"),
        Case(
            name: "applied, then another",
            status:
                "{\(echo)\(at(old, old))runs: [{id: R2, phase: succeeded, revision: \"main@sha1:\(old)\"}, {id: R1, phase: succeeded, revision: \"main@sha1:\(new)\"}], \(ready("True", "Succeeded"))}",
            commit: new, isContent: true, verdict: "reached", says: "applied by run R1; main@sha1:1111111 came after it"),
        Case(
            name: "it failed", status: "{\(echo)\(at(old, new))\(ready("False", "Failed", "no"))}", commit: new, isContent: true,
            verdict: "1", says: "no"),
        Case(
            name: "something else failed before, unasked",
            status: "{observedGeneration: 3, \(at(old, old))\(ready("False", "Failed", "no"))}",
            commit: new, isContent: true, asked: nil, verdict: "waiting", says: "not seen"),
    ]

    @Test(arguments: cases)
    func verdicts(_ given: Case) throws {
        var goal = ApplicationGoal()
        goal.request = given.asked
        goal.generation = given.asked == nil ? 0 : 3
        goal.commit = given.commit
        goal.isContentWithCommit = given.isContent
        goal.before = ["main@sha1:\(Self.old)"]
        goal.pinnedRun = given.pinned
        let verdict = ApplicationVerdict.of(try Self.application(given.status, spec: given.spec), goal, now: Self.now)
        let (name, text): (String, String) =
            switch verdict {
            case .waiting(let text): ("waiting", text)
            case .reached(let text): ("reached", text)
            case .notAffected(let text): ("notAffected", text)
            case .ended(let status, let text, _): (String(status.rawValue), text)
            }
        #expect(name == given.verdict, "\(verdict)")
        #expect(given.says.isEmpty || text.contains(given.says), "\(verdict)")
        if given.name == "waits for belay sync" { #expect(verdict == .ended(.refused, "it is held: Manual", hint: "belay sync shop/web")) }
        if given.name == "held" {
            #expect(
                verdict
                    == .ended(
                        .refused, "it is held: prunes 40", hint: "to approve exactly this: belay approve shop/web --plan abababababab"))
        }
    }

    @Test func whoFollowsAnotherSourceIsNotAffectedOnceItIsKnown() throws {
        var goal = ApplicationGoal()
        goal.commit = Self.new
        goal.isContentWithCommit = true
        goal.request = Self.asked
        let there = try Self.application("{\(Self.at(Self.new, Self.new))\(Self.ready("True", "Succeeded"))}")
        let answered = try Self.application(
            "{\(Self.echo)\(Self.at(Self.old, Self.old))\(Self.ready("True", "Succeeded"))}", name: "a", branch: "next")
        let failing = try Self.application(
            "{\(Self.echo)\(Self.at(Self.old, Self.old))\(Self.ready("False", "Failed"))}", name: "b", branch: "next")
        let silent = try Self.application("{\(Self.at(Self.old, Self.old))\(Self.ready("True", "Succeeded"))}", name: "c", branch: "next")
        let twin = try Self.application("{\(Self.echo)\(Self.at(Self.old, Self.old))\(Self.ready("True", "Succeeded"))}", name: "d")
        func verdicts(_ applications: [ApplicationResource]) -> [String: String] {
            ApplicationVerdict.of(applications.map { ($0, goal) }, now: Self.now).mapValues { String("\($0)".prefix { $0 != "(" }) }
        }
        #expect(
            verdicts([there, answered, failing, silent, twin]) == [
                "shop/web": "reached", "shop/a": "notAffected", "shop/b": "notAffected", "shop/c": "waiting", "shop/d": "waiting",
            ])
        // Nobody knows where the commit is: all are waited for.
        #expect(verdicts([answered, twin]) == ["shop/a": "waiting", "shop/d": "waiting"])
    }

    // MARK: - Odd data

    @Test func anOddStatusIsReadAsFarAsItGoes() throws {
        let odd = [
            "null", "[]", "3", "\"x\"", "{conditions: {}}", "{conditions: [3, null, [], {type: 4}]}",
            "{runs: [null, {id: 5, startedAt: soon}]}",
            "{openDrift: -9223372036854775808, members: 9223372036854775807, observedGeneration: x}", "{openDrift: 1e300}",
            "{counts: {create: -5, prune: x}, planDigest: zz, health: [], lastHandledReconcileAt: 3}",
        ]
        for status in odd {
            for spec in [
                "{}", "{suspend: true, pin: 3, drift: {holds: [3, {kind: 1}, {kind: K, name: n, until: never}]}}", "{drift: [], source: 3}",
            ] {
                let application = try Self.application(status, spec: spec)
                let standing = ApplicationStanding(application, now: Self.now)
                #expect(application.openDrift >= 0 && application.planDigest == nil && !standing.sync.isEmpty)
                _ = (standing.concerns, standing.message, standing.nextSteps)
                var goal = ApplicationGoal()
                goal.request = Self.asked
                #expect(ApplicationVerdict.of(application, goal, now: Self.now).isWaiting)
            }
        }
        #expect(ApplicationResource(.null).reference == "/" && ApplicationResource(["metadata": ["annotations": 3]]).requestedAt == nil)
    }

    @Test func longTextsAndListsAreCut() throws {
        let run: Value = ["id": .string(String(repeating: "x", count: 100_000)), "phase": "succeeded"]
        let value: Value = [
            "metadata": ["namespace": "shop", "name": "web"],
            "status": [
                "runs": .array(Array(repeating: run, count: 5000)),
                "conditions": .array(
                    Array(repeating: ["type": "Ready", "message": .string(String(repeating: "é", count: 50_000))], count: 500)),
            ],
        ]
        let application = ApplicationResource(value)
        #expect(application.runs.count == 50 && application.runs[0].id.utf8.count == 26)
        #expect(application.conditions.count == 50 && application.conditions[0].message.utf8.count <= 4100)
    }

    @Test func credentialsOfARepositoryAreNotShown() throws {
        let value: Value = ["spec": ["source": ["repoURL": "https://me:hunter2@git.example.com/x.git"]]]
        #expect(ApplicationResource(value).repository == "https://git.example.com/x.git")
        let plain: Value = ["spec": ["source": ["repoURL": "https://git.example.com/a@b"]]]
        #expect(ApplicationResource(plain).repository == "https://git.example.com/a@b")
    }

    // MARK: - Patches

    @Test func patchesMakeWhatIsMissing() throws {
        var patch = ApplicationPatch(try Self.application("{}"))
        patch.annotate("a.b/c~d", "1")
        patch.set(["x"], at: ["spec", "drift", "holds"])
        patch.remove(at: ["spec", "drift", "holds"])
        patch.remove(at: ["spec", "pin"])
        #expect(
            patch.value == [
                ["op": "test", "path": "/metadata/resourceVersion", "value": "7"],
                ["op": "add", "path": "/metadata/annotations/a.b~1c~0d", "value": "1"],
                ["op": "add", "path": "/spec/drift", "value": ["holds": ["x"]]],
                ["op": "remove", "path": "/spec/drift/holds"],
            ])
        var bare = ApplicationPatch(ApplicationResource(["metadata": ["resourceVersion": "1"]]))
        #expect(bare.isEmpty)
        bare.annotate("k", "v")
        #expect(bare.operations.last == ["op": "add", "path": "/metadata/annotations", "value": ["k": "v"]])
    }

    @Test(arguments: [
        nil, "2026-09-21T14:13:20.000Z", "2026-09-21T14:13:20.0004Z", "2027-01-01T00:00:00Z", "2026-09-21T16:13:20.5+02:00", "yesterday",
        "9999-12-31T23:59:59Z", "2020-01-01T00:00:00Z",
    ])
    func aRequestIsLaterThanTheOneBefore(_ before: String?) throws {
        var value: Value = ["metadata": ["resourceVersion": "1"]]
        if let before { value.set(.string(before), at: ["metadata", "annotations", ApplicationResource.requestAnnotation]) }
        var patch = ApplicationPatch(ApplicationResource(value))
        let token = patch.request(now: Self.now)
        #expect(Timestamp.isValid(token) && token.utf8.count == 24, "\(token)")
        if let before, let then = Moment.seconds(before), !before.hasPrefix("9999") {
            #expect(try #require(Moment.seconds(token)) > then)
        } else {
            #expect(token == Self.asked)
        }
    }

    // MARK: - Standing

    @Test func whatFailedIsNotCalledPinned() throws {
        let pin = "{pin: {run: X, reason: r}}"
        #expect(ApplicationStanding(try Self.application("{\(Self.ready("False", "Failed"))}", spec: pin), now: Self.now).sync == "Failed")
        #expect(ApplicationStanding(try Self.application("{\(Self.ready("True", "Pinned"))}", spec: pin), now: Self.now).sync == "Pinned")
    }

    // MARK: - Rollback

    @Test func theRunToGoBackTo() throws {
        let (a, b, c, d) = (
            "01K5PQ0000AAAAAAAAAAAAAAAA", "01K5PQ0000BBBBBBBBBBBBBBBB", "01K5PQ0000CCCCCCCCCCCCCCCC", "01K5PQ0000DDDDDDDDDDDDDDDD"
        )
        let application = try Self.application(
            """
            {\(Self.at(Self.new, Self.new)) runs: [{id: \(d), phase: failed, revision: "main@sha1:x"}, {id: \(c), phase: succeeded, revision: "main@sha1:\(Self.new)"},
            {id: \(b), phase: succeeded, revision: "main@sha1:\(Self.new)"}, {id: \(a), phase: succeeded, revision: "main@sha1:\(Self.old)"}, {id: "../x", phase: succeeded}]}
            """)
        #expect(try RollbackChoice.run(application, nil, now: Self.now) == a)
        #expect(try RollbackChoice.run(application, "01k5pq0000b", now: Self.now) == b)
        #expect(try RollbackChoice.run(application, "01K5PQ0000EEEEEEEEEEEEEEEE", now: Self.now) == "01K5PQ0000EEEEEEEEEEEEEEEE")
        for wanted in ["01K5PQ0000", d, "nothing", "../x", ""] {
            #expect(throws: CommandFailure.self, "\(wanted)") { try RollbackChoice.run(application, wanted, now: Self.now) }
        }
        #expect(throws: CommandFailure.self) { try RollbackChoice.run(try Self.application("{}"), nil, now: Self.now) }
    }

    /// Newest first: what was tried, then what is applied, then what was before.
    private static func choice(_ ready: String, _ attempted: String, _ runs: [(id: String, phase: String, revision: String)]) throws
        -> String
    {
        let list = runs.map {
            "{id: 01K5PQ0000\(String(repeating: $0.id, count: 16)), phase: \($0.phase), revision: \"main@sha1:\($0.revision)\"}"
        }
        let application = try application("{\(at(new, attempted)) \(ready), runs: [\(list.joined(separator: ", "))]}")
        return String(try RollbackChoice.run(application, nil, now: Self.now).suffix(1))
    }

    @Test func whatIsHalfWayGoesBackToWhatIsApplied() throws {
        let next = String(repeating: "3", count: 40)
        let past = [("B", "succeeded", Self.new), ("A", "succeeded", Self.old)]
        for phase in ["partial", "failed", "interrupted"] {
            #expect(try Self.choice(Self.ready("False", "Partial"), next, [("C", phase, next)] + past) == "B")
            #expect(try Self.choice(Self.ready("False", "InvalidSource"), Self.new, [("C", phase, next)] + past) == "B")
        }
        // Nothing of it was written; it changes nothing here; what is applied itself is bad.
        #expect(try Self.choice(Self.ready("False", "Held"), next, [("C", "held", next)] + past) == "A")
        #expect(try Self.choice(Self.ready("True", "Succeeded"), next, past) == "A")
        #expect(try Self.choice(Self.ready("False", "Failed"), Self.new, [("C", "failed", Self.new)] + past) == "A")
    }

    /// Ten runs that changed nothing have the revisions that they looked at, and the content of what is applied.
    @Test func aRunThatIsNotListedIsNotGuessed() throws {
        let idle = ["C", "D", "E"].map { ($0, "succeeded", String(repeating: $0.lowercased(), count: 40)) }
        let failure = #expect(throws: CommandFailure.self) { try Self.choice(Self.ready("True", "Succeeded"), Self.new, idle) }
        #expect(failure?.status == .invalid && failure?.hint?.contains("belay history shop/web") == true)
        let past = [("B", "succeeded", Self.new), ("A", "succeeded", Self.old)]
        #expect(try Self.choice(Self.ready("True", "Succeeded"), Self.new, idle + past) == "A")
    }

    @Test func whoIsOnlyWatchedIsNotAffectedByAnotherRepository() throws {
        var goal = ApplicationGoal()
        goal.commit = Self.new
        goal.isContentWithCommit = true
        let seen = try Self.application("{\(Self.at(Self.new, Self.new)) \(Self.ready("True", "Succeeded"))}")
        var value = try Self.application("{\(Self.at(Self.old, Self.old)) \(Self.ready("True", "Succeeded"))}", name: "hand").value
        goal.isWatchedOnly = true
        #expect(ApplicationVerdict.of([(seen, goal), (ApplicationResource(value), goal)], now: Self.now)["shop/hand"]?.isWaiting == true)
        value.set("release", at: ["spec", "source", "ref", "branch"])
        #expect(ApplicationVerdict.of([(seen, goal), (ApplicationResource(value), goal)], now: Self.now)["shop/hand"]?.isWaiting == true)
        value.set("https://git.example.com/other.git", at: ["spec", "source", "repoURL"])
        let verdict = ApplicationVerdict.of([(seen, goal), (ApplicationResource(value), goal)], now: Self.now)["shop/hand"]
        guard case .notAffected = verdict else { throw CommandFailure(.failure, "\(String(describing: verdict))") }
    }
}
