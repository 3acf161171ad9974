// What the controller counts and times, under the names that dashboards of controllers know, and Belay's own.

import CoreMetrics
import FoundationEssentials
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData
import Synchronization

/// Safe from any task. Labels are bounded by the Applications and repositories there are.
final class ControllerMetrics: Sendable {
    private struct State {
        /// One series for each Application, under the labels that it has now.
        var info: [String: (labels: [(String, String)], gauge: Gauge)] = [:]
    }

    private let factory: any MetricsFactory
    /// The API server, `host:port`.
    private let server: String
    private let state = Mutex(State())

    init(factory: any MetricsFactory, server: String) {
        self.factory = factory
        self.server = server
    }

    // MARK: The queue

    /// One turn is over.
    func turned(result: String, took: Duration, depth: Int) {
        Counter(
            label: "controller_runtime_reconcile_total", dimensions: [("controller", "application"), ("result", result)], factory: factory
        ).increment()
        if result == "error" {
            Counter(
                label: "controller_runtime_reconcile_errors_total", dimensions: [("controller", "application")], factory: factory
            ).increment()
        }
        time("controller_runtime_reconcile_time_seconds", [("controller", "application")], took)
        time("workqueue_work_duration_seconds", [("name", "application")], took)
        Gauge(label: "workqueue_depth", dimensions: [("name", "application")], factory: factory).record(depth)
    }

    /// A turn begins.
    /// - Parameter waited: since it was due.
    func begins(waited: Duration, atWork: Int) {
        time("workqueue_queue_duration_seconds", [("name", "application")], waited)
        Counter(label: "workqueue_adds_total", dimensions: [("name", "application")], factory: factory).increment()
        isAtWork(atWork)
    }

    func isAtWork(_ count: Int) {
        Gauge(label: "controller_runtime_active_workers", dimensions: [("controller", "application")], factory: factory).record(count)
    }

    /// Something failed and is tried again.
    func retries() {
        Counter(label: "workqueue_retries_total", dimensions: [("name", "application")], factory: factory).increment()
    }

    func hasWorkers(_ count: Int) {
        Gauge(
            label: "controller_runtime_max_concurrent_reconciles", dimensions: [("controller", "application")], factory: factory
        ).record(count)
    }

    func leads(_ isLeading: Bool, lease: String) {
        Gauge(label: "leader_election_master_status", dimensions: [("name", lease)], factory: factory).record(isLeading ? 1 : 0)
    }

    func answered(_ request: AnsweredRequest) {
        Counter(
            label: "rest_client_requests_total",
            dimensions: [("code", request.status.map(String.init) ?? "<error>"), ("method", request.method), ("host", server)],
            factory: factory
        ).increment()
        time("rest_client_request_duration_seconds", [("verb", request.method), ("host", server)], request.took)
    }

    // MARK: Applications

    /// One run is over.
    func synced(_ report: SyncReport, commitToApplied: Duration?) {
        Counter(
            label: "belay_sync_total", dimensions: [("outcome", report.phase), ("trigger", report.trigger)], factory: factory
        ).increment()
        if let begun = Timestamp.date(report.startedAt), let ended = Timestamp.date(report.finishedAt) {
            time("belay_sync_duration_seconds", [("trigger", report.trigger)], .seconds(max(0, ended.timeIntervalSince(begun))))
        }
        if let commitToApplied { time("belay_commit_to_applied_seconds", [], commitToApplied) }
        for row in report.operations {
            guard let drift = row.operation.drift else { continue }
            Counter(
                label: "belay_drift_total",
                dimensions: [("type", drift.kind.rawValue), ("corrected", row.leavesDrift ? "false" : "true")], factory: factory
            ).increment()
        }
    }

    /// What an Application is now.
    func isNow(_ status: Value, of reference: String) {
        let parts = reference.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return }
        let ready = (status["conditions"]?.array ?? []).first { $0["type"]?.string == "Ready" }
        let name = [("namespace", parts[0]), ("name", parts[1])]
        let labels =
            name + [
                ("ready", ready?["status"]?.string ?? "Unknown"), ("reason", ready?["reason"]?.string ?? ""),
                ("sync", ready?["status"]?.string == "True" ? "Synced" : "OutOfSync"),
                ("suspended", ready?["reason"]?.string == "Suspended" ? "true" : "false"),
                ("health", status["health"]?.string ?? "unknown"),
                ("revision", (status["lastAttemptedRevision"] ?? status["lastAppliedRevision"])?.string ?? ""),
            ]
        let gauge = Gauge(label: "belay_app_info", dimensions: labels, factory: factory)
        let old = state.withLock { state in
            defer { state.info[reference] = (labels, gauge) }
            return state.info[reference]
        }
        if let old, !old.labels.elementsEqual(labels, by: ==) { old.gauge.destroy() }
        gauge.record(1)
        Gauge(label: "belay_app_drifted_objects", dimensions: name, factory: factory).record(status["openDrift"]?.int ?? 0)
        Gauge(label: "belay_last_reconcile_timestamp_seconds", dimensions: name, factory: factory).record(Date().timeIntervalSince1970)
    }

    func forget(_ reference: String) {
        let parts = reference.split(separator: "/", maxSplits: 1).map(String.init)
        state.withLock { $0.info.removeValue(forKey: reference) }?.gauge.destroy()
        guard parts.count == 2 else { return }
        for label in ["belay_app_drifted_objects", "belay_last_reconcile_timestamp_seconds"] {
            Gauge(label: label, dimensions: [("namespace", parts[0]), ("name", parts[1])], factory: factory).destroy()
        }
    }

    // MARK: Repositories

    /// A look at a repository went well.
    func looked(at repository: String) {
        Gauge(label: "belay_source_last_fetch_timestamp_seconds", dimensions: [("repository", repository)], factory: factory)
            .record(Date().timeIntervalSince1970)
    }

    private func time(_ label: String, _ labels: [(String, String)], _ duration: Duration) {
        Timer(label: label, dimensions: labels, factory: factory).recordNanoseconds(Int64(min(duration / .nanoseconds(1), 1e18)))
    }
}
