// What a generator reads: files, literals and files of KEY=value lines.

import KubernetesModel
import StructuredData

/// One key with its value, and where the value stands.
struct GeneratedEntry {
    var key: String
    var bytes: [UInt8]
    var place: SourceLocation

    /// Nil where it is no UTF-8.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// In lines of 70 characters where it is longer than one, as kustomize writes it: the hash is made of it.
    var base64: String {
        let text = Array(Base64.encode(bytes).utf8)
        guard text.count >= 70 else { return String(decoding: text, as: UTF8.self) }
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count + text.count / 70 + 1)
        for start in stride(from: 0, to: text.count, by: 70) {
            lines += text[start..<min(start + 70, text.count)]
            lines.append(UInt8(ascii: "\n"))
        }
        return String(decoding: lines, as: UTF8.self)
    }
}

struct GeneratedData {
    /// Of `envs`, `literals` and `files` in that order.
    private(set) var entries: [GeneratedEntry] = []
    private var places: [String: SourceLocation] = [:]
    /// Of all values together, in bytes.
    private var size = 0

    /// - Throws: ``BuildProblem`` where a source is not there or says no key, or a key is there twice.
    init(_ arguments: GeneratorArguments, _ context: BuildContext) throws(BuildProblem) {
        for path in arguments.envs { try readLines(of: context.file(path, purpose: arguments.purpose), arguments) }
        for literal in arguments.literals { try readLiteral(literal, arguments) }
        for source in arguments.files { try readFile(source, arguments, context) }
    }

    private mutating func add(_ entry: GeneratedEntry, saidAt place: SourceLocation, _ arguments: GeneratorArguments) throws(BuildProblem) {
        if let twin = places.updateValue(place, forKey: entry.key) {
            throw BuildProblem(
                "\(arguments.subject) has the key \(quotedForPeople(entry.key)) twice, first at \(twin); leave one of them out", at: place)
        }
        size += entry.bytes.count
        if size > ManifestChecker.maximumDataSize {
            throw BuildProblem(
                "with this \(arguments.subject) has \(size) bytes of values; Kubernetes takes \(ManifestChecker.maximumDataSize) (1 MiB): "
                    + "leave it out, or divide the values among several objects", at: place)
        }
        entries.append(entry)
    }

    /// `KEY=value`; quotes around the whole value are left out.
    private mutating func readLiteral(_ literal: PlacedText, _ arguments: GeneratorArguments) throws(BuildProblem) {
        let text = Array(literal.text.utf8)
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
            throw BuildProblem("a literal of \(arguments.subject) is no KEY=value; write it so", at: literal.place)
        }
        var value = text[(equals + 1)...]
        if value.count > 1, let first = value.first, first == value.last, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            value = value.dropFirst().dropLast()
        }
        let key = String(decoding: text[..<equals], as: UTF8.self)
        try add(GeneratedEntry(key: key, bytes: Array(value), place: literal.place), saidAt: literal.place, arguments)
    }

    /// `path`, whose last part is the key, or `KEY=path`.
    private mutating func readFile(
        _ source: PlacedText, _ arguments: GeneratorArguments, _ context: BuildContext
    ) throws(BuildProblem) {
        let parts = source.text.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        func wrong(_ problem: String) -> BuildProblem {
            BuildProblem(
                "\(arguments.isSecret ? "an entry" : quotedForPeople(source.text)) under files of \(arguments.subject) \(problem); write PATH or KEY=PATH",
                at: source.place)
        }
        let path = parts[parts.count - 1]
        if parts.count > 2 { throw wrong("has more than one \"=\"") }
        if parts.count == 2, parts[0].isEmpty { throw wrong("has no key") }
        if path.isEmpty { throw wrong("has no path") }
        let file = try context.file(PlacedText(text: path, place: source.place), purpose: arguments.purpose)
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
        let key = parts.count == 2 ? parts[0] : name ?? path
        let place = SourceLocation(file: file.path, line: 1, column: 1)
        try add(GeneratedEntry(key: key, bytes: file.bytes, place: place), saidAt: source.place, arguments)
    }
}

extension GeneratedData {
    /// The longest line that kustomize reads: at a longer one it stops, and says nothing.
    private static let longestLine = 64 * 1024 - 1

    /// Lines of `KEY=value`; `KEY` alone has an empty value. What begins with `#` is a comment, and quotes are part of the value.
    fileprivate mutating func readLines(of file: SourceFile, _ arguments: GeneratorArguments) throws(BuildProblem) {
        var number = 0
        for line in file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var line = line
            let start = SourceLocation(file: file.path, line: number, column: 1)
            guard line.count <= GeneratedData.longestLine else {
                throw BuildProblem(
                    "this line has \(line.count) bytes; kustomize reads no line of more than \(GeneratedData.longestLine) here, and nothing "
                        + "behind it: make it a file of its own under files", at: start)
            }
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw BuildProblem("this line is no UTF-8 text; binary values are read with files, each from a file of its own", at: start)
            }
            let trimmed = text.unicodeScalars.drop { $0.properties.isWhitespace }
            guard let first = trimmed.first, first != "#" else { continue }
            let column = text.unicodeScalars.count - trimmed.count + 1
            let place = SourceLocation(file: file.path, line: number, column: column)
            let parts = Substring(trimmed).utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            // A line that begins with "=" says nothing.
            guard let key = parts.first, !key.isEmpty else { continue }
            let name = String(decoding: key, as: UTF8.self)
            // Such a line is part of a value that stands on several; as a key it would be shown.
            if arguments.isSecret, parts.count == 1, Names.dataKeyProblem(name) != nil {
                throw BuildProblem(
                    "this line of \(arguments.subject) is no KEY=value; a value of several lines needs a file of its own, under files",
                    at: place)
            }
            let entry = GeneratedEntry(
                key: name, bytes: parts.count > 1 ? Array(parts[1]) : [], place: place)
            try add(entry, saidAt: place, arguments)
        }
    }
}

extension GeneratorArguments {
    /// `the ConfigMap settings`.
    fileprivate var subject: String { "the \(isSecret ? "Secret" : "ConfigMap") \(name.text)" }

    /// Of the files that it names. Where a literal is taken for a file, its value is no path to be shown.
    fileprivate var purpose: PathPurpose {
        var purpose: PathPurpose = "the file"
        purpose.isShown = !isSecret
        return purpose
    }

    /// The path of an entry of `files`: all of it, or what stands behind the key.
    static func path(ofFile text: String) -> String {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return text }
        return String(text[text.utf8.index(after: equals)...])
    }
}
