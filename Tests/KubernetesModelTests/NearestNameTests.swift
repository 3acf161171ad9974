// "Did you mean", and when it says nothing.

import Testing

@testable import KubernetesModel

@Suite struct NearestNameTests {
    static let fields = ["source", "destination", "interval", "timeout", "sync", "prune", "pruneLimit", "name", "namespace"]

    @Test(arguments: [
        ("sorce", "source"), ("Destination", "destination"), ("purne", "prune"), ("prunelimit", "pruneLimit"), ("nmae", "name"),
        ("namespaces", "namespace"), ("intervall", "interval"),
    ]) func finds(_ typed: String, _ expected: String) { #expect(nearestName(to: typed, among: Self.fields) == expected) }

    @Test(arguments: ["", "x", "replicas", String(repeating: "a", count: 100_000)]) func findsNothing(_ typed: String) {
        #expect(nearestName(to: typed, among: Self.fields) == nil)
    }
}
