// Ranges of versions: which tags they admit, and which is the highest.

import Testing

@testable import GitSource

@Suite("Version ranges")
struct VersionRangeTests {
    static let versions = ["0.1.0", "0.1.5", "0.2.0", "1.0.0", "1.2.0", "1.2.3", "1.2.10", "1.3.0-rc.1", "1.3.0", "2.0.0-alpha", "2.0.0"]

    @Test(
        "What a range admits",
        arguments: [
            ("1.2.3", "1.2.3"), ("=1.2.3", "1.2.3"), ("v1.2.3", "1.2.3"), ("1.2.x", "1.2.0 1.2.3 1.2.10"), ("1.2", "1.2.0 1.2.3 1.2.10"),
            ("1", "1.0.0 1.2.0 1.2.3 1.2.10 1.3.0"), ("1.x", "1.0.0 1.2.0 1.2.3 1.2.10 1.3.0"), ("^1.2", "1.2.0 1.2.3 1.2.10 1.3.0"),
            ("^1.2.3", "1.2.3 1.2.10 1.3.0"), ("~1.2.3", "1.2.3 1.2.10"),
            ("~1", "1.0.0 1.2.0 1.2.3 1.2.10 1.3.0"), ("^0.1.0", "0.1.0 0.1.5"), ("^0.1", "0.1.0 0.1.5"), ("^0", "0.1.0 0.1.5 0.2.0"),
            (">=1.2.0 <1.3.0", "1.2.0 1.2.3 1.2.10"),
            (">= 1.2.0, < 1.3", "1.2.0 1.2.3 1.2.10"), (">1.2", "1.3.0 2.0.0"), ("<=1.0", "0.1.0 0.1.5 0.2.0 1.0.0"),
            ("1.2.3 - 1.3", "1.2.3 1.2.10 1.3.0"), ("0.1.x || 2", "0.1.0 0.1.5 2.0.0"),
            ("*", "0.1.0 0.1.5 0.2.0 1.0.0 1.2.0 1.2.3 1.2.10 1.3.0 2.0.0"), (">=1.3.0-rc.0", "1.3.0-rc.1 1.3.0 2.0.0"),
            ("!=1.2.3 1.2.x", "1.2.0 1.2.10"), (">=2.0.0-a", "2.0.0-alpha 2.0.0"),
        ])
    func admits(_ text: String, _ expected: String) throws {
        let range = try VersionRange(text)
        let admitted = Self.versions.filter { text in Version(text[...]).map(range.admits) == true }
        #expect(admitted.joined(separator: " ") == expected)
    }

    @Test(
        "What is no range",
        arguments: ["", " ", "main", ">=", "1.2.3.4", "01.2.3", "^^1", "1.x.3", "-1", ">= || 1", "1.2.3 -", "99999999999.0.0", "1,,>"])
    func refused(_ text: String) {
        #expect(throws: GitSourceError.self) { try VersionRange(text) }
    }

    @Test("Versions are ordered as semver.org says")
    func order() throws {
        let ordered = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
            "1.0.1", "1.1.0", "10.0.0",
        ]
        let versions = try ordered.map { try #require(Version($0[...])) }
        for (index, version) in versions.enumerated() {
            for other in versions[(index + 1)...] { #expect(version < other && !(other < version)) }
        }
        #expect(Version("1.0.0+build")?.numbers == [1, 0, 0])
        for text in ["1.0", "1", "v", "1.0.0-", "1.0.0-a..b", "release-1.0.0"] { #expect(Version(text[...]) == nil, "\(text)") }
    }

    @Test("The highest tag wins; tags that are no versions do not matter")
    func highest() throws {
        let names = ["refs/heads/3.0.0", "refs/tags/v1.9.0", "refs/tags/v1.10.0", "refs/tags/nightly", "refs/tags/v2.0.0-rc.1"]
        #expect(try VersionRange(">=1").highest(amongRefs: names, of: "x") == "v1.10.0")
        let error = #expect(throws: GitSourceError.self) { try VersionRange("3").highest(amongRefs: names, of: "x") }
        #expect(error?.code == .referenceNotFound)
    }
}
