// Requests of one stretch of time: counts taken before and after, subtracted and added.

import KubernetesClient

extension KubernetesClient.RequestCounts {
    static func - (left: Self, right: Self) -> Self { left.combined(right) { $0 - $1 } }
    static func + (left: Self, right: Self) -> Self { left.combined(right) { $0 + $1 } }

    private func combined(_ other: Self, _ combine: (Int, Int) -> Int) -> Self {
        var counts = Self()
        counts.get = combine(get, other.get)
        counts.list = combine(list, other.list)
        counts.watch = combine(watch, other.watch)
        counts.apply = combine(apply, other.apply)
        counts.dryRun = combine(dryRun, other.dryRun)
        counts.create = combine(create, other.create)
        counts.update = combine(update, other.update)
        counts.patch = combine(patch, other.patch)
        counts.delete = combine(delete, other.delete)
        counts.discovery = combine(discovery, other.discovery)
        for (writeClass, _) in writes.merging(other.writes, uniquingKeysWith: { first, _ in first }) {
            counts.writes[writeClass] = combine(writes[writeClass] ?? 0, other.writes[writeClass] ?? 0)
        }
        return counts
    }
}
