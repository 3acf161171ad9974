// What the registry makes of swift-metrics' calls, line by line; and what promtool says to it where it is installed.

import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import ReconcilerAPI

@Suite("Metrics for Prometheus")
struct PrometheusRegistryTests {
    @Test("Counters, gauges, meters, timers and recorders, in one order whatever they were made in")
    func kinds() {
        let registry = PrometheusRegistry(buckets: [0.005, 1, 60])
        registry.describe("sync_total", "Syncs by \"outcome\",\nsince \\ the start.")
        Counter(label: "sync_total", dimensions: [("outcome", "ok"), ("kind", "z")], factory: registry).increment(by: 3)
        Counter(label: "sync_total", dimensions: [("kind", "a"), ("outcome", "ok")], factory: registry).increment()
        FloatingPointCounter(label: "cpu_seconds_total", factory: registry).increment(by: 0.25)
        Gauge(label: "workqueue_depth", factory: registry).record(7)
        Meter(label: "app_info", factory: registry).set(1.5)
        let timer = CoreMetrics.Timer(label: "fetch", factory: registry)
        timer.recordNanoseconds(5_000_000)
        timer.recordMilliseconds(900)
        timer.recordSeconds(3600)
        Recorder(label: "objects", factory: registry).record(2)
        #expect(
            registry.text() == """
                # HELP app_info app info
                # TYPE app_info gauge
                app_info 1.5
                # HELP cpu_seconds_total cpu seconds total
                # TYPE cpu_seconds_total counter
                cpu_seconds_total 0.25
                # HELP fetch_seconds fetch seconds
                # TYPE fetch_seconds histogram
                fetch_seconds_bucket{le="0.005"} 1
                fetch_seconds_bucket{le="1"} 2
                fetch_seconds_bucket{le="60"} 2
                fetch_seconds_bucket{le="+Inf"} 3
                fetch_seconds_sum 3600.905
                fetch_seconds_count 3
                # HELP objects objects
                # TYPE objects histogram
                objects_bucket{le="0.005"} 0
                objects_bucket{le="1"} 0
                objects_bucket{le="60"} 1
                objects_bucket{le="+Inf"} 1
                objects_sum 2
                objects_count 1
                # HELP sync_total Syncs by "outcome",\\nsince \\\\ the start.
                # TYPE sync_total counter
                sync_total{kind="a",outcome="ok"} 1
                sync_total{kind="z",outcome="ok"} 3
                # HELP workqueue_depth workqueue depth
                # TYPE workqueue_depth gauge
                workqueue_depth 7

                """)
    }

    @Test("Names and labels that Prometheus does not know are made so; values are escaped; twins of Unicode stay two")
    func spelling() {
        let registry = PrometheusRegistry(buckets: [1])
        Counter(label: "http.requests-total", dimensions: [("a b", "x\"y\\z\nü"), ("a-b", "lost"), ("__x", "1")], factory: registry)
            .increment()
        Counter(label: "4xx", factory: registry).increment()
        Counter(label: "twins_total", dimensions: [("name", "caf\u{E9}")], factory: registry).increment(by: 1)
        Counter(label: "twins_total", dimensions: [("name", "cafe\u{301}")], factory: registry).increment(by: 2)
        Recorder(label: "size", dimensions: [("le", "mine")], factory: registry).record(1)
        let text = registry.text()
        #expect(text.contains("http_requests_total{a_b=\"x\\\"y\\\\z\\nü\",exported_x=\"1\"} 1\n"))
        #expect(text.contains("_4xx 1\n"))
        #expect(text.utf8.split(separator: 0x0A).filter { $0.starts(with: "twins_total{".utf8) }.count == 2)
        #expect(text.contains("size_bucket{exported_le=\"mine\",le=\"1\"} 1\n"))
    }

    @Test("The same series is the same again; what is no number or goes back is left out; a destroyed one is gone")
    func life() {
        let registry = PrometheusRegistry(buckets: [1])
        for _ in 0..<3 { Counter(label: "a_total", factory: registry).increment() }
        FloatingPointCounter(label: "a_total", factory: registry).increment(by: Double.nan)
        registry.makeFloatingPointCounter(label: "a_total", dimensions: []).increment(by: -5)
        registry.makeCounter(label: "a_total", dimensions: []).increment(by: -5)
        let recorder = Recorder(label: "r", factory: registry)
        for value in [Double.nan, .infinity, -.infinity] { recorder.record(value) }
        let meter = Meter(label: "m", factory: registry)
        meter.set(4)
        meter.increment(by: 2)
        meter.decrement(by: 1.5)
        #expect(registry.text().contains("\na_total 3\n"))
        #expect(registry.text().contains("\nr_count 0\n"))
        #expect(registry.text().contains("\nm 4.5\n"))
        meter.set(Double.nan)
        #expect(registry.text().contains("\nm NaN\n"))
        Counter(label: "a_total", factory: registry).reset()
        #expect(registry.text().contains("\na_total 0\n"))
        meter.destroy()
        recorder.destroy()
        let other = Counter(label: "a_total", dimensions: [("x", "1")], factory: registry)
        other.increment()
        Counter(label: "a_total", factory: registry).destroy()
        #expect(registry.text() == "# HELP a_total a total\n# TYPE a_total counter\na_total{x=\"1\"} 1\n")
        other.destroy()
        #expect(registry.text().isEmpty)
    }

    @Test("Too many series of one name, and a name used as another kind, are dropped and counted")
    func bounds() {
        let registry = PrometheusRegistry(maximumSeries: 2)
        for index in 0..<5 { Counter(label: "many_total", dimensions: [("i", "\(index)")], factory: registry).increment() }
        Counter(label: "many_total", dimensions: [("i", "1")], factory: registry).increment()
        Gauge(label: "many_total", dimensions: [("i", "0")], factory: registry).record(9)
        let lost = Counter(label: "many_total", dimensions: [("i", "4")], factory: registry)
        lost.destroy()
        let text = registry.text()
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("many_total{") } == ["many_total{i=\"0\"} 1", "many_total{i=\"1\"} 2"])
        #expect(text.contains("\nbelay_metrics_dropped_series_total{metric=\"many_total\"} 5\n"))
        Counter(label: "many_total", dimensions: [("i", "0")], factory: registry).destroy()
        Counter(label: "many_total", dimensions: [("i", "7")], factory: registry).increment()
        #expect(registry.text().contains("many_total{i=\"7\"} 1\n"), "what was destroyed makes room")
    }

    @Test("Threads lose nothing")
    func threads() async {
        let registry = PrometheusRegistry(buckets: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for index in 0..<1000 {
                        Counter(label: "t_total", dimensions: [("i", "\(index % 10)")], factory: registry).increment()
                        CoreMetrics.Timer(label: "t", factory: registry).recordSeconds(2)
                        if index % 100 == 0 { _ = registry.text() }
                    }
                }
            }
        }
        #expect(registry.text().contains("t_seconds_count 8000\n"))
        #expect(registry.text().contains("t_total{i=\"3\"} 800\n"))
    }

    @Test(
        "Numbers",
        arguments: [
            (0.0, "0"), (-0.5, "-0.5"), (1e16, "1e+16"), (123_456_789, "123456789"), (0.00001, "1e-05"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
            (1.7e9 + 0.25, "1700000000.25"),
        ])
    func numbers(_ value: Double, _ text: String) { #expect(PrometheusText.number(value) == text) }

    @Test("The figures of a process whose name has blanks and parentheses")
    func process() {
        let stat = "77 (a) b (c)) S 1 77 77 0 -1 4194560 9 0 0 0 150 50 0 0 20 0 4 0 12345 1000000 256 18446744073709551615 1"
        let system = "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n"
        let figures = ProcessFigures(stat: stat, system: system, ticks: 100, pageSize: 4096)
        #expect(figures?.cpuSeconds == 2)
        #expect(figures?.residentBytes == 1_048_576.0)
        #expect(figures?.startTime == 1_700_000_123.45)
        for broken in ["", "77 (a", "77 (a) S 1 2", stat.replacing("12345", with: "x")] {
            #expect(ProcessFigures(stat: broken, system: system, ticks: 100, pageSize: 4096) == nil)
        }
        #expect(ProcessFigures(stat: stat, system: "cpu", ticks: 100, pageSize: 4096) == nil)
    }

    static let promtool = "/usr/bin/promtool"

    @Test(
        "promtool finds nothing to say", .enabled(if: FileManager.default.isExecutableFile(atPath: promtool), "needs Debian's prometheus"))
    func checked() async throws {
        let registry = PrometheusRegistry(maximumSeries: 1)
        registry.describe("belay_sync_total", "Syncs by outcome.")
        Counter(label: "belay_sync_total", dimensions: [("outcome", "ok \"\\\n")], factory: registry).increment()
        Counter(label: "belay_sync_total", dimensions: [("outcome", "lost")], factory: registry).increment()
        CoreMetrics.Timer(label: "belay_fetch", dimensions: [("phase", "a")], factory: registry).recordMilliseconds(30)
        Gauge(label: "workqueue_depth", factory: registry).record(0.1)
        let result = try await Program(Self.promtool).run(["check", "metrics"], input: registry.text() + ProcessFigures.text())
        #expect(result.status == 0, "\(result)")
    }
}
