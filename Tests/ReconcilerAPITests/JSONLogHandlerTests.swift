// One line a message, readable as JSON whatever stands in it.

import Foundation
import Glibc
import Logging
import StructuredData
import Synchronization
import Testing

@testable import ReconcilerAPI

@Suite("Logs as JSON")
struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let all = Mutex<[[UInt8]]>([])
        var texts: [String] { all.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
        func logger(_ level: Logger.Level = .info, provider: Logger.MetadataProvider? = nil) -> Logger {
            Logger(label: "belay.controller") { label in
                JSONLogHandler(
                    label: label, level: level, metadataProvider: provider, write: { line in self.all.withLock { $0.append(line) } },
                    now: { Date(timeIntervalSince1970: 1_764_403_200.25) })
            }
        }
    }

    @Test("Time, level, message, logger, then the metadata sorted by name; the nearest metadata wins")
    func line() {
        let lines = Lines()
        var logger = lines.logger(provider: Logger.MetadataProvider { ["run": "provider", "trace": "t1"] })
        logger[metadataKey: "application"] = "shop/web"
        logger[metadataKey: "run"] = "01J"
        logger.info("applied", metadata: ["run": "01K", "object": "Deployment shop/web", "count": "\(3)"])
        #expect(
            lines.texts == [
                #"{"time":"2025-11-29T08:00:00.250Z","level":"info","message":"applied","logger":"belay.controller","#
                    + #""application":"shop/web","count":"3","object":"Deployment shop/web","run":"01K","trace":"t1"}"# + "\n"
            ])
    }

    @Test("Levels below the logger's are left out; maps become names with dots; names of the line itself are told apart; errors are told")
    func shapes() throws {
        struct Broken: Error, CustomStringConvertible { var description: String { "the server is gone" } }
        let lines = Lines()
        var logger = lines.logger(.warning)
        logger.info("quiet")
        logger.error(
            "loud", error: Broken(),
            metadata: ["a": ["b": ["c": "1"], "d": ["x", "y"]], "message": "mine", "time": "mine too"])
        logger.logLevel = .trace
        logger.trace("now")
        #expect(lines.texts.count == 2)
        let value = try JSON.read(Array(lines.texts[0].utf8))
        #expect(value["a.b.c"]?.string == "1")
        #expect(value["a.d"]?.string == #"["x", "y"]"#)
        #expect(value["message"]?.string == "loud")
        #expect(value["metadata.message"]?.string == "mine")
        #expect(value["metadata.time"]?.string == "mine too")
        #expect(value["error"]?.string == "the server is gone")
        #expect(try JSON.read(Array(lines.texts[1].utf8))["level"]?.string == "trace")
    }

    @Test("Controls, ends of lines of any kind and marks that turn the direction are escaped, and come back as they were")
    func controls() throws {
        let lines = Lines()
        let controls = [0..<0x20, 0x7F..<0xA0, 0x2028..<0x202F, 0x2066..<0x206A].joined().compactMap { Unicode.Scalar(UInt32($0)) }
        var hostile = "é\u{1F511}ج\u{61C}\u{200E}\u{FEFF}\"\\"
        hostile.unicodeScalars.append(contentsOf: controls)
        lines.logger().info("\(hostile)", metadata: ["object\n\u{1B}": "\(hostile)"])
        let line = try #require(lines.texts.first)
        #expect(line.unicodeScalars.dropLast().allSatisfy { $0.value >= 0x20 && !controls.contains($0) })
        #expect(line.unicodeScalars.last == "\n")
        #expect(line.contains("é\u{1F511}ج\\u061c\\u200e\\ufeff"))
        let value = try JSON.read(Array(line.utf8))
        #expect(value["message"]?.string?.unicodeScalars.elementsEqual(hostile.unicodeScalars) == true)
        #expect(value["object\n\u{1B}"]?.string?.unicodeScalars.elementsEqual(hostile.unicodeScalars) == true)
    }

    @Test("A line longer than a pipe holds arrives whole, also where the pipe does not wait; without a reader it is given up")
    func pipe() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let line = Array(repeating: UInt8(ascii: "x"), count: 1 << 18) + [UInt8(ascii: "\n")]
        let (input, output) = (ends[0], ends[1])
        // Nobody reads yet: the pipe is filled, and the rest given up.
        StandardError.write(line, to: output, patience: 0)
        let (results, result) = AsyncStream.makeStream(of: [UInt8].self)
        // A thread of its own: other tests may hold those that tasks run on.
        Thread.detachNewThread {
            var got: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 12)
            while true {
                let count = chunk.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
                if count <= 0 { break }
                got += chunk[..<count]
            }
            result.yield(got)
        }
        StandardError.write(line, to: output, patience: 60_000)
        close(output)
        for await got in results {
            #expect(got.count > line.count && got.count < 2 * line.count)
            #expect(Array(got.suffix(line.count)) == line)
            break
        }
        close(input)
        StandardError.write(line, to: -1)
    }
}
