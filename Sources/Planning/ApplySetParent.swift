// The parent ConfigMap of a set: read, judged, and written anew; nothing here sends anything.

package import KubernetesModel
package import StructuredData

/// Why a parent may not be used; for people, with what to do.
package struct ParentRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable { case notAParent, otherTool, otherID }
    package var reason: Reason
    package var message: String
    package var description: String { message }
}

/// The run that writes a set: no other may, until the expiry.
package struct RunLease: Sendable, Equatable {
    /// A ULID.
    package var run: String
    /// RFC 3339, UTC.
    package var expiry: String
    package init(run: String, expiry: String) {
        self.run = run
        self.expiry = expiry
    }

    /// - Parameter text: `ULID,expiry`; nil for anything else, which holds nobody up.
    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, RunLease.seconds(String(parts[1])) != nil else { return nil }
        self.init(run: String(parts[0]), expiry: String(parts[1]))
    }

    var text: String { "\(run),\(expiry)" }

    /// - Parameter now: RFC 3339, UTC; compared to the second.
    package func isExpired(at now: String) -> Bool {
        guard let end = Self.seconds(expiry), let now = Self.seconds(now) else { return true }
        return end <= now
    }

    /// `2026-11-23T21:04:10` of a time in UTC: its order is the order of time.
    private static func seconds(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T") else {
            return nil
        }
        return String(decoding: bytes.prefix(19), as: UTF8.self)
    }
}

