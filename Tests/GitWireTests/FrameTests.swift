// Frames survive the way they come, and nothing that is no frame gets through or traps.

import GitWire
import StructuredData
import TestSupport
import Testing

@Suite("Frames")
struct FrameTests {
    static let frames = [
        Frame(head: ["type": "a"]),
        Frame(head: ["type": "b", "n": 1], body: [0, 255, 10]),
        Frame(head: .object(Object()), body: Array(repeating: 7, count: 70_000)),
    ]

    @Test("A stream cut anywhere gives the same frames", arguments: [1, 3, 7, 64, 65_536])
    func cuts(_ size: Int) throws {
        let stream = try Self.frames.flatMap { frame in try frame.encoded() }
        var reader = FrameReader()
        var read: [Frame] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            reader.append(stream[start..<min(start + size, stream.count)])
            while let frame = try reader.next() { read.append(frame) }
        }
        #expect(read == Self.frames)
        #expect(reader.isBetweenFrames)
    }

    @Test("A truncated frame is not a frame")
    func truncated() throws {
        let bytes = try Self.frames[1].encoded()
        for count in 0..<bytes.count {
            var reader = FrameReader()
            reader.append(bytes[..<count])
            #expect(try reader.next() == nil)
            #expect(reader.isBetweenFrames == (count == 0))
        }
    }

    @Test(
        "Lengths beyond the limits are refused before anything is kept",
        arguments: [[0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], [0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF], [0, 0x10, 0, 1, 0, 0, 0, 0]] as [[UInt8]])
    func oversize(_ bytes: [UInt8]) {
        var reader = FrameReader()
        reader.append(bytes)
        #expect(throws: WireError.self) { try reader.next() }
    }

    @Test("A head or body that is too long is not sent")
    func tooLong() {
        #expect(throws: WireError.self) {
            try Frame(head: ["type": .string(String(repeating: "x", count: Frame.maximumHead))]).encoded()
        }
        #expect(throws: WireError.self) { try Frame(head: [:], body: Array(repeating: 0, count: Frame.maximumBody + 1)).encoded() }
    }

    @Test("Heads that are no JSON object are refused", arguments: ["", "{", "[]", "null", "\"a\"", "{\"a\":1}x", "{\"a\":\u{1}}"])
    func badHead(_ head: String) {
        var reader = FrameReader()
        reader.append([0, 0, 0, UInt8(head.utf8.count), 0, 0, 0, 0] + Array(head.utf8))
        #expect(throws: WireError.self) { try reader.next() }
    }

    @Test("Garbage never traps and never loops", arguments: 0..<50)
    func garbage(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var reader = FrameReader()
        for _ in 0..<20 {
            reader.append((0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
            do {
                while let frame = try reader.next() { _ = try? WireRequest(frame) }
            } catch {
                return
            }
        }
    }

    @Test("A frame with one byte changed is read, refused or incomplete, never a trap", arguments: 0..<50)
    func mutated(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let messages = try MessageTests.responses.map { response in try response.frame.encoded() }
        for original in messages {
            var bytes = original
            let index = Int.random(in: bytes.indices, using: &generator)
            bytes[index] = UInt8.random(in: 0...255, using: &generator)
            var reader = FrameReader()
            reader.append(bytes)
            if let frame = try? reader.next() { _ = try? WireResponse(frame) }
        }
    }
}
