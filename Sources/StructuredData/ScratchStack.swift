// A stack that the readers collect children on, so that every array of the tree is allocated once, at its exact size.

/// A growing stack whose top part can be moved out as an array.
struct ScratchStack<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 64) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
    }

    deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    mutating func push(_ element: consuming Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count += 1
    }

    /// Calls `body` with the elements from `start` on.
    func withElements<Result>(from start: Int, _ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        let first = min(max(start, 0), count)
        return body(UnsafeBufferPointer(start: base + first, count: count - first))
    }

    /// Moves the elements from `start` on into an array.
    mutating func take(from start: Int) -> [Element] {
        let first = min(max(start, 0), count)
        let length = count - first
        count = first
        if length == 0 { return [] }
        let source = base + first
        var array: [Element] = []
        array.reserveCapacity(length)
        for index in 0..<length { array.append((source + index).move()) }
        return array
    }

    private mutating func grow() {
        let larger = capacity * 2
        let next = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        next.moveInitialize(from: base, count: count)
        base.deallocate()
        base = next
        capacity = larger
    }
}
