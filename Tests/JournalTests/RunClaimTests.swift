// Claims: one holder at a time, given back with the value.

import Foundation
import Testing

@testable import Journal

@Suite struct RunClaimTests {
    @Test func oneApplicationHasOneHolder() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let journal = try Journal(path: directory + "/journal.sqlite")
        var claim = try journal.claim("shop/web")
        #expect(claim?.isExclusive == true)
        #expect(try journal.claim("shop/web") == nil)
        #expect(try Journal(path: directory + "/journal.sqlite").claim("shop/web") == nil)
        #expect(try journal.claim("shop/api") != nil)
        claim = nil
        #expect(try journal.claim("shop/web") != nil)
    }
}
