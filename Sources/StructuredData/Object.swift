// A map that keeps the order of its keys: one array of entries, searched in a line as long as the map is small.

/// An ordered map from string to ``Value``. Keys are unique and compared by their UTF-8 bytes.
package struct Object: Sendable {
    package struct Entry: Sendable {
        package var key: String
        package var value: Value
        package init(key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The entries in the order of the text they were read from, or of their insertion.
    package private(set) var entries: [Entry]

    /// Where the keys stand, for the rare map that is too large to be searched in a line (a ConfigMap of thousands of keys).
    private var positions: KeyIndex?

    static let largestSearchedInLine = 32

    package init() { entries = [] }

    /// - Parameter uniqueEntries: entries whose keys the caller has already found to differ.
    package init(uniqueEntries: [Entry]) {
        entries = uniqueEntries
        if entries.count > Object.largestSearchedInLine { rememberPositions() }
    }

    /// - Parameter positions: where the keys stand, when the caller knows; needed for large maps only.
    init(uniqueEntries: [Entry], positions: KeyIndex?) {
        entries = uniqueEntries
        self.positions = positions
    }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    package var keys: [String] { entries.map(\.key) }

    package func index(of key: String) -> Int? {
        if let positions {
            return entries.withUnsafeBufferPointer { positions.position(of: key, in: $0) }
        }
        return entries.firstIndex { $0.key.hasSameBytes(as: key) }
    }

    /// Reads, replaces in place, appends, or (with nil) removes.
    package subscript(key: String) -> Value? {
        get { index(of: key).map { entries[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): remove(at: index)
            case (nil, let value?): append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Changes the value at `position` in place; with nil a null is appended under `key` and changed.
    mutating func mutate<Result>(_ position: Int?, orAppend key: String, _ change: (inout Value) -> Result) -> Result {
        if let position { return change(&entries[position].value) }
        append(Entry(key: key, value: .null))
        return change(&entries[entries.count - 1].value)
    }

    @discardableResult
    mutating func remove(at position: Int) -> Entry {
        positions = nil
        return entries.remove(at: position)
    }

    private mutating func append(_ entry: Entry) {
        entries.append(entry)
        if entries.count > Object.largestSearchedInLine { rememberPosition(entries.count - 1) }
    }

    private mutating func rememberPosition(_ position: Int) {
        guard positions?.hasRoom ?? false else { return rememberPositions() }
        entries.withUnsafeBufferPointer { _ = positions?.insert(position, in: $0) }
    }

    private mutating func rememberPositions() {
        var index = KeyIndex(capacity: entries.count)
        // Of equal keys, which only an unchecked text can have, the first is found: as in a search in a line.
        entries.withUnsafeBufferPointer { entries in
            for position in entries.indices { _ = index.insert(position, in: entries) }
        }
        positions = index
    }

    /// The same entries, ordered by the bytes of their keys.
    package func sortedByKey() -> Object { Object(uniqueEntries: entriesSortedByKey) }

    /// The entries, ordered by the bytes of their keys.
    package var entriesSortedByKey: [Entry] {
        for index in entries.indices.dropFirst() where !entries[index - 1].key.precedesByBytes(entries[index].key) {
            return entries.sorted { $0.key.precedesByBytes($1.key) }
        }
        return entries
    }
}

extension Object: Equatable {
    /// Equal when the same keys have equal values, in whatever order.
    package static func == (left: Object, right: Object) -> Bool {
        guard left.count == right.count else { return false }
        for (position, entry) in left.entries.enumerated() {
            let twin = right.entries[position]
            if twin.key.hasSameBytes(as: entry.key) {
                guard twin.value == entry.value else { return false }
            } else {
                guard let other = right[entry.key], other == entry.value else { return false }
            }
        }
        return true
    }
}

extension Object: ExpressibleByDictionaryLiteral {
    /// The keys must differ; of two equal ones the last stands.
    package init(dictionaryLiteral elements: (String, Value)...) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }
}

extension Object: Sequence {
    package func makeIterator() -> IndexingIterator<[Entry]> { entries.makeIterator() }
}
