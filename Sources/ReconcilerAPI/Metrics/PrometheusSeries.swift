// One series each: a counter, a gauge or a histogram, changed from any thread.

import CoreMetrics
import Synchronization

/// What a series is called.
struct PrometheusIdentity: Sendable {
    var name: String
    /// As they stand in the text, without braces: `a="x",b="y"`; empty for none.
    var labels: String
}

/// A series of the registry.
protocol PrometheusSeries: AnyObject, Sendable {
    var identity: PrometheusIdentity { get }
    /// Appends its lines.
    func write(to text: inout String)
}

/// Only grows; starts anew at a reset.
final class PrometheusCounter: PrometheusSeries, CounterHandler, FloatingPointCounterHandler {
    let identity: PrometheusIdentity
    private let value = Mutex(0.0)

    init(_ identity: PrometheusIdentity) { self.identity = identity }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// What is negative or no number is left out.
    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        value.withLock { $0 += amount }
    }

    func reset() { value.withLock { $0 = 0 } }

    func write(to text: inout String) { text += PrometheusText.line(identity.name, identity.labels, value.withLock { $0 }) }
}

/// Has the value that was set last.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    let identity: PrometheusIdentity
    private let value = Mutex(0.0)

    init(_ identity: PrometheusIdentity) { self.identity = identity }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(to text: inout String) { text += PrometheusText.line(identity.name, identity.labels, value.withLock { $0 }) }
}

/// Counts values by size.
final class PrometheusHistogram: PrometheusSeries, TimerHandler, RecorderHandler {
    let identity: PrometheusIdentity
    private let bounds: [Double]
    private let values: Mutex<Values>

    private struct Values {
        /// For each bound how many are in its bucket and in no lower one; the last is for those above all.
        var counts: [Int]
        var sum = 0.0
    }

    init(_ identity: PrometheusIdentity, bounds: [Double]) {
        self.identity = identity
        self.bounds = bounds
        values = Mutex(Values(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    /// What is no number is left out.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        values.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func write(to text: inout String) {
        let values = values.withLock { $0 }
        let prefix = identity.labels.isEmpty ? "" : identity.labels + ","
        var count = 0
        for (bound, more) in zip(bounds + [.infinity], values.counts) {
            count += more
            text += PrometheusText.line(identity.name + "_bucket", "\(prefix)le=\"\(PrometheusText.number(bound))\"", Double(count))
        }
        text += PrometheusText.line(identity.name + "_sum", identity.labels, values.sum)
        text += PrometheusText.line(identity.name + "_count", identity.labels, Double(count))
    }
}
