// The moment that a status waits for the controllers of what was written: without it, it would be written a second time a moment later.

import KubernetesModel

struct Settling: Sendable {
    /// At most so long: where no controller looks, nobody waits for more than that.
    static let limit = Duration.seconds(1)
    /// How long it may take until what no member tells is noticed.
    private static let glance = Duration.milliseconds(200)

    let now: @Sendable () -> Duration
    /// The health, and a mark of that moment.
    let look: @Sendable () async -> (health: MembersHealth, mark: Int)
    /// Whether nothing has come that is to be looked at at once. It is given the members that the watches have not shown yet as the run
    /// has left them.
    let hasTime: @Sendable (_ behind: Set<ObjectKey>) async -> Bool
    /// Waits until something has happened since the mark, at most so long.
    let change: @Sendable (_ since: Int, _ pause: Duration) async -> Void

    /// - Returns: the health as soon as it waits no longer for a controller's first look, else when the time is up.
    func run() async -> MembersHealth {
        let end = now() + Settling.limit
        var (health, mark) = await look()
        var behind = health.behind
        while health.isUnseen, case let left = end - now(), left > .zero, await hasTime(behind) {
            await change(mark, min(left, Settling.glance))
            (health, mark) = await look()
            // What was shown once and is another since has changed.
            behind.formIntersection(health.behind)
        }
        return health
    }
}
