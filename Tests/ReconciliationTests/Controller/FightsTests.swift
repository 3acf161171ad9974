// Two writers of one field: when Belay stops, and when it begins again.

import FoundationEssentials
import Journal
import KubernetesModel
import StructuredData
import Testing

@testable import Reconciliation

@Suite struct FightsTests {
    private static let key = ObjectKey(groupKind: GroupKind(group: "apps", kind: "Deployment"), namespace: "shop", name: "web")
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func corrected(_ fights: inout Fights, times: Int, every seconds: Double, path: String = "spec.replicas") {
        for turn in 0..<times {
            fights.corrected(
                Self.key, path: path, writer: "rival", at: Self.start.addingTimeInterval(Double(turn) * seconds))
        }
    }

    @Test(arguments: [(4, 1.0, false), (5, 1.0, true), (5, 120.0, true), (5, 151.0, false), (40, 151.0, false)])
    func fiveCorrectionsInTenMinutes(_ times: Int, _ seconds: Double, _ stops: Bool) {
        var fights = Fights()
        corrected(&fights, times: times, every: seconds)
        #expect((fights.quarantines[Self.key] != nil) == stops)
    }

    @Test func otherFieldsCountForThemselves() {
        var fights = Fights()
        corrected(&fights, times: 4, every: 1)
        corrected(&fights, times: 4, every: 1, path: "spec.paused")
        #expect(fights.quarantines.isEmpty)
    }

    @Test func bothWritersAreNamedUntilItEnds() throws {
        var fights = Fights()
        corrected(&fights, times: 5, every: 1)
        let hold = try #require(fights.holds.first)
        #expect(hold.covers(Self.key) && hold.reason.contains("Belay and rival both write spec.replicas"))
        fights.expire(Self.start.addingTimeInterval(3500))
        #expect(fights.holds.count == 1)
        fights.expire(Self.start.addingTimeInterval(3700))
        #expect(fights.holds.isEmpty)
    }

    @Test func aChangeInGitEndsIt() {
        var fights = Fights()
        corrected(&fights, times: 5, every: 1)
        fights.expire(Self.start.addingTimeInterval(10), forgetting: [Self.key])
        #expect(fights.holds.isEmpty)
        corrected(&fights, times: 4, every: 1)
        #expect(fights.holds.isEmpty)
    }

    @Test func theJournalTellsOfTheTimeBeforeTheStart() {
        let episodes = (0..<5).map { turn in
            var episode = DriftEpisode(
                id: "0\(turn)", application: "shop/web", key: Self.key, version: "v1", type: "modified", firstSeen: "",
                fields: [["path": "spec.replicas", "manager": "rival"]])
            episode.resolvedAt = Timestamp.text(Self.start.addingTimeInterval(Double(turn)))
            episode.resolution = "reverted"
            return episode
        }
        var fights = Fights()
        fights.recall(episodes.reversed(), now: Self.start.addingTimeInterval(60))
        #expect(fights.holds.first?.reason.contains("rival") == true)
        var later = Fights()
        later.recall(episodes, now: Self.start.addingTimeInterval(7200))
        #expect(later.holds.isEmpty)
    }
}
