// The YAML reader: libyaml's events, straight into Value, with every limit enforced before anything is built.

import CLibYAML

/// Reads the documents of one text. The text must stay where it is as long as the reader lives.
struct YAMLReader: ~Copyable {
    typealias Place = NodeLocations.Place

    /// What `&name` stands for.
    struct Anchor {
        enum Content {
            /// The node is not complete yet; an alias to it would contain itself.
            case open
            /// The places are those of the document from `firstPlace` on.
            case inDocument(firstPlace: Int, count: Int)
            /// Kept apart, because the document's places have been reordered since.
            case apart([Place])
        }
        var value: Value
        /// For a scalar what it means as a key; nil for lists and maps, and for scalars that cannot be keys.
        var key: String?
        var content: Content
        var line: UInt32
    }

    let source: YAMLSource
    let limits: YAMLLimits
    let dialect: YAMLDialect
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    let event: UnsafeMutablePointer<yaml_event_t>
    private var hasParser: Bool
    private var nodes = 0
    private var keys = KeyCache()
    private var values = ScratchStack<Value>()
    var entries = ScratchStack<Object.Entry>()
    /// How many lists and maps in braces the current node stands in.
    private var flowDepth = 0
    /// The places of the document that is being read, in walk order.
    var places: [Place] = []
    var anchors: [KeyBytes: Anchor] = [:]
    /// The anchors whose places are in the document, in the order in which their nodes ended.
    var anchorEnds: [(name: KeyBytes, firstPlace: Int)] = []
    /// Anchors of the document so far.
    private var anchorCount = 0
    /// ``YAMLDocument/spellings`` of the document so far; nil once nodes were moved or repeated.
    private(set) var spellings: [Int: String]? = [:]

    init(_ source: YAMLSource, limits: YAMLLimits, dialect: YAMLDialect = .kubectl) {
        self.source = source
        self.limits = limits
        self.dialect = dialect
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        event.initialize(to: yaml_event_t())
        hasParser = yaml_parser_initialize(parser) == 1
        if hasParser {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            // With a mark in front libyaml takes the first line for indented by one.
            let content = UnsafeBufferPointer(rebasing: source.text.dropFirst(source.text.startsWithByteOrderMark ? 3 : 0))
            yaml_parser_set_input_string(parser, content.baseAddress, content.count)
        }
    }

    deinit {
        yaml_event_delete(event)
        if hasParser { yaml_parser_delete(parser) }
        event.deallocate()
        parser.deallocate()
    }

    // MARK: Documents

    mutating func documents() throws(YAMLError) -> [YAMLDocument] {
        guard hasParser else {
            throw YAMLError(message: "no memory for the YAML parser", location: SourceLocation(file: source.file))
        }
        var documents: [YAMLDocument] = []
        var count = 0
        try advance()
        try advance()
        while event.pointee.type == YAML_DOCUMENT_START_EVENT {
            try advance()
            let first = place
            count += 1
            if count > limits.documents {
                throw error("more than \(limits.documents) documents in one file; split it", at: first)
            }
            places.removeAll(keepingCapacity: true)
            spellings = dialect == .kustomize ? [:] : nil
            if !anchors.isEmpty { anchors = [:] }
            anchorEnds.removeAll(keepingCapacity: true)
            anchorCount = 0
            let value = try node(depth: 0, at: first)
            if !value.isNull {
                let locations = NodeLocations(file: source.file, places: places)
                var document = YAMLDocument(value: value, location: location(first), locations: locations)
                document.spellings = spellings ?? [:]
                documents.append(document)
            }
            try advance()
            try advance()
        }
        return documents
    }

    // MARK: Events

    /// Where the event stands.
    var place: Place {
        let mark = event.pointee.start_mark
        return Place(line: UInt32(truncatingIfNeeded: mark.line &+ 1), column: UInt32(truncatingIfNeeded: mark.column &+ 1))
    }

    mutating func advance() throws(YAMLError) {
        yaml_event_delete(event)
        if yaml_parser_parse(parser, event) == 1 { return }
        throw YAMLProblem(parser.pointee, source).error
    }

    func location(_ place: Place) -> SourceLocation {
        SourceLocation(file: source.file, line: Int(place.line), column: Int(place.column))
    }

    func error(_ message: String, at place: Place) -> YAMLError { YAMLError(message: message, location: location(place)) }

