// Every code of every stage has its exit code, as the table in docs/reference/exit-codes.md says.

import BelayCommands
import Foundation
import GitSource
import Journal
import KubernetesClient
import KubernetesModel
import Reconciliation
import Rendering
import StructuredData
import Testing

@Suite struct ExitStatusTests {
    @Test(
        arguments: [
            (GitSourceError.Code.invalidURL, 2), (.invalidReference, 2), (.invalidPath, 2), (.invalidConfiguration, 2),
            (.referenceNotFound, 2),
            (.ambiguousReference, 2), (.pathNotFound, 2), (.notARepository, 2), (.unreadable, 2), (.unsupported, 2), (.unreachable, 4),
            (.tls, 4),
            (.authentication, 4), (.hostKey, 4), (.redirect, 4), (.timeout, 4), (.tooLarge, 2), (.corrupt, 4), (.cache, 2), (.worker, 4),
        ] as [(GitSourceError.Code, Int32)])
    func git(_ code: GitSourceError.Code, _ status: Int32) {
        #expect(CommandFailure(GitSourceError(code: code, message: "no"))?.status.rawValue == status)
    }

    @Test(arguments: ClientError.Code.allCases)
    func client(_ code: ClientError.Code) {
        let expected: Int32 =
            switch code {
            case .configuration: 2
            case .unreachable, .timeout, .unauthorized, .forbidden, .tooManyRequests, .unavailable, .malformedResponse: 4
            default: 1
            }
        #expect(CommandFailure(ClientError(code: code, message: "no"))?.status.rawValue == expected)
    }

    @Test(
        arguments: [
            (JournalError.Code.cannotOpen, 2), (.newerSchema, 2), (.ambiguous, 2), (.busy, 1), (.full, 1), (.corrupt, 1), (.conflict, 1),
            (.failed, 1),
        ] as [(JournalError.Code, Int32)])
    func journal(_ code: JournalError.Code, _ status: Int32) {
        #expect(CommandFailure(JournalError(code: code, message: "no"))?.status.rawValue == status)
    }

    @Test(
        arguments: [
            (SyncReport.Outcome.succeeded, 0), (.differences, 1), (.failed, 1), (.invalid, 2), (.timedOut, 3), (.unreachable, 4),
            (.superseded, 5),
            (.refused, 6),
        ] as [(SyncReport.Outcome, Int32)])
    func outcome(_ outcome: SyncReport.Outcome, _ status: Int32) {
        #expect(BelayCommands.ExitStatus(outcome).rawValue == status)
        #expect(CommandFailure(SyncFailure(outcome: outcome, errors: []))?.status.rawValue == status)
    }

    /// `timeout` signals its child and its group at once.
    @Test func twoSignalsAtOnceAreOneRequest() {
        var count = InterruptionCount()
        let start = ContinuousClock.now
        #expect(!count.happened)
        #expect(count.take(at: start) == .cancel && count.happened)
        #expect(count.take(at: start + .milliseconds(2)) == .ignore && count.take(at: start + .milliseconds(990)) == .ignore)
        #expect(count.take(at: start + .seconds(1)) == .end)
    }

    @Test func manifestErrorsAreUsage() {
        let finding = RenderingFailure.Finding(
            message: "duplicate key \"a\"", location: SourceLocation(file: "d/a.yaml", line: 3, column: 5))
        let failure = CommandFailure(RenderingFailure(findings: [finding]), doing: "render shop/web")
        #expect(failure?.status == .invalid)
        #expect(failure?.lines() == ["error: cannot render shop/web: 1 error", "  d/a.yaml:3:5: duplicate key \"a\""])
    }

    @Test func otherErrorsAreNotOurs() {
        #expect(CommandFailure(CancellationError()) == nil)
    }

    @Test(
        arguments: [
            ([SyncReport.Outcome](), BelayCommands.ExitStatus.success), ([.succeeded, .differences], .failure),
            ([.differences, .refused], .refused),
            ([.timedOut, .failed], .failure), ([.refused, .unreachable], .unreachable), ([.unreachable, .invalid], .invalid),
            ([.timedOut, .succeeded], .timedOut),
        ] as [([SyncReport.Outcome], BelayCommands.ExitStatus)])
    func severalRunsEndAsTheWorst(_ outcomes: [SyncReport.Outcome], _ status: BelayCommands.ExitStatus) {
        #expect(BelayCommands.ExitStatus(outcomes) == status)
    }

    @Test func thePageIsTheTable() throws {
        let page = try String(contentsOf: repositoryRoot().appendingPathComponent("docs/reference/exit-codes.md"), encoding: .utf8)
        for status in BelayCommands.ExitStatus.allCases { #expect(page.contains("| \(status.rawValue) | \(status.meaning) |")) }
    }

    @Test func anErrorOfSeveralLinesIsIndented() {
        let failure = CommandFailure(
            .invalid, "no \u{1B}[31m", details: [.init(message: "first\nsecond\u{202E}", location: SourceLocation(file: "a\u{7}.yaml"))],
            hint: "do it")
        #expect(failure.lines() == ["error: no \\u001b[31m", "  a\\u0007.yaml: first", "    second\\u202e", "  hint: do it"])
    }

    @Test func endlessErrorsAreCounted() {
        let failure = CommandFailure(.invalid, "many", details: (0..<1000).map { .init(message: "error \($0)") })
        #expect(failure.lines().count == 202)
        #expect(failure.lines().last == "  … and 800 more")
    }
}
