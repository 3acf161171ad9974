// What people decided is noticed when it changes, with its reason.

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

    @Test func whatEndsIsNotedToo() {
        let old = decisions(request: "then") {
            $0.suspend = .init(reason: "incident", until: nil)
            $0.pin = .init(run: "01K", reason: "bad", until: nil)
        }
        #expect(decisions(request: "then").notes(since: old) == [.init(action: "resume"), .init(action: "unpin", detail: "run 01K")])
    }
}
