// Reads the fields of a resource of ours: every unknown field, wrong type and value out of range is a finding with its place.

import StructuredData

/// A map of the document that is being read, and where it stands.
struct MapCursor {
    let path: FieldPath
    let object: Object

    func path(of key: String) -> FieldPath { path.appending(.field(key)) }
}

/// Collects findings while fields are read; a field that is wrong reads as absent. A field that is null is absent.
struct StrictReader {
    let document: YAMLDocument
    private(set) var findings: [Finding] = []

    init(_ document: YAMLDocument) { self.document = document }

    /// Reports at the field, with its path in front (unless `named` is false): `spec.interval …`.
    ///
    /// A hundred findings are enough: to find a place takes time.
    mutating func report(_ message: String, at path: FieldPath, named: Bool = true) {
        if findings.count >= 100 { return }
        let subject = path.isRoot || !named ? "" : "\(path) "
        findings.append(Finding(message: subject + message, location: document.location(of: path)))
    }

    /// The map at the root or under a key; fields that are not in `fields` are reported.
    mutating func map(_ value: Value?, at path: FieldPath, fields: [String]) -> MapCursor? {
        guard let value, !value.isNull else { return nil }
        guard let object = value.object else {
            report("is \(value.asRead); it must be a map with \(alternatives(fields))", at: path)
            return nil
        }
        for entry in object where findings.count < 100 && !fields.contains(where: { $0.hasSameBytes(as: entry.key) }) {
            let place = path.isRoot ? "the document" : "\(path)"
            let near = nearestName(to: entry.key, among: fields).map { "did you mean \($0)?" } ?? "it may have \(alternatives(fields))"
            report("\(place) has no field \(quotedForPeople(entry.key)); \(near)", at: path.appending(.field(entry.key)), named: false)
        }
        return MapCursor(path: path, object: object)
    }

    mutating func map(_ key: String, of parent: MapCursor, fields: [String], required: Bool = false) -> MapCursor? {
        if required, isAbsent(key, of: parent) { return nil }
        return map(parent.object[key], at: parent.path(of: key), fields: fields)
    }

    /// The maps of a list under a key, at most `maximum`.
    mutating func maps(_ key: String, of parent: MapCursor, fields: [String], maximum: Int) -> [MapCursor] {
        elements(key, of: parent, what: "maps", maximum: maximum).compactMap { element in
            if element.value.isNull { report("is null; it must be a map with \(alternatives(fields))", at: element.path) }
            return map(element.value, at: element.path, fields: fields)
        }
    }

    /// Text under a key, of at most `maximum` characters; empty text is reported unless `allowsEmpty`.
    mutating func string(
        _ key: String, of parent: MapCursor, required: Bool = false, allowsEmpty: Bool = false, maximum: Int = .max
    ) -> String? {
        if required, isAbsent(key, of: parent) { return nil }
        return parent.object[key].flatMap { text($0, at: parent.path(of: key), allowsEmpty: allowsEmpty, maximum: maximum) }
    }

    /// Text under a key, checked by a rule that answers what is wrong with it.
    mutating func string(
        _ key: String, of parent: MapCursor, required: Bool = false, maximum: Int = .max, rule: (String) -> String?
    ) -> String? {
        guard let text = string(key, of: parent, required: required, maximum: maximum) else { return nil }
        return check(text, at: parent.path(of: key), rule: rule)
    }

    /// - Parameters:
    ///   - maximum: of elements.
    ///   - longest: characters of one.
    mutating func strings(
        _ key: String, of parent: MapCursor, maximum: Int, longest: Int, rule: (String) -> String? = { _ in nil }
    ) -> [String] {
        elements(key, of: parent, what: "texts", maximum: maximum).compactMap { element in
            if element.value.isNull { report("is null; it must be text", at: element.path) }
            return text(element.value, at: element.path, allowsEmpty: false, maximum: longest).flatMap {
                check($0, at: element.path, rule: rule)
            }
        }
    }

    mutating func boolean(_ key: String, of parent: MapCursor) -> Bool? {
        guard let value = parent.object[key], !value.isNull else { return nil }
        if let bool = value.bool { return bool }
        report("is \(value.asRead); it must be true or false", at: parent.path(of: key))
        return nil
    }

    mutating func integer(_ key: String, of parent: MapCursor, in range: ClosedRange<Int>) -> Int? {
        guard let value = parent.object[key], !value.isNull else { return nil }
        if let number = value.int.flatMap({ Int(exactly: $0) }), range.contains(number) { return number }
        report("is \(value.asRead); it must be a whole number from \(range.lowerBound) to \(range.upperBound)", at: parent.path(of: key))
        return nil
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of parent: MapCursor, as type: Choice.Type, required: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        if required, isAbsent(key, of: parent) { return nil }
        guard let value = parent.object[key], !value.isNull else { return nil }
        let words = Choice.allCases.map(\.rawValue)
        if let text = value.string {
            if let choice = Choice.allCases.first(where: { $0.rawValue.hasSameBytes(as: text) }) { return choice }
            let near = nearestName(to: text, among: words).map { "; did you mean \($0)?" } ?? ""
            report("is \(quotedForPeople(text)); it must be \(alternatives(words))\(near)", at: parent.path(of: key))
        } else {
            let advice = value.bool == nil ? "" : "; put it in quotes"
            report("is \(value.asRead); it must be \(alternatives(words))\(words.contains("True") ? advice : "")", at: parent.path(of: key))
        }
        return nil
    }

