// A status waits for the moment in which controllers look, and not longer.

import HealthAssessment
import KubernetesModel
import Synchronization
import Testing

@testable import Reconciliation

@Suite struct SettlingTests {
    private static let key = ObjectKey(groupKind: .service, namespace: "shop", name: "web")

    private static func health(_ health: Health, isUnseen: Bool = false, behind: Set<ObjectKey> = []) -> MembersHealth {
        var result = MembersHealth([:], fieldManager: "belay:shop/web")
        result.worst = HealthVerdict(health)
        result.isUnseen = isUnseen
        result.behind = behind
        return result
    }
    private static let unseen = health(.progressing, isUnseen: true)

    private struct Course {
        var health = Health.unknown
        var pauses: [Duration] = []
        var marks: [Int] = []
        var behind: [Set<ObjectKey>] = []
    }

    /// Settles by what is seen at each look, the last for ever; a change comes after so many milliseconds, or not.
    private func settle(_ looks: [MembersHealth], changes: [Int] = [], hasTime: Int = .max) async -> Course {
        let state = Mutex((course: Course(), looks: 0, now: Duration.zero))
        let settling = Settling(now: { state.withLock { $0.now } }) {
            state.withLock { state in
                state.looks += 1
                return (looks[min(state.looks, looks.count) - 1], state.looks)
            }
        } hasTime: { behind in
            state.withLock { state in
                state.course.behind.append(behind)
                return state.course.behind.count <= hasTime
            }
        } change: { mark, pause in
            state.withLock { state in
                let number = state.course.pauses.count
                state.course.marks.append(mark)
                state.course.pauses.append(pause)
                state.now += number < changes.count ? min(pause, .milliseconds(changes[number])) : pause
            }
        }
        let health = await settling.run()
        var course = state.withLock { $0.course }
        course.health = health.worst.health
        return course
    }

    @Test func whatItsControllerHasSeenIsToldAtOnce() async {
        for health in [Health.healthy, .progressing, .degraded] {
            let course = await settle([Self.health(health)])
            #expect(course.health == health)
            #expect(course.pauses.isEmpty)
        }
    }

    @Test func theFirstLookOfTheControllerEndsIt() async {
        let course = await settle([Self.unseen, Self.unseen, Self.health(.healthy)], changes: [5, 20])
        #expect(course.health == .healthy)
        // Each wait is for what comes after the look before it.
        #expect(course.marks == [1, 2])
    }

    @Test func whereNobodyLooksItEndsAfterASecond() async {
        let course = await settle([Self.unseen], changes: [100])
        #expect(course.health == .progressing)
        #expect(course.pauses.map { $0 == .milliseconds(200) } == [true, true, true, true, true, false])
        #expect(course.pauses.last == .milliseconds(100))
    }

    @Test func whatIsMoreUrgentEndsIt() async {
        let course = await settle([Self.unseen], hasTime: 2)
        #expect(course.pauses.count == 2)
        #expect(course.health == .progressing)
    }

    /// An object that the watch had shown as it was written, and that is another since, is no longer one that it has yet to show.
    @Test func whatChangesAfterItWasShownIsNotBehind() async {
        let behind = Self.health(.progressing, isUnseen: true, behind: [Self.key])
        let course = await settle([behind, Self.unseen, behind], hasTime: 3)
        #expect(course.behind == [[Self.key], [], [], []])
    }
}
