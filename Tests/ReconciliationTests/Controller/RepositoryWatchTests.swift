// Who is woken by a commit: whoever's last rendering looked at something that it changed, and nobody else.

import ControllerRuntime
import CoreMetrics
import GitSource
import Logging
import StructuredData
import Synchronization
import Testing

@testable import Reconciliation

@Suite(.timeLimit(.minutes(1))) struct RepositoryWatchTests {
    /// A repository that a test writes: what stands at which path, and what was asked of it.
    private final class ScriptedRepository: Sendable {
        struct State {
            var commits: [[String: String]] = [[:]]
            var looks = 0
            var questions: [[String]] = []
            var fails = false
        }
        let state = Mutex(State())

        func push(_ tree: [String: String]) { state.withLock { $0.commits.append(tree) } }

        var reader: RepositoryReader {
            RepositoryReader(
                trees: { paths in
                    try self.state.withLock { state in
                        state.looks += 1
                        let number = state.commits.count - 1
                        let tree = state.commits[number]
                        if state.fails { throw GitSourceError(code: .unreachable, message: "gone") }
                        // A folder's tree is all that stands in it.
                        let trees = paths.map { path in
                            let inside = tree.filter { $0.key.hasPrefix(path + "/") }
                            let missing = GitSourceError(code: .pathNotFound, message: "there is no \(path)")
                            return (
                                path, inside.isEmpty ? Result.failure(missing) : .success("tree \(SourceSnapshot.treeID(ofReads: inside))")
                            )
                        }
                        return SourceTrees(
                            revision: "main@sha1:\(number)", commit: .init(id: "\(number)", subject: "", author: "", date: ""),
                            trees: Dictionary(uniqueKeysWithValues: trees))
                    }
                },
                identities: { paths, commit in
                    self.state.withLock { state in
                        state.questions.append(paths.sorted())
                        let tree = state.commits[Int(commit) ?? 0]
                        return Dictionary(uniqueKeysWithValues: paths.map { ($0, tree[$0] ?? "absent") })
                    }
                })
        }

        func reads(_ paths: String...) -> [String: String] {
            state.withLock { state in
                Dictionary(uniqueKeysWithValues: paths.map { ($0, state.commits[state.commits.count - 1][$0] ?? "absent") })
            }
        }
    }

    private final class Woken: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        /// Since the last call.
        func take() -> [String] {
            names.withLock { names in
                defer { names = [] }
                return names.sorted()
            }
        }
    }

    private let repository = ScriptedRepository()
    private let woken = Woken()

    private func watch() -> RepositoryWatch {
        let still = WorkTime(
            now: { .zero },
            sleep: { _ in
                // Until the watch is stopped.
                let (stream, _) = AsyncStream.makeStream(of: Void.self)
                for await _ in stream {}
            })
        return RepositoryWatch(
            access: .init(repository: "/repo"), reader: repository.reader, time: still,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: ControllerMetrics(factory: NOOPMetricsHandler.instance, server: "")
        ) { [woken] name, reason in
            if reason == .commit { woken.add(name) }
        }
    }

    private static let base = [
        "base/web.yaml": "w1", "a/kustomization.yaml": "a1", "a/readme": "r1", "b/kustomization.yaml": "b1", "c/x.yaml": "c1",
    ]

    /// `a` and `b` are overlays of `base`, `c` is a plain directory.
    private func following(_ watch: RepositoryWatch) async throws {
        repository.push(Self.base)
        for name in ["a", "b", "c"] { await watch.follow(name, path: name, interval: .seconds(60)) }
        for name in ["a", "b", "c"] {
            let look = try await watch.look(for: name, path: name, isFresh: false)
            #expect(!look.isExact)
            let reads = name == "c" ? [:] : repository.reads("base/web.yaml", "\(name)/kustomization.yaml", "\(name)/patch.yaml")
            await watch.note(reads: reads, at: look.commit.id, of: name, path: name)
        }
        #expect(repository.state.withLock { $0.looks } == 1)
        #expect(woken.take() == [])
    }

    private func pushed(_ watch: RepositoryWatch, _ change: (inout [String: String]) -> Void) async throws -> [String] {
        var tree = repository.state.withLock { $0.commits[$0.commits.count - 1] }
        change(&tree)
        repository.push(tree)
        _ = try await watch.look(for: "c", path: "c", isFresh: true)
        return woken.take()
    }

    @Test func aCommitWakesThoseThatLookedAtWhatItChanged() async throws {
        let watch = watch()
        try await following(watch)
        #expect(try await pushed(watch) { $0["a/kustomization.yaml"] = "a2" } == ["a"])
        #expect(try await pushed(watch) { $0["base/web.yaml"] = "w2" } == ["a", "b"])
        #expect(try await pushed(watch) { $0["a/readme"] = "r2" } == [], "nobody looked at it")
        #expect(try await pushed(watch) { $0["b/patch.yaml"] = "p1" } == ["b"], "it was looked for and was not there")
        #expect(try await pushed(watch) { $0["elsewhere"] = "x" } == [])
        #expect(try await pushed(watch) { $0["base/web.yaml"] = nil } == ["a", "b"])
        #expect(try await pushed(watch) { $0["c/x.yaml"] = "c2" } == ["c"])
        #expect(
            try await pushed(watch) {
                $0["a/kustomization.yaml"] = nil; $0["a/readme"] = nil
            } == ["a"], "its folder is gone")
    }

    @Test func identitiesAreAskedForOncePerCommitAndAllTogether() async throws {
        let watch = watch()
        try await following(watch)
        for _ in 0..<3 { _ = try await watch.look(for: "a", path: "a", isFresh: true) }
        #expect(repository.state.withLock { $0.questions } == [])
        _ = try await pushed(watch) { $0["elsewhere"] = "x" }
        _ = try await watch.look(for: "a", path: "a", isFresh: true)
        let all = ["a/kustomization.yaml", "a/patch.yaml", "b/kustomization.yaml", "b/patch.yaml", "base/web.yaml"]
        #expect(repository.state.withLock { $0.questions } == [all])
    }

    @Test func theKeyIsTheSnapshotsTree() async throws {
        let watch = watch()
        try await following(watch)
        let look = try await watch.look(for: "a", path: "a", isFresh: false)
        let reads = repository.reads("base/web.yaml", "a/kustomization.yaml", "a/patch.yaml")
        #expect(look.isExact)
        #expect(try look.tree.get() == SourceSnapshot.treeID(ofReads: reads))
        #expect(try await watch.looks["b"]?.tree.get() == (await watch.tree(of: "b")))
        #expect(await watch.tree(of: "c")?.hasPrefix("tree ") == true)
        _ = try await pushed(watch) { $0["base/web.yaml"] = "w2" }
        #expect(await watch.tree(of: "a") != (try look.tree.get()))
        _ = try await pushed(watch) { $0["base/web.yaml"] = "w1" }
        #expect(await watch.tree(of: "a") == (try look.tree.get()))
        // No kustomization any more: its folder counts.
        await watch.note(reads: [:], at: "3", of: "a", path: "a")
        #expect(await watch.tree(of: "a")?.hasPrefix("tree ") == true)
        #expect(try await pushed(watch) { $0["base/web.yaml"] = "w3" } == ["b"])
    }

    @Test func aCommitThatCameWhileAnOlderOneWasRenderedIsNotMissed() async throws {
        let watch = watch()
        try await following(watch)
        let old = repository.reads("base/web.yaml", "base/more.yaml")
        // Nobody has looked at this file yet, so that nobody is woken.
        #expect(try await pushed(watch) { $0["base/more.yaml"] = "m1" } == [])
        await watch.note(reads: old, at: "1", of: "a", path: "a")
        #expect(woken.take() == ["a"])
        #expect(await watch.tree(of: "a") == SourceSnapshot.treeID(ofReads: repository.reads("base/web.yaml", "base/more.yaml")))
        await watch.note(reads: repository.reads("base/web.yaml", "base/more.yaml"), at: "2", of: "a", path: "a")
        #expect(woken.take() == [])
    }

    @Test func aCommitThatCameWhileAKustomizationBecameAFolderIsNotMissed() async throws {
        let watch = watch()
        try await following(watch)
        // At the first commit it was found to be a plain folder by now; the second one changes a file of it.
        #expect(try await pushed(watch) { $0["a/readme"] = "r2" } == [])
        await watch.note(reads: [:], at: "1", of: "a", path: "a")
        #expect(woken.take() == ["a"])
        await watch.note(reads: [:], at: "2", of: "a", path: "a")
        #expect(woken.take() == [])
    }

    @Test func afterAFailureNothingIsMissed() async throws {
        let watch = watch()
        try await following(watch)
        repository.state.withLock { $0.fails = true }
        repository.push(Self.base.merging(["base/web.yaml": "w2"]) { $1 })
        await #expect(throws: GitSourceError.self) { _ = try await watch.look(for: "c", path: "c", isFresh: true) }
        #expect(woken.take() == [])
        repository.state.withLock { $0.fails = false }
        _ = try await watch.look(for: "c", path: "c", isFresh: true)
        #expect(woken.take() == ["a", "b"])
    }
}
