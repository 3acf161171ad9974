// What a real API server's audit log has of one request, for tests that ask who sent it and in whose name.

import Foundation
import StructuredData
import TestSupport

/// A request for a resource; paths that are none (discovery, health) are open to everybody and left out.
struct AuditEvent: Sendable, CustomStringConvertible {
    var user: String
    /// Empty where the user acted as itself.
    var impersonated: String
    var verb: String
    var group: String
    var resource: String
    var subresource: String
    var namespace: String
    var name: String
    var code: Int

    var description: String {
        let target = [namespace, resource, name, subresource].filter { !$0.isEmpty }.joined(separator: "/")
        return "\(verb) \(target) → \(code) as \(impersonated.isEmpty ? user : impersonated)"
    }

    /// What a role must allow for it, as ``AccessRules/pairs(of:)`` writes it. An apply that makes its object needs two rights.
    var pairs: [String] {
        let kind = resource + (group.isEmpty ? "" : ".\(group)") + (subresource.isEmpty ? "" : "/\(subresource)")
        return (verb == "patch" && code == 201 ? [verb, "create"] : [verb]).map { "\($0) \(kind)" }
    }

    /// - Parameter line: audit.k8s.io/v1 Event, level Metadata.
    init?(line: Data) {
        guard let event = try? JSON.read(Array(line)), let reference = event["objectRef"], let resource = reference["resource"]?.string
        else { return nil }
        user = event.at("user", "username")?.string ?? ""
        impersonated = event.at("impersonatedUser", "username")?.string ?? ""
        verb = event["verb"]?.string ?? ""
        group = reference["apiGroup"]?.string ?? ""
        self.resource = resource
        subresource = reference["subresource"]?.string ?? ""
        namespace = reference["namespace"]?.string ?? ""
        name = reference["name"]?.string ?? ""
        code = Int(clamping: event.at("responseStatus", "code")?.int ?? 0)
    }

    /// The log's size by now: all that was answered before the call stands below it.
    static func mark(_ server: APIServer, _ cluster: TestCluster) async throws -> Int {
        let marker = "mark-\(UUID().uuidString)"
        let asked = try await cluster.kubectl("get", "--raw", "/version?\(marker)=1")
        guard asked.status == 0 else { throw TestSupportError("cannot mark the audit log: \(asked)") }
        var size = 0
        try await Wait.until("\(marker) is in the audit log") {
            let log = try Data(contentsOf: URL(fileURLWithPath: server.auditLog))
            size = log.count
            return log.range(of: Data(marker.utf8), options: .backwards) != nil
        }
        return size
    }

    /// Of the user, in the name of anybody, between two marks; a watch stands there twice, when it begins and when it ends.
    static func all(of user: String, in server: APIServer, from start: Int, to end: Int) throws -> [AuditEvent] {
        try Data(contentsOf: URL(fileURLWithPath: server.auditLog))[start..<end].split(separator: UInt8(ascii: "\n"))
            .compactMap { AuditEvent(line: Data($0)) }.filter { $0.user == user }
    }
}

/// The rights in the objects of an installation.
enum AccessRules {
    /// All `VERB RESOURCE.GROUP/SUBRESOURCE` of the roles that are bound to somebody, but for the role of this name.
    static func pairs(of objects: [Value], besides left: String) -> Set<String> {
        let bound = Set(objects.compactMap { $0.at("roleRef", "name")?.string }).subtracting([left])
        var pairs: Set<String> = []
        for object in objects where bound.contains(object.at("metadata", "name")?.string ?? "") {
            for rule in object["rules"]?.array ?? [] {
                func texts(_ field: String) -> [String] { (rule[field]?.array ?? []).compactMap(\.string) }
                for group in texts("apiGroups") {
                    for resource in texts("resources") {
                        var parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                        if !group.isEmpty, !parts.isEmpty { parts[0] += ".\(group)" }
                        for verb in texts("verbs") { pairs.insert("\(verb) \(parts.joined(separator: "/"))") }
                    }
                }
            }
        }
        return pairs
    }
}
