// One client for each identity in use, and none for one that nobody uses any more.

import KubernetesClient
import Testing

@testable import Reconciliation

@Suite struct ClusterAccountsTests {
    private func accounts() -> ClusterAccounts {
        ClusterAccounts(
            connection: ClusterConnection(server: "http://127.0.0.1:1"),
            makeCache: { LiveCache(client: $0, key: [], rules: { _ in [] }, changed: { _ in }, kindIsGone: {}) },
            makeValues: { ValueWatches(client: $0) { _ in } })
    }

    @Test func whatIsUsedStaysAndTheRestEnds() async throws {
        let accounts = accounts()
        let own = try await accounts.account(nil, in: "shop").cache
        let used = try await accounts.account("deployer", in: "shop").cache
        let unused = try await accounts.account("deployer", in: "gone").cache
        #expect(try await accounts.account(nil, in: "other").cache === own)
        await accounts.keep(only: [(name: "deployer", namespace: "shop")])
        #expect(await accounts.caches.count == 2)
        #expect(try await accounts.account(nil, in: "shop").cache === own)
        #expect(try await accounts.account("deployer", in: "shop").cache === used)
        #expect(try await accounts.account("deployer", in: "gone").cache !== unused)
        await accounts.stop()
    }
}