/// What a parent says, as it was read.
package struct ApplySetParent: Sendable {
    package let object: Unstructured
    /// `contains-group-kinds`: sorted, never a resource name.
    package let groupKinds: Set<GroupKind>
    /// Where members are; `additional-namespaces` and the parent's own where Belay's exact annotation is missing.
    package let namespaces: Set<String>
    /// `URL#path` of the last sync; several where more than one source brought members and nobody approved a prune since.
    package let sources: [String]
    package let lease: RunLease?
    package let records: RecordTable
    /// The last runs, newest first, as they were written.
    package let runs: [Value]

    /// - Parameters:
    ///   - object: the ConfigMap of the name ``ApplySet/parentName(of:)``.
    ///   - further: the ConfigMaps named by ``furtherNames(of:)``, in that order; missing ones only lose records.
    /// - Throws: ``ParentRefusal`` where it belongs to another tool, carries another id, or is no parent at all.
    package init(_ object: Unstructured, further: [Unstructured] = [], application: Application) throws(ParentRefusal) {
        let place = "ConfigMap \(object.namespace ?? "")/\(object.name)"
        guard let tooling = object.annotation(Tracking.tooling) else {
            throw ParentRefusal(
                reason: .notAParent,
                message: "\(place) exists and was not made by Belay, but the inventory of \(application.reference) needs that name: "
                    + "rename or delete it, or give the Application another name")
        }
        guard tooling.hasPrefix(ApplySet.toolingPrefix) else {
            throw ParentRefusal(
                reason: .otherTool,
                message: "\(place) is the inventory of another tool (\(Text.plain(tooling))): give the Application another name")
        }
        let expected = ApplySet.id(of: application)
        guard object.label(Tracking.parentID)?.hasSameBytes(as: expected) ?? false else {
            throw ParentRefusal(
                reason: .otherID,
                message: "\(place) carries the set id \(Text.plain(object.label(Tracking.parentID) ?? "(none)")), "
                    + "but its name gives \(expected): it was copied or edited. Restore the label \(Tracking.parentID), or delete the ConfigMap "
                    + "(then nothing is pruned until one clean run)")
        }
        self.object = object
        groupKinds = Set(Self.list(object, Tracking.groupKinds).compactMap(Self.groupKind))
        if object.annotation(Tracking.namespaces) != nil {
            namespaces = Set(Self.list(object, Tracking.namespaces))
        } else {
            namespaces = Set(Self.list(object, Tracking.additionalNamespaces)).union([application.namespace])
        }
        sources = Self.sources(of: object)
        lease = object.annotation(Tracking.run).flatMap(RunLease.init)
        var bytes: [UInt8] = []
        for part in [object] + further {
            guard let text = part.value.at("binaryData", Self.recordsKey)?.string, let data = Base64.decode(text.utf8) else { continue }
            bytes.append(contentsOf: data)
        }
        records = RecordTable(bytes: bytes)
        let text = object.value.at("data", Self.runsKey)?.string ?? "[]"
        runs = (try? JSON.read(Array(text.utf8)))?.array ?? []
    }

    /// The Application itself as the parent of its set.
    ///
    /// - Parameter records: what is kept of its members elsewhere.
    /// - Returns: nil where it does not carry the marks of a parent, its own: it never was one, or somebody took them away.
    package init?(resource object: Unstructured, application: Application, records: [ObjectKey: Record]) {
        guard object.annotation(Tracking.tooling)?.hasPrefix(ApplySet.toolingPrefix) ?? false,
            object.label(Tracking.parentID)?.hasSameBytes(as: ApplySet.id(ofResource: application)) ?? false
        else { return nil }
        self.object = object
        groupKinds = Set(Self.list(object, Tracking.groupKinds).compactMap(Self.groupKind))
        namespaces = Set(Self.list(object, Tracking.namespaces))
        sources = Self.sources(of: object)
        lease = nil
        self.records = RecordTable(records)
        runs = []
    }

    /// `URL#path` of each source that the parent names, in its order.
    static func sources(of object: Unstructured) -> [String] {
        let key = object.groupVersionKind?.groupKind == .application ? Tracking.syncedFrom : Tracking.source
        return (object.annotation(key) ?? "").split(separator: "\n").map(String.init)
    }

    /// Names of the ConfigMaps that carry the records that do not fit into this one.
    package static func furtherNames(of object: Unstructured) -> [String] {
        guard let count = object.annotation(Tracking.furtherRecords).flatMap({ Int($0) }), (1...100).contains(count) else { return [] }
        return (1...count).map { "\(object.name)-records-\($0)" }
    }

    /// What a parent shall say.
    package struct Contents: Sendable {
        package var groupKinds: Set<GroupKind>
        /// Namespaces of members; the parent's own may be among them.
        package var namespaces: Set<String>
        package var sources: [String]
        /// nil: no run is under way.
        package var lease: RunLease?
        package var records: RecordTable
        /// Newest first; the first 10 are written. Free of secrets.
        package var runs: [Value]

        package init(
            groupKinds: Set<GroupKind>, namespaces: Set<String>, sources: [String], lease: RunLease?, records: RecordTable, runs: [Value]
        ) {
            self.groupKinds = groupKinds
            self.namespaces = namespaces
            self.sources = sources
            self.lease = lease
            self.records = records
            self.runs = runs
        }
    }

    /// The bodies to write: the parent first, then ConfigMaps with further records (each to be written before the parent, so that
    /// the parent never names what is not there).
    ///
    /// - Parameter previous: the parent as it was read last; labels and annotations of others on it stay, and its
    ///   resourceVersion stands in the body, so that the write fails where somebody was faster. nil: it is to be created.
    package static func bodies(of contents: Contents, application: Application, previous: Unstructured?) -> [Value] {
        let chunks = contents.records.chunks
        var parent = previous ?? Unstructured(["apiVersion": "v1", "kind": "ConfigMap"])
        parent.value.set(nil, at: ["metadata", "managedFields"])
        parent.value.set(.string(ApplySet.parentName(of: application)), at: ["metadata", "name"])
        parent.namespace = application.namespace
        parent.setLabel(Tracking.parentID, ApplySet.id(of: application))
        parent.setAnnotation(Tracking.tooling, ApplySet.tooling)
        parent.setAnnotation(Tracking.groupKinds, sortedText(contents.groupKinds.map(\.description)))
        let additional = contents.namespaces.filter { !$0.isEmpty && $0 != application.namespace }
        parent.setAnnotation(Tracking.additionalNamespaces, additional.isEmpty ? nil : sortedText(Array(additional)))
        parent.setAnnotation(Tracking.namespaces, sortedText(Array(contents.namespaces)))
        parent.setAnnotation(Tracking.source, contents.sources.joined(separator: "\n"))
        parent.setAnnotation(Tracking.run, contents.lease?.text)
        parent.setAnnotation(Tracking.furtherRecords, chunks.count > 1 ? String(chunks.count - 1) : nil)
        let runs = Value.array(Array(contents.runs.prefix(10)))
        parent.value.set(.string(String(decoding: JSON.write(runs), as: UTF8.self)), at: ["data", runsKey])
        parent.value.set(.string(Base64.encode(chunks.first ?? [])), at: ["binaryData", recordsKey])
        return [parent.value]
            + chunks.dropFirst().enumerated().map { index, chunk in
                [
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": [
                        "name": .string("\(ApplySet.parentName(of: application))-records-\(index + 1)"),
                        "namespace": .string(application.namespace),
                        "annotations": .object(Object(uniqueEntries: [.init(key: Tracking.tooling, value: .string(ApplySet.tooling))])),
                    ],
                    "binaryData": .object(
                        Object(uniqueEntries: [.init(key: recordsKey, value: .string(Base64.encode(chunk)))])),
                ]
            }
    }

    /// What a server-side apply puts on the Application, so that it is the parent of its set and cannot go before its members.
    ///
    /// - Parameters:
    ///   - uid: of the resource: one that was made anew meanwhile is another.
    ///   - finalizer: what keeps it while members are there; nil: nothing does.
    ///   - takesOver: name of the ConfigMap whose members are being taken over.
    package static func marks(
        of contents: Contents, application: Application, uid: String, finalizer: String?, takesOver: String?
    ) -> Value {
        var body = Unstructured(["apiVersion": .string(Application.apiVersion), "kind": .string(Application.kind)])
        body.value.set(.string(application.name), at: ["metadata", "name"])
        body.namespace = application.namespace
        body.value.set(.string(uid), at: ["metadata", "uid"])
        body.setLabel(Tracking.parentID, ApplySet.id(ofResource: application))
        body.setAnnotation(Tracking.tooling, ApplySet.tooling)
        body.setAnnotation(Tracking.groupKinds, sortedText(contents.groupKinds.map(\.description)))
        let additional = contents.namespaces.filter { !$0.isEmpty && $0 != application.namespace }
        if !additional.isEmpty { body.setAnnotation(Tracking.additionalNamespaces, sortedText(Array(additional))) }
        body.setAnnotation(Tracking.namespaces, sortedText(Array(contents.namespaces)))
        body.setAnnotation(Tracking.syncedFrom, contents.sources.joined(separator: "\n"))
        if let takesOver { body.setAnnotation(Tracking.takesOver, takesOver) }
        if let finalizer { body.value.set([.string(finalizer)], at: ["metadata", "finalizers"]) }
        return body.value
    }

    private static let recordsKey = "records"
    private static let runsKey = "runs"

    private static func sortedText(_ parts: [String]) -> String { parts.sorted { $0.precedesByBytes($1) }.joined(separator: ",") }

    private static func list(_ object: Unstructured, _ key: String) -> [String] {
        (object.annotation(key) ?? "").split(separator: ",").map { String($0).trimmingSpaces }.filter { !$0.isEmpty }
    }

    private static func groupKind(_ text: String) -> GroupKind? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first, let first = kind.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else {
            return nil
        }
        return GroupKind(group: parts.count == 2 ? String(parts[1]) : "", kind: String(kind))
    }
}

extension String {
    fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
