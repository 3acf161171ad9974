// Names from outside: what Git allows for refs, what is a path inside a repository, and how odd bytes are shown.

import GitWire
import Testing

@Suite("Git names")
struct GitNamesTests {
    @Test(
        "Refs that Git allows",
        arguments: [
            "refs/heads/main", "refs/heads/team/a-b_c", "refs/heads/ü", "refs/tags/v1.2.3", "refs/pull/1/head", "refs/x", "refs/heads/a@b",
            "refs/heads/{x}",
        ])
    func fullReferences(_ name: String) { #expect(GitNames.isFullReference(name)) }

    @Test(
        "Refs that Git does not allow, and expressions that look like refs",
        arguments: [
            "", "main", "HEAD", "refs", "refs/", "refs//x", "refs/heads/", "refs/heads//x", "refs/heads/.x", "refs/heads/x.",
            "refs/heads/x.lock",
            "refs/heads/x.lock/y", "refs/heads/a..b", "refs/heads/a b", "refs/heads/a~1", "refs/heads/a^", "refs/heads/a:b",
            "refs/heads/a?", "refs/heads/a*",
            "refs/heads/[a", "refs/heads/a\\b", "refs/heads/a@{1}", "refs/heads/a\u{7F}", "refs/heads/a\n", "refs/heads/a\u{0}",
            "refs/heads/-x",
            "refs/heads/" + String(repeating: "a", count: 1100), "/refs/heads/x", "refs/../x",
        ])
    func refused(_ name: String) { #expect(!GitNames.isFullReference(name)) }

    @Test(
        "Short names",
        arguments: [("main", true), ("a/b", true), ("@", false), ("a@", true), ("-a", false), ("", false), ("/a", false), ("a/", false)])
    func short(_ name: String, _ isValid: Bool) { #expect(GitNames.isShortReference(name) == isValid) }

    @Test("Object ids are 40 hexadecimal digits")
    func ids() {
        #expect(GitNames.isObjectID(String(repeating: "aF", count: 20)))
        #expect(!GitNames.isObjectID(String(repeating: "a", count: 39)))
        #expect(!GitNames.isObjectID(String(repeating: "g", count: 40)))
        #expect(!GitNames.isObjectID(String(repeating: "\u{FF11}", count: 40)))
        #expect(GitNames.isAbbreviatedObjectID("abc1234"))
        #expect(!GitNames.isAbbreviatedObjectID("abc"))
    }

    @Test(
        "Paths inside a repository",
        arguments: [
            ("", true), ("a", true), ("a/b.c", true), ("ä/b c", true), ("...", true), (".github", true), ("/a", false), ("a/", false),
            ("a//b", false), (".", false), ("a/.", false),
            ("..", false), ("a/../b", false), ("a\\b", false), ("a\u{0}", false), ("a\nb", false),
        ])
    func paths(_ path: String, _ isInner: Bool) { #expect(GitNames.isInnerPath(path) == isInner) }

    @Test(
        "Manifests by name",
        arguments: [
            ("a.yaml", true), ("a.yml", true), ("a.json", true), ("Kustomization", true), ("kustomization.yaml", true), (".yaml", false),
            ("a.YAML", false), ("yaml", false),
            ("a.yaml.bak", false), ("kustomization", false), ("a.jsonl", false),
        ])
    func manifests(_ name: String, _ isManifest: Bool) { #expect(GitNames.isManifest(Array(name.utf8)) == isManifest) }

    @Test("Names are shown with their odd bytes escaped, others unchanged")
    func printable() {
        #expect(GitNames.printable(Array("ä b.yaml".utf8)) == "ä b.yaml")
        #expect(Array(GitNames.printable(Array("e\u{301}".utf8)).utf8) == Array("e\u{301}".utf8))
        #expect(GitNames.printable([0x63, 0xE9, 0x2E]) == "c\\xE9.")
        #expect(GitNames.printable([0xC3, 0xA4, 0xC3]) == "ä\\xC3")
        #expect(GitNames.printable([0xF0, 0x9F, 0x98, 0x80, 0x0A]) == "😀\\x0A")
        #expect(GitNames.printable(Array("a\u{202E}b".utf8)) == "a\\xE2\\x80\\xAEb")
        #expect(GitNames.printable([0xED, 0xA0, 0x80]) == "\\xED\\xA0\\x80")
        #expect(GitNames.printable([]) == "")
    }

    @Test("A line is one printable line of bounded length")
    func line() {
        #expect(GitNames.line("a\r\nb") == "a b")
        #expect(GitNames.line("a\u{1B}[31mb") == "a [31mb")
        #expect(GitNames.line("a\u{202E}b\u{0}") == "a b")
        #expect(GitNames.line(String(repeating: "x", count: 600)) == String(repeating: "x", count: 500) + "…")
        #expect(GitNames.line("é e\u{301}") == "é e\u{301}")
    }
}
