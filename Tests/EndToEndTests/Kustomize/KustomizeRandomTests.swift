// Kustomizations that nobody thought of: as many as `BELAY_RANDOM_TREES` says (2,000 before a release), each the same with the real kubectl.

import Foundation
import TestSupport
import Testing

@testable import Rendering

@Suite(.timeLimit(.minutes(60))) struct KustomizeRandomTests {
    private static let count = ProcessInfo.processInfo.environment["BELAY_RANDOM_TREES"].flatMap { Int($0) } ?? 60

    @Test(arguments: 0..<4) func aRandomTreeIsBuiltAsKubectlBuildsIt(_ part: Int) async throws {
        let kubectl = try #require(try await Kubectl.all().last)
        var built = 0
        for seed in stride(from: part, to: Self.count, by: 4) {
            var random = RandomTree(seed: UInt64(seed))
            let tree = random.tree("seed \(seed)")
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kustomize-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try tree.write(to: folder)
            let ours = tree.build()
            if case .success = ours { built += 1 }
            let difference = KustomizeDifference.between(try await kubectl.build(folder + "/" + tree.path), ours)
            #expect(difference == nil, "seed \(seed), kustomize \(kubectl.kustomize): \(difference ?? "")")
        }
        // Trees that fail on both sides say little.
        #expect(built * 2 > Self.count / 4, "only \(built) trees were built")
    }
}
