// Plans from what a real API server said: each case of Fixtures/cases is played again and must ask and decide the same.

import Foundation
import KubernetesModel
import Planning
import StructuredData
import TestSupport
import Testing

enum RecordedCases {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/cases")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func read(_ name: String) throws -> (RecordedCase, Value) {
        let document = try JSON.read([UInt8](Data(contentsOf: folder.appending(path: name + ".json"))))
        return (try RecordedCase(document), document)
    }
}

struct RecordedCaseTests {
    /// Asks round by round; every question must be among the recorded ones.
    private func ask(_ planner: Planner, _ recorded: ProbeAnswers) throws -> (answers: ProbeAnswers, rounds: Int) {
        var answers: ProbeAnswers = [:]
        for round in 0...4 {
            let questions = planner.probes(answers)
            if questions.isEmpty { return (answers, round) }
            #expect(Set(questions.map(\.probe)).count == questions.count)
            #expect(Set(questions.map(\.probe.key)).count == questions.count, "two questions about one object in a round")
            for question in questions {
                #expect(answers[question.probe] == nil, "asked twice: \(question.probe)")
                guard let answer = recorded[question.probe] else {
                    Issue.record("not recorded: \(question.probe)")
                    return (answers, round)
                }
                answers[question.probe] = answer
            }
        }
        Issue.record("more than 4 rounds")
        return (answers, 5)
    }

    @Test func thereAreCases() { #expect(RecordedCases.names.count > 50) }

    @Test(arguments: RecordedCases.names)
    func sameQuestionsSamePlan(name: String) throws {
        let (recorded, document) = try RecordedCases.read(name)
        let (answers, _) = try ask(recorded.planner, recorded.answers)
        #expect(answers.count == recorded.answers.count, "fewer questions than were recorded")
        let plan = PlanText.value(of: recorded.planner.plan(answers))
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            var updated = document
            updated.set(plan, at: ["plan"])
            try Data(JSON.writeIndented(updated)).write(to: RecordedCases.folder.appending(path: name + ".json"))
        } else {
            #expect(plan == recorded.plan, "\(String(decoding: JSON.writeIndented(plan), as: UTF8.self))")
        }
    }

    @Test(arguments: RecordedCases.names)
    func theOrderOfTheInputsDoesNotMatter(name: String) throws {
        let (recorded, _) = try RecordedCases.read(name)
        let planner = recorded.planner
        var desired = planner.desired
        var generator = SeededGenerator(seed: 20_261_123)
        for _ in 0..<3 {
            desired.objects.shuffle(using: &generator)
            let shuffled = Planner(
                desired: desired, observed: planner.observed, claimedElsewhere: planner.claimedElsewhere,
                redactionKey: planner.redactionKey, options: planner.options)
            #expect(PlanText.value(of: shuffled.plan(recorded.answers)) == recorded.plan, "seed 20261123")
        }
    }

    @Test(arguments: RecordedCases.names)
    func nothingDesiredIsDeleted(name: String) throws {
        let (recorded, _) = try RecordedCases.read(name)
        let plan = recorded.planner.plan(recorded.answers)
        guard recorded.planner.options.purpose == .sync else { return }
        let desired = Set(recorded.planner.desired.objects.map(\.key))
        for row in plan.operations {
            if case .delete? = row.write { #expect(!desired.contains(row.key), "\(row.key)") }
        }
        #expect(Set(plan.operations.map(\.key)).count == plan.operations.count, "two rows of one object")
        #expect(desired.isSubset(of: Set(plan.operations.map(\.key))), "an object without a row")
    }

    @Test(arguments: RecordedCases.names)
    func writesCarryWhatTheyWerePlannedOn(name: String) throws {
        let (recorded, _) = try RecordedCases.read(name)
        let planner = recorded.planner
        for row in planner.plan(recorded.answers).operations {
            guard case .apply(let write)? = row.write else { continue }
            let body = Unstructured(write.body)
            #expect(body.label(Tracking.partOf) == ApplySet.id(of: planner.desired.application))
            #expect(body.annotation(Tracking.application) == planner.desired.application.reference)
            #expect(body.value["status"] == nil && body.metadata?["managedFields"] == nil)
            if row.kind == .configure || row.kind == .adopt {
                #expect(body.uid == row.plannedOn?.uid && body.resourceVersion == row.plannedOn?.resourceVersion)
                #expect(body.uid != nil)
            } else {
                #expect(body.uid == nil && body.resourceVersion == nil && write.expectsCreation)
            }
            if let takeover = write.takeover?.array {
                #expect(takeover.first?["op"] == "test" && takeover.first?["path"] == "/metadata/resourceVersion")
                #expect(takeover.first?["value"]?.string == row.plannedOn?.resourceVersion)
            }
        }
    }

    /// Everything in `data` of a live or desired Secret, and what stands in copies of it.
    @Test(arguments: RecordedCases.names)
    func noSecretIsPrinted(name: String) throws {
        let (recorded, _) = try RecordedCases.read(name)
        let plan = recorded.planner.plan(recorded.answers)
        var secrets: Set<String> = ["plaintext-token", "byhand", "hunter2"]
        let live = recorded.planner.observed.members.values.map(\.value) + recorded.planner.desired.objects.map(\.object.value)
        for object in live where object["kind"] == "Secret" {
            for entry in object["data"]?.object ?? Object() {
                guard let text = entry.value.string, text.count > 3 else { continue }
                secrets.insert(text)
                // What is shorter stands in names of fields as well.
                if let plain = Data(base64Encoded: text), plain.count > 3 { secrets.insert(String(decoding: plain, as: UTF8.self)) }
            }
        }
        var printed = String(decoding: JSON.write(PlanText.value(of: plan)), as: UTF8.self)
        for row in plan.operations {
            print(row, to: &printed)
            dump(row, to: &printed)
            debugPrint(row, to: &printed)
        }
        for secret in secrets where secret != "admin" { #expect(!printed.contains(secret), "a Secret's value is printed") }
    }

    /// What each case is about, in the words that a person reads.
    @Test(arguments: Expectation.all)
    func decidesAsAPersonWouldExpect(expectation: Expectation) throws {
        let (recorded, _) = try RecordedCases.read(expectation.name)
        let plan = recorded.planner.plan(recorded.answers)
        let lines = plan.operations.map { "\($0.kind.rawValue) \($0.key.kind)/\($0.key.name): \($0.why)" }
        for wanted in expectation.rows { #expect(lines.contains { $0.hasPrefix(wanted) }, "wanted \(wanted) in \(lines)") }
        #expect(lines.count == expectation.rows.count, "\(lines)")
        #expect(recorded.answers.count == expectation.questions, "\(recorded.answers.keys)")
    }
}
