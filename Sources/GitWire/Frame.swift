// The envelope of everything said between GitSource and belay-git: a small JSON head and raw bytes, each with its length before it.

package import StructuredData

/// What cannot be a frame, or not a message of this protocol. The stream cannot be read on after it.
package struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}

/// One message: on the wire four bytes with the head's length, four with the body's (both big-endian), the head as JSON, the body as is.
package struct Frame: Sendable, Equatable {
    package var head: Value
    package var body: [UInt8]

    package init(head: Value, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    package static let maximumHead = 1 << 20
    package static let maximumBody = 64 << 20
    static let prefixLength = 8

    /// The bytes to send.
    /// - Throws: ``WireError`` when head or body is longer than a reader would take.
    package func encoded() throws(WireError) -> [UInt8] {
        let text = JSON.write(head)
        guard text.count <= Self.maximumHead else { throw WireError("a frame's head of \(text.count) bytes is too long") }
        guard body.count <= Self.maximumBody else { throw WireError("a frame's body of \(body.count) bytes is too long") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.prefixLength + text.count + body.count)
        for length in [UInt32(text.count), UInt32(body.count)] {
            withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: text)
        bytes.append(contentsOf: body)
        return bytes
    }
}

/// Cuts a stream of bytes, however it arrives, into frames.
package struct FrameReader: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    package init() {}

    /// Takes the next bytes of the stream.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, start == buffer.count || start > 1 << 20 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Whether the stream could end here: no frame has begun.
    package var isBetweenFrames: Bool { start == buffer.count }

    /// The next whole frame; nil while it is not all there.
    /// - Throws: ``WireError`` when the lengths are beyond the limits or the head is no JSON object.
    package mutating func next() throws(WireError) -> Frame? {
        let available = buffer.count - start
        guard available >= Frame.prefixLength else { return nil }
        let headLength = length(at: start)
        let bodyLength = length(at: start + 4)
        guard headLength <= Frame.maximumHead, bodyLength <= Frame.maximumBody else {
            throw WireError("a frame announces \(headLength) and \(bodyLength) bytes: this is not belay-git's protocol")
        }
        guard available >= Frame.prefixLength + headLength + bodyLength else { return nil }
        let headStart = start + Frame.prefixLength
        let bodyStart = headStart + headLength
        let head: Value
        do {
            head = try JSON.read(Array(buffer[headStart..<bodyStart]), maximumDepth: 16)
        } catch {
            throw WireError("a frame's head is no JSON: \(error)")
        }
        guard head.object != nil else { throw WireError("a frame's head is \(head.kindName), not a map") }
        let body = Array(buffer[bodyStart..<(bodyStart + bodyLength)])
        start = bodyStart + bodyLength
        return Frame(head: head, body: body)
    }

    private func length(at index: Int) -> Int {
        buffer[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
}
