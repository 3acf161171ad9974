// Runs the controllers whenever something changed or a pod's time has come.

struct ControllerLoop {
    let cluster: ClusterBox

    func run() async {
        for await _ in cluster.changes {
            while !Task.isCancelled {
                let wait = cluster.with { $0.runControllers() }
                guard let wait else { break }
                try? await Task.sleep(for: wait)
            }
            if Task.isCancelled { return }
        }
    }
}

extension Cluster {
    /// One round of all controllers. Returns when to come again by oneself; nil when only a change can bring work.
    mutating func runControllers() -> Duration? {
        pendingEvents = []
        return nil
    }
}
