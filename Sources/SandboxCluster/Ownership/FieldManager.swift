// Who owns what after a write: server-side apply with its conflicts and removals, and the bookkeeping of other writes.

import StructuredData

/// An apply that other managers object to.
struct ApplyConflicts: Error {
    var causes: [(manager: ManagerIdentity, path: [PathElement])]

    private static func text(_ path: [PathElement]) -> String { path.map(\.text).joined() }

    var failure: Failure {
        let details = causes.map { cause in
            FailureCause(
                reason: "FieldManagerConflict", message: "conflict with \(cause.manager.text)", field: ApplyConflicts.text(cause.path))
        }
        var message: String
        if causes.count == 1, let only = causes.first {
            message = "Apply failed with 1 conflict: conflict with \(only.manager.text): \(ApplyConflicts.text(only.path))"
        } else {
            var lines: [String] = []
            var last: ManagerIdentity?
            for cause in causes {
                if cause.manager != last { lines.append("conflicts with \(cause.manager.text):") }
                lines.append("- " + ApplyConflicts.text(cause.path))
                last = cause.manager
            }
            message = "Apply failed with \(causes.count) conflicts: " + lines.joined(separator: "\n")
        }
        return .applyConflict(message, causes: details)
    }
}

/// Computes ownership for one kind in one version and, maybe, one subresource.
struct FieldManager {
    /// Versions of one kind whose objects can be turned into each other.
    struct Versions {
        /// The type of the kind in a version (`apps/v1`); nil when the version is not served any more.
        var shape: (String) -> Shape?
        /// The object in another version.
        var convert: (Value, String) -> Value
        /// Whether an entry in a version that is gone makes every write fail, as for custom kinds, or is dropped.
        var needsAll = false

        /// A kind that is served in one version only.
        static func single(_ apiVersion: String, _ shape: Shape) -> Versions {
            Versions(shape: { $0 == apiVersion ? shape : nil }, convert: { value, _ in value })
        }
    }

    var schema: Schema
    var apiVersion: String
    var kind: String
    var versions: Versions
    var subresource = ""
    /// Fields that the server resets on this path (`status` on the main resource): nobody comes to own them.
    var resetFields = OwnedFields()
    /// RFC 3339, to the second.
    var now: String

    private var shape: Shape { versions.shape(apiVersion) ?? schema[schema.deduced] }

    /// What never stands in managedFields.
    private static let stripped = [
        OwnedFields(fields: "apiVersion"), OwnedFields(fields: "kind"), OwnedFields(fields: "metadata"),
        OwnedFields(fields: "metadata", "name"), OwnedFields(fields: "metadata", "namespace"),
        OwnedFields(fields: "metadata", "creationTimestamp"), OwnedFields(fields: "metadata", "selfLink"),
        OwnedFields(fields: "metadata", "uid"), OwnedFields(fields: "metadata", "clusterName"),
        OwnedFields(fields: "metadata", "generation"), OwnedFields(fields: "metadata", "managedFields"),
        OwnedFields(fields: "metadata", "resourceVersion"),
    ].reduce(OwnedFields()) { $0.union($1) }

    private static let maximumUpdaters = 10

    // MARK: Writes that are no applies

    /// The managers after `live` (for a create: the empty object of the kind) became `new` by `manager`.
    ///
    /// managedFields of the request itself win over those of the live object, unless they are absent or unreadable.
    func update(live: Value, new: Value, manager: String, isCreate: Bool) -> Value {
        let given = new.at("metadata", "managedFields")
        var managed = ManagedFields()
        if !subresource.isEmpty {
            managed = (try? ManagedFields(live.at("metadata", "managedFields"))) ?? managed
        } else if ManagedFields.isReset(given) {
            managed = ManagedFields()
        } else {
            managed = (try? ManagedFields(given)) ?? managed
            if managed.isEmpty { managed = (try? ManagedFields(live.at("metadata", "managedFields"))) ?? ManagedFields() }
        }
        var result = new
        result.set(nil, at: ["metadata", "managedFields"])
        if !managed.isEmpty || isCreate {
            managed = tracked(managed, live: FieldManager.withoutManagedFields(live), new: result, manager: manager)
            managed = capped(managed)
        }
        if let value = managed.value { result.set(value, at: ["metadata", "managedFields"]) }
        return result
    }

