// Logs for machines: one JSON object a line.

import FoundationEssentials
package import Logging
import StructuredData

/// Writes each message as one line: `time` (RFC 3339, milliseconds, UTC), `level`, `message`, `logger`, then the metadata as text, in
/// order of their names.
///
/// Maps in the metadata become names with dots. A name that the line has already (`message`) is told as `metadata.message`.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let now: @Sendable () -> Date
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - label: the logger's, told as `logger`.
    ///   - write: takes one whole line with its end; nil: standard error.
    ///   - now: the clock.
    package init(
        label: String, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil,
        write: (@Sendable ([UInt8]) -> Void)? = nil
    ) {
        self.init(label: label, level: level, metadataProvider: metadataProvider, write: write ?? StandardError.write, now: { Date() })
    }

    init(
        label: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider?, write: @escaping @Sendable ([UInt8]) -> Void,
        now: @escaping @Sendable () -> Date
    ) {
        self.label = label
        logLevel = level
        self.metadataProvider = metadataProvider
        self.write = write
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line: Object = [
            "time": .string(now().formatted(Self.timeStyle)), "level": .string(event.level.rawValue),
            "message": .string("\(event.message)"), "logger": .string(label),
        ]
        var fields: [String: String] = [:]
        for metadata in [metadata, metadataProvider?.get() ?? [:], event.metadata ?? [:]] {
            for (name, value) in metadata { Self.flatten(name, value, into: &fields) }
        }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        for (name, text) in fields.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            line[line[name] == nil ? name : "metadata." + name] = .string(text)
        }
        write(JSON.write(.object(line)).escapingControls() + [UInt8(ascii: "\n")])
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func flatten(_ name: String, _ value: Logger.MetadataValue, into fields: inout [String: String]) {
        switch value {
        case .string(let text): fields[name] = text
        case .stringConvertible(let some): fields[name] = some.description
        case .array: fields[name] = value.description
        case .dictionary(let inner):
            for (key, value) in inner { flatten("\(name).\(key)", value, into: &fields) }
        }
    }
}

extension [UInt8] {
    /// JSON with the controls that it may carry as they are escaped too, for the sake of terminals: DEL, C1, and those that end a line or
    /// turn the direction of writing.
    fileprivate func escapingControls() -> [UInt8] {
        // All of them begin with one of these bytes; a text without them stays as it is.
        guard contains(where: { $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2 || $0 == 0xEF }) else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u".utf8
                result += String(repeating: "0", count: 4 - digits.utf8.count).utf8
                result += digits.utf8
            default: result += String(scalar).utf8
            }
        }
        return result
    }
}
