// Many requests, a few at a time: a new one starts when one has finished.

/// Calls `body` for every item, at most `limit` at once.
///
/// - Returns: the results in the order of the items.
/// - Throws: the error of the first item, in their order, that has one, so that the same failures are told the same way each time. After an
///   error nothing is started; calls for items behind it are cancelled, and awaited.
package func mapConcurrently<Item: Sendable, Result: Sendable>(
    _ items: [Item], limit: Int, _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    typealias Answer = (index: Int, result: Swift.Result<Result, any Error>)
    return try await withThrowingTaskGroup(of: Answer.self) { group in
        var results: [Result?] = Array(repeating: nil, count: items.count)
        var failure: (index: Int, error: any Error)?
        var next = 0
        func start(_ index: Int) {
            let item = items[index]
            group.addTask {
                do { return (index, .success(try await body(item))) } catch { return (index, .failure(error)) }
            }
        }
        while next < min(max(1, limit), items.count) {
            start(next)
            next += 1
        }
        while let (index, result) = try await group.next() {
            switch result {
            case .success(let result): results[index] = result
            case .failure(let error): if index < failure?.index ?? .max { failure = (index, error) }
            }
            if let failure {
                if results[..<failure.index].allSatisfy({ $0 != nil }) { throw failure.error }
            } else if next < items.count {
                start(next)
                next += 1
            }
        }
        return results.compactMap { $0 }
    }
}