    private static func withoutManagedFields(_ value: Value) -> Value {
        var value = value
        value.set(nil, at: ["metadata", "managedFields"])
        return value
    }

    private func tracked(_ before: ManagedFields, live: Value, new: Value, manager: String) -> ManagedFields {
        let name = manager.isEmpty ? "unknown" : manager
        let identity = ManagerIdentity(manager: name, isApply: false, apiVersion: apiVersion, subresource: subresource)
        guard schema.mismatches(new, shape, allowsDuplicates: true).isEmpty else { return before }
        // The server forgets all owners where it cannot tell any more what they own.
        if unconvertible(before, live: live, new: new) != nil { return ManagedFields() }
        var managed = reconciledWithSchema(before, live: live)
        let comparison = settle(&managed, live: live, new: new, besides: nil)
        let taken = comparison.written.subtractingBelow(resetFields).subtracting(FieldManager.stripped)
        if !taken.isEmpty {
            let previous = managed[identity]?.fields ?? OwnedFields()
            managed[identity] = ManagedFields.Entry(
                identity: identity, apiVersion: apiVersion, isApplied: false, fields: taken.union(previous), time: now)
        }
        return managed
    }

    /// Takes from all managers but `besides` what changed between `live` and `new`.
    private func settle(_ managed: inout ManagedFields, live: Value, new: Value, besides: ManagerIdentity?) -> Comparison {
        var byVersion: [String: Comparison] = [:]
        let full = schema.compare(live, new, shape)
        byVersion[apiVersion] = full.excluding(resetFields)
        managed.removeAll { $0.identity != besides && versions.shape($0.apiVersion) == nil }
        managed.mapFields { entry in
            if entry.identity == besides { return entry.fields }
            let comparison = comparison(&byVersion, live, new, entry.apiVersion)
            return entry.fields.subtracting(comparison.written).subtracting(comparison.removed)
        }
        return byVersion[apiVersion] ?? full
    }

    /// Why an entry's fields cannot be compared: its version is gone, or the object does not fit it.
    private func unconvertible(_ managed: ManagedFields, live: Value, new: Value) -> String? {
        for version in Set(managed.entries.map(\.apiVersion)).sorted() where version != apiVersion {
            guard let shape = versions.shape(version) else {
                if versions.needsAll { return "request to convert CR to an invalid group/version: \(version)" }
                continue
            }
            let old = schema.mismatches(versions.convert(live, version), shape, allowsDuplicates: true)
            if !old.isEmpty { return TypeMismatch.text(old) }
            let changed = schema.mismatches(versions.convert(new, version), shape, allowsDuplicates: true)
            if !changed.isEmpty { return "failed to convert new object: " + TypeMismatch.text(changed) }
        }
        return nil
    }

    private func comparison(_ cache: inout [String: Comparison], _ live: Value, _ new: Value, _ version: String) -> Comparison {
        if let known = cache[version] { return known }
        let shape = versions.shape(version) ?? self.shape
        let comparison = schema.compare(versions.convert(live, version), versions.convert(new, version), shape).excluding(resetFields)
        cache[version] = comparison
        return comparison
    }

    /// At most ten updaters: the oldest of a version are joined into `ancient-changes`.
    private func capped(_ managed: ManagedFields) -> ManagedFields {
        var updaters = managed.entries.filter { !$0.isApplied }
        guard updaters.count > FieldManager.maximumUpdaters else { return managed }
        updaters.sort { left, right in
            let a = left.time ?? ""
            let b = right.time ?? ""
            return a.hasSameBytes(as: b) ? left.identity.text.precedesByBytes(right.identity.text) : a.precedesByBytes(b)
        }
        var managed = managed
        var count = updaters.count
        var firstOfVersion: [String: ManagerIdentity] = [:]
        for entry in updaters where count > FieldManager.maximumUpdaters {
            let bucket = ManagerIdentity(manager: "ancient-changes", isApply: false, apiVersion: entry.apiVersion, subresource: "")
            guard let first = firstOfVersion[entry.apiVersion] else {
                firstOfVersion[entry.apiVersion] = entry.identity
                continue
            }
            if managed[bucket] == nil, var moved = managed[first] {
                managed[first] = nil
                moved.identity = bucket
                managed[bucket] = moved
            }
            let joined = (managed[bucket]?.fields ?? OwnedFields()).union(entry.fields)
            managed[entry.identity] = nil
            managed[bucket] = ManagedFields.Entry(
                identity: bucket, apiVersion: entry.apiVersion, isApplied: false, fields: joined, time: entry.time)
            count -= 1
        }
        return managed
    }

