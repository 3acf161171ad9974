// gitignore's patterns, and that none of them takes long.

import Foundation
import Testing

@testable import KubernetesModel

@Suite struct GlobPatternTests {
    @Test(arguments: [
        ("*.yaml", "a.yaml", true), ("*.yaml", "deep/down/a.yaml", true), ("*.yaml", "a.yml", false), ("*.yaml", ".yaml", true),
        ("a.yaml", "b/a.yaml", true), ("/a.yaml", "a.yaml", true), ("/a.yaml", "b/a.yaml", false),
        ("b/a.yaml", "b/a.yaml", true), ("b/a.yaml", "c/b/a.yaml", false), ("b/*.yaml", "b/a.yaml", true),
        ("b/*.yaml", "b/c/a.yaml", false),
        ("**/b/a.yaml", "b/a.yaml", true), ("**/b/a.yaml", "c/d/b/a.yaml", true), ("b/**", "b/c/a.yaml", true), ("b/**", "b", false),
        ("b/**/a.yaml", "b/a.yaml", true), ("b/**/a.yaml", "b/c/d/a.yaml", true), ("b/**/a.yaml", "b/c/d/x.yaml", false),
        ("**", "a/b/c", true), ("**/x/**/y", "a/x/b/c/y", true), ("**/x/**/y", "a/x", false), ("**/x/**/x", "x/a/x", true),
        ("a?c", "abc", true), ("a?c", "a/c", false), ("a?c", "aéc", true), ("a?c", "ac", false), ("a*c", "ac", true), ("a*c", "a/c", false),
        ("[ab].yaml", "a.yaml", true), ("[ab].yaml", "c.yaml", false), ("[!ab].yaml", "c.yaml", true), ("[^ab].yaml", "a.yaml", false),
        ("[a-c]x", "bx", true), ("[c-a]x", "bx", false), ("[]]x", "]x", true), ("[!]]x", "ax", true), ("[a-]x", "-x", true),
        ("[é-ü]x", "öx", true),
        ("[\\]]x", "]x", true), ("\\*.yaml", "*.yaml", true), ("\\*.yaml", "a.yaml", false), ("\\!a", "!a", true), ("a\\?", "a?", true),
        ("foo**bar", "fooxxbar", true), ("foo**bar", "foo/bar", false), ("A.yaml", "a.yaml", false), ("a.yaml/", "a.yaml", false),
        ("*", "a", true), ("*", "a/b", true), ("/*", "a/b", false), ("***", "a", true), ("a//b", "a/b", true),
    ]) func matches(_ pattern: String, _ path: String, _ expected: Bool) throws {
        #expect(try GlobPattern(pattern).matches(path) == expected)
    }

    @Test(arguments: [
        ("test/", "test/a.yaml", true), ("test/", "a/test/b/c.yaml", true), ("test/", "test", false), ("/test/", "a/test/b", false),
        ("test", "test/a.yaml", true), ("a/b", "a/b/c/d.yaml", true), ("a/*", "a/b/c.yaml", true), ("a/**/", "a/b/c.yaml", true),
        ("a/**/", "a/c.yaml", false),
    ]) func matchesWithFolders(_ pattern: String, _ path: String, _ expected: Bool) throws {
        #expect(try GlobPattern(pattern).matchesOrContains(path) == expected)
    }

    @Test(arguments: ["", "!", "/", "[", "[a", "[!", "a[]", "a\\", "./a", String(repeating: "a", count: 513), "a\0"]) func refuses(
        _ text: String
    ) {
        #expect(throws: GlobPattern.Problem.self) { try GlobPattern(text) }
    }

    @Test(arguments: [
        (["*.yaml", "!keep.yaml"], "keep.yaml", false), (["*.yaml", "!keep.yaml"], "a.yaml", true),
        (["test/", "!test/keep.yaml"], "test/keep.yaml", false), (["!a", "a"], "a", true), ([], "a", false), (["!a"], "b", false),
        (["*.yaml", "!test/"], "test/a.yaml", false),
    ]) func theLastMatchDecides(_ patterns: [String], _ path: String, _ expected: Bool) throws {
        #expect(try GlobList(patterns).contains(path) == expected)
    }

    @Test func theProblemHasItsIndex() {
        #expect(throws: GlobList.Problem(index: 1, description: "\"[\" has a \"[\" without \"]\"")) { try GlobList(["a", "["]) }
    }

    @Test(arguments: [
        String(repeating: "*a", count: 250) + "b", String(repeating: "**/", count: 160) + "b", String(repeating: "*/**/", count: 80) + "b",
        String(repeating: "[a-z]*", count: 80) + "!", String(repeating: "?*", count: 250) + "/",
    ]) func hostilePatternsTakeNoTime(_ text: String) throws {
        let pattern = try GlobPattern(text)
        let long = String(repeating: "a", count: 1000)
        let deep = String(repeating: "a/", count: 500) + "a"
        let start = clock()
        for path in [long, deep] { _ = pattern.matches(path) }
        // Processor time, so that a busy machine changes nothing.
        #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 10)
    }
}
