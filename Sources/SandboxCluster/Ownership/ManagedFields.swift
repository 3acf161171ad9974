// The managers of one object: decoded from metadata.managedFields, changed by a write, encoded again in the server's order.

import StructuredData

/// Who wrote. Appliers are one identity whatever version they apply in; updaters differ by version.
struct ManagerIdentity: Hashable, Sendable {
    var manager: String
    var isApply: Bool
    /// Empty for appliers.
    var apiVersion: String
    /// Empty for the main resource.
    var subresource: String

    init(manager: String, isApply: Bool, apiVersion: String, subresource: String) {
        self.manager = manager
        self.isApply = isApply
        self.apiVersion = isApply ? "" : apiVersion
        self.subresource = subresource
    }

    /// As conflicts name it: `"kubectl" with subresource "scale" using apps/v1`.
    var text: String {
        var text = GoText.literal(.string(manager))
        if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
        if !isApply { text += " using \(apiVersion)" }
        return text
    }

    static func == (left: ManagerIdentity, right: ManagerIdentity) -> Bool {
        left.isApply == right.isApply && left.manager.hasSameBytes(as: right.manager)
            && left.apiVersion.hasSameBytes(as: right.apiVersion) && left.subresource.hasSameBytes(as: right.subresource)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(isApply)
        hasher.combine(bytesOf: manager)
    }
}

struct ManagedFields: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var identity: ManagerIdentity
        /// The version in which the fields are named.
        var apiVersion: String
        var isApplied: Bool
        var fields: OwnedFields
        /// RFC 3339; nil where the entry never had one.
        var time: String?
    }

    private(set) var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    init() {}

    subscript(identity: ManagerIdentity) -> Entry? {
        get { entries.first { $0.identity == identity } }
        set {
            let index = entries.firstIndex { $0.identity == identity }
            switch (index, newValue) {
            case (let index?, let entry?): entries[index] = entry
            case (let index?, nil): entries.remove(at: index)
            case (nil, let entry?): entries.append(entry)
            case (nil, nil): break
            }
        }
    }

    /// Changes every entry's fields; entries that end empty are dropped.
    mutating func mapFields(_ transform: (Entry) -> OwnedFields) {
        for index in entries.indices { entries[index].fields = transform(entries[index]) }
        entries.removeAll { $0.fields.isEmpty }
    }

    mutating func removeAll(where condition: (Entry) -> Bool) { entries.removeAll(where: condition) }

    struct Malformed: Error {
        var message: String
    }

    /// Reads `metadata.managedFields`.
    init(_ value: Value?) throws(Malformed) {
        for (index, item) in (value?.array ?? []).enumerated() {
            let operation = item["operation"]?.string ?? ""
            guard operation == "Apply" || operation == "Update" else {
                throw Malformed(message: "operation must be `Apply` or `Update`")
            }
            let apiVersion = item["apiVersion"]?.string ?? ""
            if apiVersion.isEmpty { throw Malformed(message: "apiVersion must not be empty") }
            switch item["fieldsType"]?.string ?? "" {
            case "FieldsV1": break
            case "": throw Malformed(message: "missing fieldsType in managed fields entry \(index)")
            case let other: throw Malformed(message: "invalid fieldsType \"\(other)\" in managed fields entry \(index)")
            }
            let raw = item["fieldsV1"] ?? .object(Object())
            guard let fields = OwnedFields(fieldsV1: raw.isNull ? .object(Object()) : raw) else {
                throw Malformed(message: "error decoding set in managed fields entry \(index)")
            }
            let isApply = operation == "Apply"
            let identity = ManagerIdentity(
                manager: item["manager"]?.string ?? "", isApply: isApply, apiVersion: apiVersion,
                subresource: item["subresource"]?.string ?? "")
            self[identity] = Entry(
                identity: identity, apiVersion: apiVersion, isApplied: isApply, fields: fields, time: item["time"]?.string)
        }
    }

    /// Whether a client asks for all ownership to be forgotten: an empty list, or one empty entry.
    static func isReset(_ value: Value?) -> Bool {
        guard let items = value?.array else { return false }
        if items.isEmpty { return true }
        guard items.count == 1, let only = items[0].object else { return items.count == 1 && items[0].isNull }
        return only.allSatisfy { $0.value.isNull || $0.value.string == "" }
    }

    /// The list as the server writes it: appliers first, then by time to the second, manager, version, subresource.
    var value: Value? {
        if entries.isEmpty { return nil }
        let sorted = entries.sorted { left, right in
            if left.isApplied != right.isApplied { return left.isApplied }
            let leftTime = left.time ?? ""
            let rightTime = right.time ?? ""
            if !leftTime.hasSameBytes(as: rightTime) { return leftTime.precedesByBytes(rightTime) }
            if !left.identity.manager.hasSameBytes(as: right.identity.manager) {
                return left.identity.manager.precedesByBytes(right.identity.manager)
            }
            if !left.apiVersion.hasSameBytes(as: right.apiVersion) { return left.apiVersion.precedesByBytes(right.apiVersion) }
            return left.identity.subresource.precedesByBytes(right.identity.subresource)
        }
        return .array(
            sorted.map { entry in
                var object = Object()
                if !entry.identity.manager.isEmpty { object["manager"] = .string(entry.identity.manager) }
                object["operation"] = .string(entry.isApplied ? "Apply" : "Update")
                object["apiVersion"] = .string(entry.apiVersion)
                if let time = entry.time { object["time"] = .string(time) }
                object["fieldsType"] = "FieldsV1"
                object["fieldsV1"] = entry.fields.fieldsV1
                if !entry.identity.subresource.isEmpty { object["subresource"] = .string(entry.identity.subresource) }
                return .object(object)
            })
    }
}
