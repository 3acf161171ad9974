// What one build may cost, so that no repository can fill the memory of a controller or keep it busy.

import StructuredData

/// Counts what a build reads, makes and does. It counts and looks at no clock, so that a commit comes to the same end everywhere.
final class BuildLimits {
    /// Nodes of all files that are read, each as often as it is used, and nodes that are made of them.
    static let maximumNodes = 2 * Kustomization.maximumNodes
    /// Bytes of all texts that are made.
    static let maximumBytes = Kustomization.maximumBytes
    /// Bytes of one text: what is longer could not be read either.
    static let maximumTextSize = YAMLLimits().scalarSize
    /// Levels of one object, as of a file.
    static let maximumDepth = YAMLLimits().depth
    /// Steps, each of some nanoseconds: looks at an object, at an element of a list, at a character.
    static let maximumWork = 500_000_000

    private let maximumWork: Int
    private(set) var work: Int
    private var nodes = 0
    private var bytes = 0
    /// Where the work became too much for something that cannot say so itself.
    private var exhaustion: SourceLocation?

    /// - Parameter work: what was done before, by builds that found that something has to be read first.
    init(maximumWork: Int = BuildLimits.maximumWork, work: Int = 0) {
        self.maximumWork = maximumWork
        self.work = work
    }

    /// - Throws: ``BuildProblem`` where these nodes are too many with those before.
    func add(nodes new: Int, at place: SourceLocation) throws(BuildProblem) {
        guard new <= BuildLimits.maximumNodes - nodes else {
            throw BuildProblem(
                "with this the kustomization comes to more than \(BuildLimits.maximumNodes) nodes, of files that it reads and of what is made "
                    + "of them; divide it into several Applications", at: place)
        }
        nodes += new
    }

    /// - Parameter subject: whose text it is: `the name of Deployment web`.
    /// - Throws: ``BuildProblem`` where a text that is made is too long, or too much with those before.
    func add(textOf size: Int, _ subject: String, at place: SourceLocation) throws(BuildProblem) {
        guard size <= BuildLimits.maximumTextSize else {
            throw BuildProblem(
                "with this \(subject) becomes a text of \(size) bytes; at most \(BuildLimits.maximumTextSize) are allowed: write a shorter one",
                at: place)
        }
        guard size <= BuildLimits.maximumBytes - bytes else {
            throw BuildProblem(
                "with this the kustomization makes more than \(BuildLimits.maximumBytes >> 20) MiB of texts; divide it into several "
                    + "Applications", at: place)
        }
        bytes += size
    }

    /// - Parameter subject: what gets deeper: `Deployment web`.
    /// - Throws: ``BuildProblem`` where it has more levels than may be read.
    static func check(depth: Int, _ subject: @autoclosure () -> String, at place: SourceLocation) throws(BuildProblem) {
        guard depth > maximumDepth else { return }
        throw BuildProblem("with this \(subject()) is nested more than \(maximumDepth) levels deep; make it flatter", at: place)
    }

    /// - Throws: ``BuildProblem`` where these steps are too many with those before.
    func add(work new: Int, at place: SourceLocation) throws(BuildProblem) {
        _ = mayWork(new, at: place)
        try check()
    }

    /// For a transformer that goes over all objects, and perhaps over all that they hold.
    func add(workOnObjects count: Int, at place: SourceLocation) throws(BuildProblem) {
        try add(work: 100 * count + nodes / 4, at: place)
    }

    /// For those who cannot throw: false once there is too much; they are to stop, and ``check()`` says why.
    func mayWork(_ new: Int, at place: SourceLocation) -> Bool {
        if exhaustion != nil { return false }
        guard new <= maximumWork - work else {
            exhaustion = place
            return false
        }
        work += new
        return true
    }

    /// - Throws: ``BuildProblem`` where work was refused.
    func check() throws(BuildProblem) {
        guard let exhaustion else { return }
        throw BuildProblem(
            "here the kustomization becomes more work than is done for one: too many objects, list elements or characters are gone through too "
                + "often; divide it into several Applications, or make its lists, patterns and patches fewer", at: exhaustion)
    }
}

extension Node {
    /// How many nodes the tree has, and in how many levels.
    var size: (nodes: Int, depth: Int) {
        var nodes = 1
        var depth = 0
        func add(_ node: Node) {
            let size = node.size
            nodes += size.nodes
            depth = max(depth, size.depth)
        }
        switch content {
        case .scalar: return (1, 0)
        case .list(let list): for element in list { add(element) }
        case .map(let map): for entry in map.entries { add(entry.value) }
        }
        return (nodes, depth + 1)
    }
}