    mutating func duration(_ key: String, of parent: MapCursor) -> Duration? {
        guard let value = parent.object[key], !value.isNull else { return nil }
        let path = parent.path(of: key)
        guard let text = value.string else {
            report("is \(value.asRead); it must be a duration with a unit, such as 90s, 5m or 1h30m", at: path)
            return nil
        }
        if isTooLong(text, Application.Limits.duration, at: path) { return nil }
        do throws(DurationText.Problem) {
            let duration = try DurationText.parse(text)
            if duration >= .seconds(1) { return duration }
            report("is \(quotedForPeople(text)); it must be at least 1s", at: path)
        } catch {
            report("\(quotedForPeople(text)) \(error)", at: path)
        }
        return nil
    }

    mutating func timestamp(_ key: String, of parent: MapCursor) -> String? {
        string(key, of: parent, maximum: Application.Limits.time) {
            Timestamp.isValid($0) ? nil : "is no time of RFC 3339, such as 2026-11-24T08:00:00Z"
        }
    }

    /// A map from text to text, such as labels: only checked.
    mutating func checkTexts(_ key: String, of parent: MapCursor) {
        guard let value = parent.object[key], !value.isNull else { return }
        let path = parent.path(of: key)
        guard let object = value.object else { return report("is \(value.asRead); it must be a map of texts", at: path) }
        for entry in object where entry.value.string == nil && !entry.value.isNull {
            report(entry.value.notText, at: path.appending(.field(entry.key)))
        }
    }

    /// A map from names to texts, which may be empty.
    /// - Parameters:
    ///   - maximum: of entries.
    ///   - longest: characters of one text.
    ///   - rule: what is wrong with a name.
    mutating func texts(
        _ key: String, of parent: MapCursor, maximum: Int, longest: Int, rule: (String) -> String?
    ) -> [String: String] {
        guard let value = parent.object[key], !value.isNull else { return [:] }
        let path = parent.path(of: key)
        guard let object = value.object else {
            report("is \(value.asRead); it must be a map of texts", at: path)
            return [:]
        }
        if object.count > maximum {
            report("has \(object.count) entries; at most \(maximum) are taken", at: path)
            return [:]
        }
        var texts: [String: String] = [:]
        for entry in object {
            let place = path.appending(.field(entry.key))
            if let problem = rule(entry.key) {
                report("\(path) has the key \(quotedForPeople(entry.key)), which \(problem)", at: place, named: false)
            } else if entry.value.isNull {
                report("is null; it must be text, \"\" for an empty one", at: place)
            } else if let text = text(entry.value, at: place, allowsEmpty: true, maximum: longest) {
                texts[entry.key] = text
            }
        }
        return texts
    }

    /// Reports a list that is absent or empty.
    mutating func requireElements(_ key: String, of parent: MapCursor, advice: String) {
        let value = parent.object[key] ?? .null
        if value.isNull {
            report("is missing; \(advice)", at: parent.path(of: key))
        } else if value.array?.isEmpty ?? false {
            report("is empty; \(advice)", at: parent.path(of: key))
        }
    }

    private mutating func isAbsent(_ key: String, of parent: MapCursor) -> Bool {
        guard parent.object[key]?.isNull ?? true else { return false }
        report("is missing", at: parent.path(of: key))
        return true
    }

    private mutating func isTooLong(_ text: String, _ maximum: Int, at path: FieldPath) -> Bool {
        guard text.utf8.count > maximum, text.unicodeScalars.count > maximum else { return false }
        report("is longer than \(maximum) characters", at: path)
        return true
    }

    private mutating func text(_ value: Value, at path: FieldPath, allowsEmpty: Bool, maximum: Int) -> String? {
        if value.isNull { return nil }
        guard let text = value.string else {
            report(value.notText, at: path)
            return nil
        }
        if text.isEmpty, !allowsEmpty {
            report("is empty", at: path)
            return nil
        }
        return isTooLong(text, maximum, at: path) ? nil : text
    }

    private mutating func check(_ text: String, at path: FieldPath, rule: (String) -> String?) -> String? {
        guard let problem = rule(text) else { return text }
        report("\(quotedForPeople(text)) \(problem)", at: path)
        return nil
    }

    private mutating func elements(
        _ key: String, of parent: MapCursor, what: String, maximum: Int
    ) -> [(value: Value, path: FieldPath)] {
        guard let value = parent.object[key], !value.isNull else { return [] }
        let path = parent.path(of: key)
        guard let array = value.array else {
            report("is \(value.asRead); it must be a list of \(what)", at: path)
            return []
        }
        if array.count > maximum {
            report("has \(array.count) elements; at most \(maximum) are taken", at: path)
            return []
        }
        return array.enumerated().map { ($1, path.appending(.index($0))) }
    }
}