    /// Counts nodes, those that an alias or a merge repeats included.
    mutating func count(_ more: Int, at place: Place) throws(YAMLError) {
        nodes = nodes.addingReportingOverflow(more).partialValue
        if nodes > limits.nodes || nodes < 0 {
            var tooMany = error("more than \(limits.nodes) nodes, counting what aliases repeat; split the file", at: place)
            tooMany.hasTooManyNodes = true
            throw tooMany
        }
    }

    // MARK: Nodes

    /// Reads the node that begins with this event; its last event is the current one afterwards.
    mutating func node(depth: Int, at place: Place) throws(YAMLError) -> Value {
        switch event.pointee.type {
        case YAML_SCALAR_EVENT:
            try count(1, at: place)
            return try scalar(at: place)
        case YAML_ALIAS_EVENT: return try alias(depth: depth, at: place)
        case YAML_SEQUENCE_START_EVENT:
            try count(1, at: place)
            let isFlow = event.pointee.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
            flowDepth += isFlow ? 1 : 0
            defer { flowDepth -= isFlow ? 1 : 0 }
            return try sequence(depth: depth + 1, at: place)
        case YAML_MAPPING_START_EVENT:
            try count(1, at: place)
            let isFlow = event.pointee.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
            flowDepth += isFlow ? 1 : 0
            defer { flowDepth -= isFlow ? 1 : 0 }
            return try mapping(depth: depth + 1, at: place)
        default: throw error("unexpected YAML event", at: place)
        }
    }

    private mutating func sequence(depth: Int, at place: Place) throws(YAMLError) -> Value {
        if depth > limits.depth { throw error("nested more than \(limits.depth) levels deep", at: self.place) }
        let anchor = try open(event.pointee.data.sequence_start.anchor)
        let start = values.count
        let firstPlace = places.count
        places.append(place)
        try advance()
        while event.pointee.type != YAML_SEQUENCE_END_EVENT {
            values.push(try node(depth: depth, at: self.place))
            try advance()
        }
        let value = Value.array(values.take(from: start))
        if let anchor { close(anchor, value, firstPlace) }
        return value
    }

    private mutating func mapping(depth: Int, at place: Place) throws(YAMLError) -> Value {
        if depth > limits.depth { throw error("nested more than \(limits.depth) levels deep", at: self.place) }
        let anchor = try open(event.pointee.data.mapping_start.anchor)
        let start = entries.count
        let firstPlace = places.count
        var merging: MergingMap?
        places.append(place)
        try advance()
        while event.pointee.type != YAML_MAPPING_END_EVENT {
            let keyPlace = self.place
            if isMergeKey {
                var map: MergingMap
                if let merging { map = merging } else { map = try separate(from: start, firstPlace: firstPlace) }
                merging = nil
                try advance()
                try merge(into: &map, depth: depth, at: keyPlace)
                merging = map
            } else {
                let key = try key()
                try advance()
                let valuePlace = places.count
                let value = try node(depth: depth, at: keyPlace)
                let entry = Object.Entry(key: key, value: value)
                if merging == nil {
                    entries.push(entry)
                } else {
                    let own = try detachPlaces(from: valuePlace)
                    if let earlier = merging?.setOwn(entry, own) { throw repeated(key, at: keyPlace, first: earlier) }
                }
            }
            try advance()
        }
        let value: Value
        if let merging {
            merging.appendPlaces(to: &places)
            value = .object(Object(uniqueEntries: merging.entries))
        } else {
            let positions = try uniqueKeys(from: start, firstPlace: firstPlace)
            value = .object(Object(uniqueEntries: entries.take(from: start), positions: positions))
        }
        if let anchor { close(anchor, value, firstPlace) }
        return value
    }

    /// The positions of the keys of the map whose entries begin at `start`, for a large one; they all differ.
    private func uniqueKeys(from start: Int, firstPlace: Int) throws(YAMLError) -> KeyIndex? {
        switch entries.withElements(from: start, UniqueKeys.check) {
        case .unique(let positions): return positions
        case .repeated(let first, let second):
            let (key, firstIndex, secondIndex) = entries.withElements(from: start) { entries in
                func place(_ position: Int) -> Int { entries[..<position].reduce(firstPlace + 1) { $0 + $1.value.nodeCount } }
                return (entries[second].key, place(first), place(second))
            }
            throw repeated(key, at: places[secondIndex], first: places[firstIndex])
        }
    }

