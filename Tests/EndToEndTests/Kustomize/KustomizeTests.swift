// Kustomizations come to the same objects in the same order as with the real kubectl, and fail where it fails.

import Foundation
import StructuredData
import TestSupport
import Testing

@testable import Rendering

@Suite(.timeLimit(.minutes(10))) struct KustomizeTests {
    @Test func thereAreEnoughTrees() throws {
        let trees = try KustomizeTree.topics.flatMap { try KustomizeTree.trees(about: $0) }
        #expect(trees.count >= 700)
        #expect(Set(trees.map(\.name)).count == trees.count, "two trees have one name")
    }

    @Test(arguments: ["staging", "production"]) func theExampleIsBuiltAsKubectlBuildsIt(_ environment: String) async throws {
        let folder = KustomizeTree.folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "examples/environments")
        let tree = try KustomizeTree(name: environment, path: environment, folder: folder)
        let ours = tree.build()
        for kubectl in try await Kubectl.all() {
            let theirs = try await kubectl.build(folder.appendingPathComponent(environment).path)
            #expect(KustomizeDifference.between(theirs, ours) == nil, "kustomize \(kubectl.kustomize)")
        }
    }

    @Test(arguments: KustomizeTree.topics) func treesAreBuiltAsKubectlBuildsThem(_ topic: String) async throws {
        let kubectls = try await Kubectl.all()
        for tree in try KustomizeTree.trees(about: topic) {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kustomize-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try tree.write(to: folder)
            let ours = tree.build()
            for kubectl in kubectls {
                let theirs = try await kubectl.build(folder + "/" + tree.path)
                let difference = KustomizeDifference.between(theirs, ours)
                if let reason = tree.differs[kubectl.kustomize] {
                    #expect(difference != nil, "\(tree.name) is said to differ from kustomize \(kubectl.kustomize): \(reason)")
                } else {
                    #expect(difference == nil, "\(tree.name), kustomize \(kubectl.kustomize): \(difference ?? "")")
                }
            }
        }
    }
}

/// The first thing that two builds do not agree on.
enum KustomizeDifference {
    static func between(_ theirs: (objects: [Value]?, said: String), _ ours: Result<[YAMLDocument], RenderingFailure>) -> String? {
        switch (theirs.objects, ours) {
        case (nil, .failure): return nil
        case (nil, .success): return "kubectl fails: \(theirs.said.suffix(400))"
        case (.some, .failure(let failure)): return "only Belay fails: \(failure)"
        case (let objects?, .success(let documents)):
            let names = documents.map { name($0.value) }
            guard objects.map(name) == names else { return "kubectl has \(objects.map(name)), Belay \(names)" }
            for (object, document) in zip(objects, documents) where object != document.value {
                return "\(name(object)): kubectl has \(CanonicalJSON.text(of: object)), Belay \(CanonicalJSON.text(of: document.value))"
            }
            return nil
        }
    }

    private static func name(_ object: Value) -> String {
        ["apiVersion", "kind"].map { object[$0]?.string ?? "" }.joined(separator: " ")
            + " \(object.at("metadata", "namespace")?.string ?? "")/\(object.at("metadata", "name")?.string ?? "")"
    }
}
