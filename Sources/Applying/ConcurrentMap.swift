// Many requests, a few at a time: a new one starts when one has finished.

/// Calls `body` for every item, at most `limit` at once.
///
/// - Returns: the results in the order of the items.
/// - Throws: the first error; calls under way are cancelled and awaited.
package func mapConcurrently<Item: Sendable, Result: Sendable>(
    _ items: [Item], limit: Int, _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Result?] = Array(repeating: nil, count: items.count)
        var next = 0
        func start(_ index: Int) {
            let item = items[index]
            group.addTask { (index, try await body(item)) }
        }
        while next < min(max(1, limit), items.count) {
            start(next)
            next += 1
        }
        while let (index, result) = try await group.next() {
            results[index] = result
            if next < items.count {
                start(next)
                next += 1
            }
        }
        return results.compactMap { $0 }
    }
}
