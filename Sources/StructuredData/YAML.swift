// The YAML interface of the module: documents with a place for every node, limits, and a writer for people.

/// What a manifest may at most be; each limit has an error that names it.
package struct YAMLLimits: Sendable {
    /// Bytes of one file.
    package var fileSize = 8 << 20
    package var depth = 100
    /// Nodes of one file, aliases counted with all that they expand to.
    package var nodes = 500_000
    /// Anchors of one document.
    package var anchors = 10_000
    package var documents = 10_000
    /// Bytes of one scalar.
    package var scalarSize = 3 << 19
    package init() {}
}

/// Whose reading of YAML counts: the two differ in a few words, and in `<<`.
package enum YAMLDialect: Sendable {
    /// YAML 1.1: `yes`, `on` and `y` are booleans, and `<<` replaces what stands before it in its map.
    case kubectl
    /// As kustomize reads what it builds from: those words are texts, what a map says itself wins over `<<` wherever it stands, and a date
    /// or time is written out.
    case kustomize
    /// As kustomize reads kustomizations themselves and JSON patches: words as kubectl does, and a block scalar at the end of a text
    /// without a last line break has none.
    case kustomization
}

/// An error in a manifest, at a place.
package struct YAMLError: Error, Sendable, CustomStringConvertible {
    package var message: String
    package var location: SourceLocation
    /// Whether the file holds more nodes than it may.
    package var hasTooManyNodes: Bool
    package init(message: String, location: SourceLocation, hasTooManyNodes: Bool = false) {
        self.message = message
        self.location = location
        self.hasTooManyNodes = hasTooManyNodes
    }
    package var description: String { "\(location): \(message)" }
}

/// One document of a file: its tree, and where each node stands.
package struct YAMLDocument: Sendable {
    package var value: Value
    /// Where the document's first node stands.
    package var location: SourceLocation
    package var locations: NodeLocations
    /// How scalars that are no texts are written where that is not how they would be written here (`1.10`, `0x10`, `True`, `~`), by the
    /// node's index in a walk. Read for ``YAMLDialect/kustomize`` only; nothing of a document with aliases or merges.
    package var spellings: [Int: String] = [:]
    package init(value: Value, location: SourceLocation, locations: NodeLocations) {
        self.value = value
        self.location = location
        self.locations = locations
    }
}

package enum YAML {
    /// Reads all documents of a file with the scalar rules of `kubectl apply`, or of kustomize; empty documents are left out.
    ///
    /// JSON input (first byte `{` or `[`) is read as JSON, with the same limits and places; where it is flow YAML and no
    /// JSON it is read as YAML. Several JSON values may follow each other, with or without `---` between them.
    package static func read(_ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits(), dialect: YAMLDialect = .kubectl)
        throws(YAMLError) -> [YAMLDocument]
    {
        if bytes.count > limits.fileSize {
            throw YAMLError(
                message: "the file has \(bytes.count) bytes; at most \(limits.fileSize) are read. Split it, or exclude it",
                location: SourceLocation(file: file))
        }
        if let plain = bytes.withUnsafeBufferPointer({ DocumentSeparators.plain($0) }) {
            return try readPlain(plain, file, limits, dialect)
        }
        return try readPlain(bytes, file, limits, dialect)
    }

    private static func readPlain(_ bytes: [UInt8], _ file: String, _ limits: YAMLLimits, _ dialect: YAMLDialect) throws(YAMLError)
        -> [YAMLDocument]
    {
        let result: Result<[YAMLDocument], YAMLError> = bytes.withUnsafeBufferPointer { text in
            do throws(YAMLError) {
                return .success(try read(text, file: file, limits: limits, dialect: dialect))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func read(
        _ text: UnsafeBufferPointer<UInt8>, file: String, limits: YAMLLimits, dialect: YAMLDialect
    ) throws(YAMLError) -> [YAMLDocument] {
        let source = YAMLSource(text: text, file: file)
        try source.refuseOtherEncodings()
        var notJSON: JSONReader.Failure?
        if source.looksLikeJSON {
            do throws(JSONReader.Failure) {
                if let documents = try source.readJSON(limits) { return documents }
            } catch {
                if error.kind != .syntax {
                    var shown = source.error(error.message, at: error.offset)
                    shown.hasTooManyNodes = error.kind == .nodes
                    throw shown
                }
                notJSON = error
            }
        }
        if text.last == UInt8(ascii: "\n") || dialect != .kubectl { return try readYAML(source, notJSON, limits, dialect) }
        // kubectl ends every line that it reads: a block scalar at the end of the file has its line break even if the file has none.
        let ended = Array(text) + [UInt8(ascii: "\n")]
        let result: Result<[YAMLDocument], YAMLError> = ended.withUnsafeBufferPointer { text in
            do throws(YAMLError) {
                return .success(try readYAML(YAMLSource(text: text, file: file), notJSON, limits, dialect))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func readYAML(_ source: YAMLSource, _ notJSON: JSONReader.Failure?, _ limits: YAMLLimits, _ dialect: YAMLDialect)
        throws(YAMLError)
        -> [YAMLDocument]
    {
        do throws(YAMLError) {
            try source.refuseUnreadableCharacters()
            var reader = YAMLReader(source, limits: limits, dialect: dialect)
            return try reader.documents()
        } catch {
            throw source.clearer(error, notJSON: notJSON)
        }
    }

    /// What a text means as a plain scalar: `80` is a number, `web` a text. A number that JSON cannot say is a text.
    package static func plainScalar(_ text: String, _ dialect: YAMLDialect = .kustomize) -> Value {
        var copy = text
        let meaning = copy.withUTF8 { YAMLScalar.plain($0, dialect) }
        return meaning.value(text) ?? .string(text)
    }

    /// YAML as a person would write it: block style, kubectl-safe quoting, literal blocks for text of several lines.
    package static func write(_ value: Value) -> String {
        var writer = YAMLWriter()
        writer.writeDocument(value)
        return writer.text
    }
}
