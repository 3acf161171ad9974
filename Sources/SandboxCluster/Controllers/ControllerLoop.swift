// Runs the controllers whenever something changed or an object's time has come.

struct ControllerLoop {
    let cluster: ClusterBox

    /// Runs until its task is cancelled.
    func run() async {
        cluster.with { $0.startControllers() }
        cluster.signal()
        var alarm: Task<Void, Never>?
        for await _ in cluster.changes {
            alarm?.cancel()
            guard let wait = cluster.with({ $0.runControllers() }) else { continue }
            // Cancelled by the next round, or below.
            alarm = Task {
                do { try await Task.sleep(for: wait) } catch { return }
                cluster.signal()
            }
        }
        alarm?.cancel()
    }
}
