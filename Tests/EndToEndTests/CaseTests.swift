// The cases of `Tests/Cases`, played as they stand there on whatever cluster the suite runs against.

import Foundation
import TestSupport
import Testing

@Suite struct CaseTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Cases")
    static let scripts: Result<[CaseScript], any Error> = Result { try CaseScript.all(in: directory) }
    static let playable = ((try? scripts.get()) ?? []).filter { missing($0).isEmpty && isAskedFor($0) }

    /// All, or those whose names begin as one of `BELAY_CASES` says.
    private static func isAskedFor(_ script: CaseScript) -> Bool {
        guard let wanted = ProcessInfo.processInfo.environment["BELAY_CASES"] else { return true }
        return wanted.split(separator: ",").contains { script.name.hasPrefix($0) }
    }

    /// What this run's cluster lacks of a case's needs.
    private static func missing(_ script: CaseScript) -> [String] {
        let lacking: Set<CaseScript.Need> =
            isRefereed ? (APIServer.hasControllers ? [] : [.controllers, .autoscaling]) : CaseScript.Need.notInSandbox
        return script.needs.intersection(lacking).map(\.rawValue).sorted()
    }

    @Test func everyCaseCanBeReadAndThoseLeftOutAreNamed() throws {
        let all = try Self.scripts.get()
        #expect(all.count >= 20)
        for script in all where !Self.missing(script).isEmpty {
            print("left out: \(script.name), this cluster has no \(Self.missing(script).joined(separator: ", "))")
        }
    }

    @Test(arguments: playable) func aCase(_ script: CaseScript) async throws {
        try await withScenario(controllers: script.needs.contains(.controllers)) { team in
            let run = try await CaseRun.play(script, on: team)
            #expect(run.failures.isEmpty, "\(script.name), \(script.about)\n\(run.failures.joined(separator: "\n"))")
        }
    }
}
