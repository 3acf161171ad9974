// The backend of swift-metrics: all series of this process, and their text for Prometheus.

package import CoreMetrics
import Synchronization

/// Keeps counters, gauges and histograms by name and labels, and writes them as Prometheus' text format 0.0.4.
///
/// Names are taken as they are given (a counter's ends in `_total`); a timer's ends in `_seconds`, added where it is missing. What a name
/// or a label cannot be in Prometheus becomes `_`. Making the same series again gives the same one. A name keeps the kind that it was
/// first used for: as another kind it goes nowhere and is counted as dropped.
package final class PrometheusRegistry: MetricsFactory {
    private let buckets: [Double]
    private let maximumSeries: Int
    private let state = Mutex(State())

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        /// By the name of the metric, how often a series was asked for that is not kept.
        var dropped: [String: Double] = [:]
    }

    private struct Family {
        var kind: Kind
        /// By the text of the labels: as bytes, since strings that differ in bytes only would be one key.
        var series: [[UInt8]: any PrometheusSeries] = [:]
    }

    enum Kind: String { case counter, gauge, histogram }

    /// The name under which dropped series are counted, by the name of their metric.
    package static let droppedSeries = "belay_metrics_dropped_series_total"

    /// - Parameters:
    ///   - buckets: the upper bounds of histograms, in seconds, ascending; what is above all of them is counted too.
    ///   - maximumSeries: how many label sets one name may have. What is beyond is dropped, and counted.
    package init(
        buckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], maximumSeries: Int = 10_000
    ) {
        self.buckets = buckets
        self.maximumSeries = maximumSeries
        describe(Self.droppedSeries, "Series that were asked for and not kept: too many of one name, or a name of another kind.")
    }

    /// What a metric means, in one sentence: its HELP line. Without it the name stands there in words.
    package func describe(_ name: String, _ help: String) {
        state.withLock { $0.help[PrometheusText.name(name)] = help }
    }

    // MARK: Making series

    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: Kind, _ make: (PrometheusIdentity) -> Series
    ) -> Series {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions, reserved: kind == .histogram ? "le" : nil)
        let key = Array(labels.utf8)
        return state.withLock { state in
            let isSameKind = state.families[name].map { $0.kind == kind } ?? true
            let known = state.families[name]?.series[key]
            if isSameKind, let known = known as? Series { return known }
            let made = make(PrometheusIdentity(name: name, labels: labels))
            guard isSameKind, known == nil, (state.families[name]?.series.count ?? 0) < maximumSeries else {
                state.dropped[name, default: 0] += 1
                return made
            }
            state.families[name, default: Family(kind: kind)].series[key] = made
            return made
        }
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> PrometheusCounter {
        series(label, dimensions, .counter) { PrometheusCounter($0) }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
        series(label, dimensions, .gauge) { PrometheusGauge($0) }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> PrometheusHistogram {
        series(label, dimensions, .histogram) { PrometheusHistogram($0, bounds: buckets) }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { counter(label, dimensions) }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { gauge(label, dimensions) }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { histogram(label, dimensions) } else { gauge(label, dimensions) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label.hasSuffix("_seconds") ? label : label + "_seconds", dimensions)
    }

    // MARK: Ending series

    /// Forgets a series. Whoever still holds it writes where nobody reads.
    private func forget(_ handler: any Sendable) {
        guard let series = handler as? any PrometheusSeries else { return }
        let key = Array(series.identity.labels.utf8)
        state.withLock { state in
            guard let kept = state.families[series.identity.name]?.series[key], kept === series else { return }
            state.families[series.identity.name]?.series[key] = nil
            if state.families[series.identity.name]?.series.isEmpty == true { state.families[series.identity.name] = nil }
        }
    }

    package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    // MARK: Text

    /// All series: names in order of their bytes, then labels.
    package func text() -> String {
        var (families, help, dropped) = state.withLock { ($0.families, $0.help, $0.dropped) }
        if !dropped.isEmpty {
            var family = Family(kind: .counter)
            for (name, count) in dropped {
                let labels = PrometheusText.labels([("metric", name)])
                let series = PrometheusCounter(PrometheusIdentity(name: Self.droppedSeries, labels: labels))
                series.increment(by: count)
                family.series[Array(labels.utf8)] = series
            }
            families[Self.droppedSeries] = family
        }
        var result = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            result += PrometheusText.header(name, family.kind.rawValue, help[name])
            for (_, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) { series.write(to: &result) }
        }
        return result
    }
}
