// A small unified diff of two texts of lines, for values such as a ConfigMap's files.

/// Lines with `-`, `+` or a blank before them; runs of equal lines are cut to the context.
package enum LineDiff {
    package enum Line: Sendable, Equatable {
        case same(String)
        case removed(String)
        case added(String)
        /// This many equal lines are left out.
        case omitted(Int)
    }

    /// Lines beyond this on either side are not compared one by one: the work would grow with their product.
    static let maximumLines = 4000

    /// - Returns: nil when a side is too long.
    package static func lines(from old: [String], to new: [String], context: Int = 2) -> [Line]? {
        guard old.count <= maximumLines, new.count <= maximumLines else { return nil }
        let start = zip(old, new).prefix { $0 == $1 }.count
        let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
        let middle = compare(Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
        let all = old[..<start].map(Line.same) + middle + old[(old.count - end)...].map(Line.same)
        return trimmed(all, context)
    }

    private static func compare(_ old: [String], _ new: [String]) -> [Line] {
        guard old.count + new.count <= 2000 else { return old.map(Line.removed) + new.map(Line.added) }
        let difference = new.difference(from: old)
        var removed: Set<Int> = [], added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var left = 0, right = 0
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                lines.append(.removed(old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                lines.append(.added(new[right]))
                right += 1
            } else {
                if left < old.count { lines.append(.same(old[left])) }
                left += 1
                right += 1
            }
        }
        return lines
    }

    private static func trimmed(_ lines: [Line], _ context: Int) -> [Line] {
        var keep = Array(repeating: false, count: lines.count)
        for (index, line) in lines.enumerated() {
            if case .same = line { continue }
            for near in max(0, index - context)...min(lines.count - 1, index + context) { keep[near] = true }
        }
        var result: [Line] = []
        var omitted = 0
        for (line, kept) in zip(lines, keep) {
            if kept {
                if omitted > 0 { result.append(.omitted(omitted)) }
                omitted = 0
                result.append(line)
            } else {
                omitted += 1
            }
        }
        if omitted > 0 { result.append(.omitted(omitted)) }
        return result
    }
}
