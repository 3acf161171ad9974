// A watch's answer to its events: one JSON object a line, cut anywhere by the network.

import KubernetesModel
import StructuredData

/// Collects the parts of a stream and gives out its whole lines.
struct WatchLines {
    /// No object is larger than what etcd takes, twice and more over.
    static let longestLine = 16 << 20

    private var pending: [UInt8] = []
    /// How much of `pending` is known to hold no line's end.
    private var searched = 0

    /// Whether the stream is in the middle of a line: what ends here was cut.
    var isInLine: Bool { !pending.isEmpty }

    /// - Returns: the lines that end in `part`, without their ends; empty ones are left out.
    /// - Throws: `malformedResponse` where a line does not end within ``longestLine``.
    mutating func append(_ part: some Collection<UInt8>) throws(ClientError) -> [[UInt8]] {
        pending.append(contentsOf: part)
        var lines: [[UInt8]] = []
        var start = 0
        while let end = pending[max(searched, start)...].firstIndex(of: UInt8(ascii: "\n")) {
            if end > start { lines.append(Array(pending[start..<end])) }
            start = end + 1
        }
        if start > 0 { pending.removeFirst(start) }
        searched = pending.count
        guard pending.count <= WatchLines.longestLine else {
            throw ClientError(code: .malformedResponse, message: "a line of a watch has more than \(WatchLines.longestLine >> 20) MiB")
        }
        return lines
    }
}
