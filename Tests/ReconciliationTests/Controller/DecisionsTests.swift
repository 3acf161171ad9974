// What people decided is noticed when it changes, with its reason.

import Journal
import KubernetesModel
import Testing

@testable import Reconciliation

@Suite struct DecisionsTests {
    private func decisions(
        request: String? = nil, approval: String? = nil, _ edit: (inout Application) -> Void = { _ in }
    ) -> Decisions {
        var application = Shop.application("shop", "web")
        edit(&application)
        return Decisions(application, request: request, approval: approval)
    }

    @Test func whatIsNewIsNoted() {
        let hold = Application.Hold(kind: "Deployment", name: "web", reason: "hotfix", until: "2026-01-01T00:00:00Z")
        let cases: [(Decisions, [Decisions.Note])] = [
            (decisions(), []),
            (
                decisions { $0.suspend = .init(reason: "incident", until: nil) },
                [.init(action: "suspend", reason: "incident", detail: "without an end")]
            ),
            (
                decisions { $0.pin = .init(run: "01K", reason: "bad", until: "2026-01-01T00:00:00Z") },
                [.init(action: "rollback", reason: "bad", detail: "run 01K until 2026-01-01T00:00:00Z")]
            ),
            (
                decisions { $0.drift.holds = [hold] },
                [.init(action: "hold", reason: "hotfix", detail: "Deployment web until 2026-01-01T00:00:00Z")]
            ),
            (decisions(request: "now"), [.init(action: "sync", detail: "now")]),
            (decisions(approval: "abc"), [.init(action: "approve", detail: "abc")]),
        ]
        for (new, notes) in cases {
            #expect(new.notes(since: decisions()) == notes)
            #expect(new.notes(since: new) == [])
        }
    }

    /// The controller was away: what its journal does not know yet is noted, what it knows is not noted twice.
    @Test func whatWasDecidedMeanwhileIsNotedOnce() {
        func entry(_ action: String, _ reason: String = "", _ detail: String = "") -> AuditEntry {
            AuditEntry(id: ULID.now(), application: "shop/web", at: "", actor: "kubectl", action: action, reason: reason, detail: detail)
        }
        let suspended = decisions(request: "then", approval: "abc") { $0.suspend = .init(reason: "incident", until: nil) }
        let all: [Decisions.Note] = [
            .init(action: "suspend", reason: "incident", detail: "without an end"), .init(action: "sync", detail: "then"),
            .init(action: "approve", detail: "abc"),
        ]
        #expect(suspended.notes(missingIn: [], handled: nil) == all)
        #expect(suspended.notes(missingIn: [], handled: "then") == [all[0], all[2]])
        let audit = [entry("approve", "", "abc"), entry("suspend", "incident", "without an end")]
        #expect(suspended.notes(missingIn: audit, handled: "then") == [])
        #expect(decisions(approval: "abc").notes(missingIn: audit, handled: nil) == [.init(action: "resume")])
        #expect(decisions(approval: "abc").notes(missingIn: [entry("resume")] + audit, handled: nil) == [])
        #expect(decisions().notes(missingIn: [entry("rollback", "bad", "run 01K")], handled: nil) == [.init(action: "unpin")])
    }

    @Test func whatEndsIsNotedToo() {
        let old = decisions(request: "then") {
            $0.suspend = .init(reason: "incident", until: nil)
            $0.pin = .init(run: "01K", reason: "bad", until: nil)
        }
        #expect(decisions(request: "then").notes(since: old) == [.init(action: "resume"), .init(action: "unpin", detail: "run 01K")])
    }
}
