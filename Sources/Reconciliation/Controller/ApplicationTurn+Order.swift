// Which Applications go first: what one waits for, and why it cannot go on.

import FoundationEssentials
import Journal
import KubernetesModel

extension ApplicationTurn {
    /// - Returns: false where one was not looked at yet since the controller began, so that nothing can be said of it.
    /// - Throws: ``Obstacle`` where one of them is to go first.
    func awaitDependencies(of application: Application) async throws -> Bool {
        if let circle = await parts.index.circle(from: reference) {
            throw Obstacle(
                .dependencyNotReady, "dependsOn goes in a circle: \(circle.joined(separator: " → "))", isStalled: true, retry: .none)
        }
        for dependency in application.dependsOn {
            let name = dependency.reference
            guard let other = await parts.index[name] else {
                throw Obstacle(.dependencyNotReady, "waits for Application \(name), which does not exist", retry: .none)
            }
            guard other.isReady else {
                throw Obstacle(.dependencyNotReady, "waits for Application \(name), which is not ready", retry: .none)
            }
            guard other.isHealthy else {
                throw Obstacle(.dependencyNotReady, "waits for Application \(name), which is not healthy", retry: .none)
            }
            guard parts.standing.haveSettled([name]) else { return false }
            // One commit may change both: it is applied there first.
            if case .success(let its) = other.application, !(its.pin?.isActive(at: Date()) ?? false),
                let tree = await parts.repositories.tree(of: name), await parts.memories[name]?.applied?.treeID != tree
            {
                throw Obstacle(
                    .dependencyNotReady, "waits for Application \(name), which has not applied its newest commit yet", retry: .none)
            }
        }
        return true
    }
}
