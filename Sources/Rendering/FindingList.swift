// The findings of one rendering, bounded, so that a hostile source cannot fill the memory with complaints.

import KubernetesModel

struct FindingList {
    private static let limit = 1000
    private var findings: [Finding] = []
    private var dropped = 0

    var isEmpty: Bool { findings.isEmpty }

    mutating func append(_ finding: Finding) {
        if findings.count < FindingList.limit { findings.append(finding) } else { dropped += 1 }
    }

    mutating func append(contentsOf more: [Finding]) {
        for finding in more { append(finding) }
    }

    mutating func append(contentsOf more: FindingList) {
        append(contentsOf: more.findings)
        dropped += more.dropped
    }

    /// By file, line and column, each once; the last says how many more there are.
    func sorted() -> [Finding] {
        var sorted: [Finding] = []
        for finding in findings.sorted() where finding != sorted.last { sorted.append(finding) }
        if dropped > 0, let last = sorted.last {
            sorted.append(Finding(message: "\(dropped) more errors are not shown", location: last.location))
        }
        return sorted
    }
}