    // MARK: Server-side apply

    /// The live object after `applied` was applied to it by `manager`.
    ///
    /// - Parameter live: for a create the empty object of the kind.
    /// - Throws: ``Failure``, 409 with causes where other managers own what is to change and `force` is off.
    func apply(live: Value, applied: Value, manager: String, force: Bool, objectName: String) throws(Failure) -> Value {
        if let given = applied.at("metadata", "managedFields"), !given.isNull {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let mismatches = schema.mismatches(applied, shape, allowsDuplicates: false)
        if !mismatches.isEmpty {
            throw .untyped("failed to create typed patch object (\(objectName)): \(TypeMismatch.text(mismatches))")
        }
        var managed: ManagedFields
        do throws(ManagedFields.Malformed) {
            managed = try ManagedFields(live.at("metadata", "managedFields"))
        } catch {
            throw .untyped("failed to decode managed fields: \(error.message)")
        }
        let bare = FieldManager.withoutManagedFields(live)
        if managed.isEmpty, live.at("metadata", "uid") != nil {
            let empty = Value.object(["apiVersion": .string(apiVersion), "kind": .string(kind)])
            managed = tracked(managed, live: empty, new: bare, manager: "before-first-apply")
        }
        if let why = unconvertible(managed, live: bare, new: schema.merge(bare, applied, shape) ?? bare) { throw .untyped(why) }
        var result: (object: Value, managed: ManagedFields, changed: Bool)
        do throws(ApplyConflicts) {
            result = try merged(managed, live: bare, applied: applied, manager: manager, force: force)
        } catch {
            guard manager == "kubectl", let allowed = fieldsOfLastApplied(live: bare) else { throw error.failure }
            let refused = error.causes.filter { !allowed.contains($0.path) }
            if !refused.isEmpty { throw ApplyConflicts(causes: refused).failure }
            do throws(ApplyConflicts) {
                result = try merged(managed, live: bare, applied: applied, manager: manager, force: true)
            } catch { throw error.failure }
        }
        let identity = ManagerIdentity(manager: manager, isApply: true, apiVersion: apiVersion, subresource: subresource)
        if let fields = result.managed[identity]?.fields.subtracting(FieldManager.stripped) {
            if fields.isEmpty {
                result.managed[identity] = nil
            } else {
                result.managed[identity]?.fields = fields
                result.managed[identity]?.time = result.changed ? now : managed[identity]?.time
            }
        }
        var object = result.object
        if manager == "kubectl", let last = object.at("metadata", "annotations")?[LastApplied.annotation]?.string, !last.isEmpty {
            object.set(.string(LastApplied.text(of: applied)), at: ["metadata", "annotations", LastApplied.annotation])
        }
        if let value = result.managed.value { object.set(value, at: ["metadata", "managedFields"]) }
        return object
    }

    private func merged(
        _ before: ManagedFields, live: Value, applied: Value, manager: String, force: Bool
    ) throws(ApplyConflicts) -> (object: Value, managed: ManagedFields, changed: Bool) {
        let identity = ManagerIdentity(manager: manager, isApply: true, apiVersion: apiVersion, subresource: subresource)
        var managed = reconciledWithSchema(before, live: live)
        let last = managed[identity]
        let set = schema.fields(of: applied, shape).subtractingBelow(resetFields)
        managed[identity] = ManagedFields.Entry(identity: identity, apiVersion: apiVersion, isApplied: true, fields: set, time: last?.time)
        var object = schema.merge(live, applied, shape) ?? live
        object = pruned(object, managed, last: last)
        if !force {
            var cache = [apiVersion: schema.compare(live, object, shape).excluding(resetFields)]
            var causes: [(manager: ManagerIdentity, path: [PathElement])] = []
            for entry in managed.entries.sorted(by: { $0.identity.text.precedesByBytes($1.identity.text) })
            where entry.identity != identity && versions.shape(entry.apiVersion) != nil {
                let written = comparison(&cache, live, object, entry.apiVersion).written
                causes += entry.fields.intersection(written).paths.map { (entry.identity, $0) }
            }
            if !causes.isEmpty { throw ApplyConflicts(causes: causes) }
        }
        _ = settle(&managed, live: live, new: object, besides: identity)
        return (object, managed, object != live)
    }

    /// Takes away what the manager applied last time and not this time, where no one else claims it.
    private func pruned(_ merged: Value, _ managed: ManagedFields, last: ManagedFields.Entry?) -> Value {
        guard let last, !last.fields.isEmpty, let lastShape = versions.shape(last.apiVersion) else { return merged }
        let before = versions.convert(merged, last.apiVersion)
        let owned = schema.withNamedParents(last.fields, lastShape)
        var object = schema.removing(owned, from: before, lastShape) ?? .object(Object())
        var version = last.apiVersion
        let all = Set(managed.entries.map(\.apiVersion))
        for other in [last.apiVersion].filter(all.contains) + all.subtracting([last.apiVersion]).sorted() {
            guard let shape = versions.shape(other) else { continue }
            let claimed = managed.entries.filter { $0.apiVersion == other }.reduce(OwnedFields()) { $0.union($1.fields) }
            let whole = versions.convert(merged, other)
            let rest = versions.convert(object, other)
            let wholeSet = schema.withNamedParents(schema.fields(of: whole, shape), shape)
            let restSet = schema.withNamedParents(schema.fields(of: rest, shape), shape)
            let gone = wholeSet.subtracting(restSet.union(schema.withNamedParents(claimed, shape)))
            object = schema.removing(gone, from: whole, shape) ?? .object(Object())
            version = other
        }
        let rest = version == last.apiVersion ? object : versions.convert(object, last.apiVersion)
        let restSet = schema.withNamedParents(schema.fields(of: rest, lastShape), lastShape)
        let wholeSet = schema.withNamedParents(schema.fields(of: before, lastShape), lastShape)
        let gone = wholeSet.subtracting(restSet).intersection(owned)
        let final = schema.removing(gone, from: before, lastShape) ?? .object(Object())
        return versions.convert(final, apiVersion)
    }

    /// The fields that client-side apply set and that still stand as it set them.
    private func fieldsOfLastApplied(live: Value) -> OwnedFields? {
        guard let text = live.at("metadata", "annotations")?[LastApplied.annotation]?.string, !text.isEmpty,
            let last = try? JSON.read(Array(text.utf8)), last["apiVersion"]?.string == apiVersion,
            schema.mismatches(last, shape, allowsDuplicates: false).isEmpty
        else { return nil }
        let comparison = schema.compare(last, live, shape)
        return schema.fields(of: last, shape).subtracting(comparison.written).subtracting(comparison.removed)
    }

    /// Where a type has become atomic since an entry was written, its owner owns the whole now.
    private func reconciledWithSchema(_ managed: ManagedFields, live: Value) -> ManagedFields {
        var managed = managed
        managed.mapFields { entry in
            guard let shape = versions.shape(entry.apiVersion) else { return entry.fields }
            return schema.joined(entry.fields, shape)
        }
        return managed
    }
}

extension Schema {
    /// `set` with members below what is atomic by now joined into it.
    func joined(_ set: OwnedFields, _ shape: Shape) -> OwnedFields {
        if shape.isDeduced { return set }
        var result = OwnedFields()
        for entry in set.entries {
            var child: Shape?
            switch entry.element {
            case .field(let name): child = shape.map.flatMap { childShape(name, of: $0) }
            case .key: child = shape.list.map { self[$0.element] }
            case .value, .index: child = nil
            }
            guard let child, !entry.below.isEmpty, !child.isDeduced else {
                result.insert(entry.element, isMember: entry.isMember, below: entry.below)
                continue
            }
            let isAtomic = child.map?.isAtomic == true || child.list?.kind == .atomic
            if isAtomic {
                result.insert(entry.element, isMember: true)
            } else {
                result.insert(entry.element, isMember: entry.isMember, below: joined(entry.below, child))
            }
        }
        return result
    }
}

/// The annotation of client-side apply.
enum LastApplied {
    static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// The applied object without the annotation itself, as one line of JSON with sorted keys.
    static func text(of applied: Value) -> String {
        var copy = applied
        copy.set(nil, at: ["metadata", "annotations", annotation])
        return String(decoding: CanonicalJSON.bytes(of: copy), as: UTF8.self) + "\n"
    }
}
