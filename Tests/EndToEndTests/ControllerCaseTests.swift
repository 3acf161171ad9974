// The cases of `Tests/Cases` once more, with a controller in place of `belay apply`: the same rows, changes, drift and live objects.

import Foundation
import TestSupport
import Testing

@Suite struct ControllerCaseTests {
    /// A controller comes to a better end than a command line run that knows of one Application only.
    private static let better = ["w07-moved-new-first": "a controller knows both Applications, and hands the object over"]
    static let playable = CaseTests.playable.filter { CaseRun.obstacleToController($0) == nil && better[$0.name] == nil }

    @Test func casesThatSayNothingOfAControllerAreNamed() throws {
        for script in CaseTests.playable {
            if let why = CaseRun.obstacleToController(script) ?? Self.better[script.name] {
                print("left out with a controller: \(script.name), \(why)")
            }
        }
        #expect(Self.playable.count >= 20)
    }

    @Test(arguments: playable) func aCase(_ script: CaseScript) async throws {
        try await withDefinedScenario(controllers: script.needs.contains(.controllers)) { team in
            let run = try #require(try await CaseRun.playWithController(script, on: team))
            #expect(run.failures.isEmpty, "\(script.name), \(script.about)\n\(run.failures.joined(separator: "\n"))")
        }
    }
}