    func repeated(_ key: String, at place: Place, first: Place) -> YAMLError {
        error("the key \(quotedForPeople(key)) stands twice in this map, first on line \(first.line); remove one", at: place)
    }

    // MARK: Scalars

    private var scalarText: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: event.pointee.data.scalar.value, count: event.pointee.data.scalar.length)
    }

    private mutating func scalar(at place: Place) throws(YAMLError) -> Value {
        let text = scalarText
        if text.count > limits.scalarSize {
            throw error("this text has \(text.count) bytes; at most \(limits.scalarSize) are read", at: self.place)
        }
        places.append(place)
        if dialect == .kustomize, event.pointee.data.scalar.style == YAML_FOLDED_SCALAR_STYLE, text.contains(0x0A) {
            places[places.count - 1].isRewritten = true
        }
        if event.pointee.data.scalar.tag == nil && event.pointee.data.scalar.anchor == nil {
            if event.pointee.data.scalar.style != YAML_PLAIN_SCALAR_STYLE { return .string(String(decoding: text, as: UTF8.self)) }
            let meaning = YAMLScalar.plain(text, dialect)
            if meaning == .string {
                if text[0] == UInt8(ascii: "$") { markVariable(text) }
                let string = String(decoding: text, as: UTF8.self)
                if dialect == .kustomize, YAMLTimestamp.text(string) != nil { places[places.count - 1].isRewritten = true }
                return .string(string)
            }
            if let value = meaning.value("") {
                if dialect == .kustomize, text.isEmpty, flowDepth > 0 { places[places.count - 1].isRewritten = true }
                noteSpelling(text, value)
                return value
            }
            throw notJSON(text)
        }
        let (meaning, string) = try taggedScalar()
        guard let value = meaning.value(string) else { throw notJSON(text) }
        if event.pointee.data.scalar.tag == nil, event.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE { markVariable(text) }
        if let anchor = event.pointee.data.scalar.anchor {
            try countAnchor(at: place)
            let name = name(anchor)
            anchors[name] = Anchor(
                value: value, key: meaning.key(string), content: .inDocument(firstPlace: places.count - 1, count: 1), line: place.line)
            anchorEnds.append((name, places.count - 1))
        }
        return value
    }

    /// Marks the place of the scalar where it is written as one variable is: whoever substitutes it reads its text anew.
    private mutating func markVariable(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count > 3, text[0] == UInt8(ascii: "$"), text[1] == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return }
        places[places.count - 1].isVariable = true
    }

    private mutating func noteSpelling(_ text: UnsafeBufferPointer<UInt8>, _ value: Value) {
        guard spellings != nil else { return }
        let written = String(decoding: text, as: UTF8.self)
        if written != String(decoding: JSON.write(value), as: UTF8.self) { spellings?[places.count - 1] = written }
    }

    /// Nodes stand no longer where they were counted.
    mutating func forgetSpellings() { spellings = nil }

    /// The meaning of the scalar with its tag, and its text.
    private func taggedScalar() throws(YAMLError) -> (YAMLScalar, String) {
        let text = scalarText
        let string = String(decoding: text, as: UTF8.self)
        guard let tag = event.pointee.data.scalar.tag else {
            return (event.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? YAMLScalar.plain(text, dialect) : .string, string)
        }
        do throws(YAMLTag.Failure) {
            return try YAMLTag(String(cString: tag)).resolve(text, string)
        } catch {
            throw self.error(error.message, at: place)
        }
    }

    private func notJSON(_ text: UnsafeBufferPointer<UInt8>) -> YAMLError {
        let shown = String(decoding: text, as: UTF8.self)
        return error("\(shown) is a number that Kubernetes cannot hold; for the text write \"\(shown)\"", at: place)
    }

    // MARK: Keys

    private var isMergeKey: Bool {
        guard event.pointee.type == YAML_SCALAR_EVENT, event.pointee.data.scalar.length == 2 else { return false }
        let text = scalarText
        guard text[0] == UInt8(ascii: "<") && text[1] == UInt8(ascii: "<") else { return false }
        if event.pointee.data.scalar.plain_implicit == 1 { return true }
        return event.pointee.data.scalar.tag.map { String(cString: $0) == "tag:yaml.org,2002:merge" } ?? false
    }

    /// The key that this event is.
    private mutating func key() throws(YAMLError) -> String {
        switch event.pointee.type {
        case YAML_SCALAR_EVENT:
            let text = scalarText
            if text.count > limits.scalarSize {
                throw error("this key has \(text.count) bytes; at most \(limits.scalarSize) are read", at: place)
            }
            if event.pointee.data.scalar.tag == nil && event.pointee.data.scalar.anchor == nil {
                if event.pointee.data.scalar.style != YAML_PLAIN_SCALAR_STYLE { return keys.string(text) }
                let meaning = YAMLScalar.plain(text, dialect)
                if meaning == .string { return keys.string(text) }
                if let key = meaning.key("") { return key }
                throw notAKey(text)
            }
            let (meaning, string) = try taggedScalar()
            guard let key = meaning.key(string) else { throw notAKey(text) }
            if let anchor = event.pointee.data.scalar.anchor {
                try countAnchor(at: place)
                anchors[name(anchor)] = Anchor(
                    value: meaning.value(string) ?? .null, key: key, content: .apart([place]), line: place.line)
            }
            return key
        case YAML_ALIAS_EVENT:
            let anchor = try anchor(event.pointee.data.alias.anchor)
            if let key = anchor.key { return key }
            throw error("a key must be text; this alias stands for \(anchor.value.kindName)", at: place)
        default:
            let kind = event.pointee.type == YAML_SEQUENCE_START_EVENT ? "a list" : "a map"
            throw error("a key must be text, not \(kind)", at: place)
        }
    }

    private func notAKey(_ text: UnsafeBufferPointer<UInt8>) -> YAMLError {
        let shown = String(decoding: text, as: UTF8.self)
        let kind = YAMLScalar.plain(text) == .null ? "null" : "a number this large"
        return error("a key must not be \(kind); for the text write \"\(shown)\":", at: place)
    }

    // MARK: Anchors

    private func name(_ anchor: UnsafeMutablePointer<yaml_char_t>) -> KeyBytes { KeyBytes(String(cString: anchor)) }

    private mutating func countAnchor(at place: Place) throws(YAMLError) {
        anchorCount += 1
        if anchorCount > limits.anchors {
            throw error("more than \(limits.anchors) anchors in one document; split it", at: place)
        }
    }

    private mutating func open(_ anchor: UnsafeMutablePointer<yaml_char_t>?) throws(YAMLError)
        -> KeyBytes?
    {
        guard let anchor else { return nil }
        try countAnchor(at: place)
        let name = name(anchor)
        anchors[name] = Anchor(value: .null, key: nil, content: .open, line: place.line)
        return name
    }

    private mutating func close(_ name: KeyBytes, _ value: Value, _ firstPlace: Int) {
        let line = anchors[name]?.line ?? 0
        anchors[name] = Anchor(
            value: value, key: nil, content: .inDocument(firstPlace: firstPlace, count: places.count - firstPlace), line: line)
        anchorEnds.append((name, firstPlace))
    }

    private func anchor(_ pointer: UnsafeMutablePointer<yaml_char_t>) throws(YAMLError) -> Anchor {
        let name = name(pointer)
        guard let anchor = anchors[name] else {
            // Without the name: it may be a password whose quotes were forgotten.
            throw error(
                "nothing in this document has this anchor before here; text that begins with \"*\" must be in quotes", at: place)
        }
        if case .open = anchor.content {
            throw error("this alias stands inside of the node that it repeats (line \(anchor.line))", at: place)
        }
        return anchor
    }

    private mutating func alias(depth: Int, at place: Place) throws(YAMLError) -> Value {
        let anchor = try anchor(event.pointee.data.alias.anchor)
        forgetSpellings()
        let start = places.count
        switch anchor.content {
        case .open: break
        case .inDocument(let firstPlace, let count):
            try self.count(count, at: self.place)
            for index in firstPlace..<(firstPlace + count) { places.append(places[index]) }
        case .apart(let apart):
            try count(apart.count, at: self.place)
            places.append(contentsOf: apart)
        }
        if start < places.count {
            places[start] = places[start].moved(to: place)
        }
        if depth + anchor.value.height > limits.depth {
            throw error("nested more than \(limits.depth) levels deep, with what this alias repeats", at: self.place)
        }
        return anchor.value
    }
}
