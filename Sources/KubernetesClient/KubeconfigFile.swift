// One kubeconfig file: its lists read into named entries, every error with its place.

import Foundation
import StructuredData

/// A kubeconfig file, read but not yet resolved.
struct KubeconfigFile {
    /// One named cluster, user or context, and where it came from.
    struct Entry {
        var name: String
        var fields: Value
        var file: String
        /// Relative file names start here.
        var directory: String
        /// Whether it may name files and programs of this machine.
        var isTrusted: Bool
    }

    var path: String
    var currentContext: String?
    var clusters: [Entry]
    var users: [Entry]
    var contexts: [Entry]

    init(path: String) throws(ClientError) {
        try self.init(bytes: LocalFile.read(path, what: "the kubeconfig"), path: path, isTrusted: true)
    }

    init(bytes: [UInt8], path: String, isTrusted: Bool) throws(ClientError) {
        self.path = path
        (clusters, users, contexts) = ([], [], [])
        let documents: [YAMLDocument]
        do { documents = try YAML.read(bytes, file: path) } catch {
            throw ClientError(configuration: "the kubeconfig is no YAML: \(error)")
        }
        guard documents.count <= 1 else {
            throw ClientError(configuration: "\(path): a kubeconfig has one document, not \(documents.count)")
        }
        guard let root = documents.first?.value, !root.isNull else { return }
        guard case .object = root else { throw ClientError(configuration: "\(path): a kubeconfig is a map, not \(root.kindName)") }
        if let kind = root["kind"]?.string, kind != "Config" {
            throw ClientError(configuration: "\(path): this is a \(kind), not a kubeconfig (kind: Config)")
        }
        let context = try KubeconfigFile.text(root["current-context"], "\(path): current-context")
        currentContext = context.isEmpty ? nil : context
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        func entries(_ list: String, _ field: String) throws(ClientError) -> [Entry] {
            guard let value = root[list], !value.isNull else { return [] }
            guard let items = value.array else { throw ClientError(configuration: "\(path): \(list) is \(value.kindName), not a list") }
            var found: [Entry] = []
            for (index, item) in items.enumerated() {
                let name = try KubeconfigFile.text(item["name"], "\(path): \(list)[\(index)].name")
                if name.isEmpty { throw ClientError(configuration: "\(path): \(list)[\(index)] has no name") }
                if found.contains(where: { $0.name.hasSameBytes(as: name) }) {
                    throw ClientError(configuration: "\(path): \(list) has \"\(name)\" twice")
                }
                let fields = item[field] ?? .object(Object())
                guard fields.object != nil || fields.isNull else {
                    throw ClientError(configuration: "\(path): \(field) of \"\(name)\" is \(fields.kindName), not a map")
                }
                found.append(Entry(name: name, fields: fields, file: path, directory: directory, isTrusted: isTrusted))
            }
            return found
        }
        clusters = try entries("clusters", "cluster")
        users = try entries("users", "user")
        contexts = try entries("contexts", "context")
    }

    /// A string field; empty where it is missing or null.
    fileprivate static func text(_ value: Value?, _ what: String) throws(ClientError) -> String {
        switch value {
        case nil, .null?: return ""
        case .string(let text)?: return text
        case let other?: throw ClientError(configuration: "\(what) must be a string, not \(other.kindName)")
        }
    }
}

extension KubeconfigFile.Entry {
    /// A string field; nil where it is missing, null or empty.
    func text(_ field: String) throws(ClientError) -> String? {
        let text = try KubeconfigFile.text(fields[field], what(field))
        return text.isEmpty ? nil : text
    }

    func flag(_ field: String) throws(ClientError) -> Bool {
        switch fields[field] {
        case nil, .null?: return false
        case .bool(let flag)?: return flag
        case let other?: throw ClientError(configuration: "\(what(field)) must be true or false, not \(other.kindName)")
        }
    }

    func list(_ field: String) throws(ClientError) -> [String] {
        guard let value = fields[field], !value.isNull else { return [] }
        guard let items = value.array else { throw ClientError(configuration: "\(what(field)) must be a list, not \(value.kindName)") }
        var texts: [String] = []
        for item in items { texts.append(try KubeconfigFile.text(item, what(field))) }
        return texts
    }

    /// `FIELD-data` in base64, or the content of the file that `FIELD` names; the former wins.
    func data(_ field: String, what label: String) throws(ClientError) -> [UInt8]? {
        if let encoded = try text(field + "-data") {
            guard let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw ClientError(configuration: "\(what(field + "-data")) is not base64")
            }
            return Array(data)
        }
        guard let name = try text(field) else { return nil }
        return try LocalFile.read(try localPath(name, field), what: "\(label) of \"\(self.name)\"")
    }

    /// A file name, relative to the kubeconfig that says it.
    func localPath(_ name: String, _ field: String) throws(ClientError) -> String {
        guard isTrusted else {
            throw ClientError(configuration: "\(what(field)) names a file; a kubeconfig from a Secret must carry its data itself")
        }
        return name.hasPrefix("/") ? name : directory + "/" + name
    }

    /// `FILE: user "admin": token`.
    func what(_ field: String) -> String { "\(file): \"\(name)\": \(field)" }
}
