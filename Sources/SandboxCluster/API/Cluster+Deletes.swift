// delete and deletecollection: preconditions, finalizers, grace, and who goes with whom.

import StructuredData

/// What a delete asks for, from its body or its query.
struct DeleteOptions {
    enum Propagation: String { case orphan = "Orphan", background = "Background", foreground = "Foreground" }

    var uid: String?
    var resourceVersion: String?
    var propagation: Propagation?
    var gracePeriodSeconds: Int64?
    var isDryRun = false
}

extension Cluster {
    private func deleteOptions(_ request: ResourceRequest) throws(Failure) -> DeleteOptions {
        var options = DeleteOptions(isDryRun: request.isDryRun)
        var policy = request.wire.parameter("propagationPolicy")
        options.gracePeriodSeconds = request.wire.parameter("gracePeriodSeconds").flatMap(Int64.init)
        if !request.wire.body.isEmpty {
            let body = try parse(request.wire)
            if let kind = body["kind"]?.string, kind != "DeleteOptions" {
                throw .badRequest("decoded object cannot be converted to DeleteOptions")
            }
            options.uid = body.at("preconditions", "uid")?.string
            options.resourceVersion = body.at("preconditions", "resourceVersion")?.string
            policy = body["propagationPolicy"]?.string ?? policy
            options.gracePeriodSeconds = body["gracePeriodSeconds"]?.int ?? options.gracePeriodSeconds
            if let dryRun = body["dryRun"]?.array, !dryRun.isEmpty {
                guard dryRun == ["All"] else {
                    throw .invalid(
                        group: "meta.k8s.io", kind: "DeleteOptions", name: "", [.notSupported("dryRun", .array(dryRun), ["All"])])
                }
                options.isDryRun = true
            }
            if body["orphanDependents"]?.bool == true { policy = "Orphan" }
        }
        if let policy {
            guard let known = DeleteOptions.Propagation(rawValue: policy) else {
                throw .invalid(
                    group: "meta.k8s.io", kind: "DeleteOptions", name: "",
                    [.notSupported("propagationPolicy", .string(policy), ["Foreground", "Background", "Orphan", "nil"])])
            }
            options.propagation = known
        }
        return options
    }

    mutating func delete(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let options = try deleteOptions(request)
        let (value, isGone) = try delete(request.kind, request.key, options)
        if !isGone || request.kind.resource.resource == "pods" { return present(value, request) }
        if Strategy.returnsDeletedObject(request.kind) { return present(value, request) }
        var details: Object = ["name": .string(request.path.name ?? "")]
        if !request.kind.resource.group.isEmpty { details["group"] = .string(request.kind.resource.group) }
        details["kind"] = .string(request.kind.resource.resource)
        details["uid"] = value.at("metadata", "uid")
        return .json([
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": .object(details),
        ])
    }

    /// Deletes one object, or marks it as being deleted where finalizers or grace hold it.
    ///
    /// - Returns: its last state, and whether it is gone.
    mutating func delete(
        _ kind: ServedKind, _ key: StoreKey, _ options: DeleteOptions
    ) throws(Failure) -> (value: Value, isGone: Bool) {
        guard let current = store.object(kind.collection, key) else { throw .notFound(kind.resource, key.name) }
        var object = shown(current, as: kind)
        if let wanted = options.uid, let actual = object.at("metadata", "uid")?.string, wanted != actual {
            throw .preconditionFailed(
                kind, key.name,
                "the UID in the precondition (\(wanted)) does not match the UID in record (\(actual)). The object might have been deleted and "
                    + "then recreated")
        }
        if let wanted = options.resourceVersion, let actual = object.at("metadata", "resourceVersion")?.string, wanted != actual {
            throw .preconditionFailed(
                kind, key.name,
                "the ResourceVersion in the precondition (\(wanted)) does not match the ResourceVersion in record (\(actual)). The object "
                    + "might have been modified")
        }
        try admitDelete(object, kind)
        let isNamespace = kind.resource.resource == "namespaces" && kind.resource.group.isEmpty
        let isDefinition = kind.collection == CustomDefinition.collection
        if object.at("metadata", "deletionTimestamp") != nil {
            // A second delete shortens the wait at most.
            if let grace = options.gracePeriodSeconds, grace == 0, (object.at("metadata", "finalizers")?.array ?? []).isEmpty,
                !isNamespace, !options.isDryRun
            {
                return (uncommit(kind, key) ?? object, true)
            }
            return (object, false)
        }
        var finalizers = (object.at("metadata", "finalizers")?.array ?? []).filter {
            $0 != "orphan" && $0 != "foregroundDeletion"
        }
        let isOrphaning = options.propagation == .orphan || options.propagation == nil && Strategy.orphansByDefault(kind)
        if isOrphaning { finalizers.append("orphan") }
        if options.propagation == .foreground { finalizers.append("foregroundDeletion") }
        let grace = Strategy.gracePeriod(of: object, kind, asked: options.gracePeriodSeconds)
        if finalizers.isEmpty, grace == 0, !isNamespace, !isDefinition {
            if options.isDryRun { return (object, true) }
            return (uncommit(kind, key) ?? object, true)
        }
        object.set(finalizers.isEmpty ? nil : .array(finalizers), at: ["metadata", "finalizers"])
        object.set(.string(Timestamp(seconds: now.seconds + grace).text), at: ["metadata", "deletionTimestamp"])
        if !isNamespace { object.set(.int(grace), at: ["metadata", "deletionGracePeriodSeconds"]) }
        if isDefinition {
            CustomDefinition.markTerminating(&object, time: now.text)
            object.set(nil, at: ["metadata", "deletionGracePeriodSeconds"])
        } else if Strategy.hasGeneration(kind) {
            object.set(.int((object.at("metadata", "generation")?.int ?? 0) &+ 1), at: ["metadata", "generation"])
        }
        if isNamespace { object.set("Terminating", at: ["status", "phase"]) }
        object = Strategy.ordered(object)
        if options.isDryRun { return (object, false) }
        object = commit(kind, key, object)
        if isDefinition { removeInstances(of: key.name) }
        return (object, false)
    }

    mutating func deleteCollection(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        var options = try deleteOptions(request)
        options.uid = nil
        options.resourceVersion = nil
        let labels = try request.wire.parameter("labelSelector").map { (text) throws(Failure) in try LabelSelector(text) } ?? .everything
        let fields =
            try request.wire.parameter("fieldSelector").map { (text) throws(Failure) in
                try FieldSelector(text, resource: request.kind.resource)
            } ?? .everything
        let revision = store.revision
        var items: [Value] = []
        for (key, value) in store.list(request.kind.collection, namespace: request.path.namespace)
        where labels.matches(value) && fields.matches(value) {
            items.append(Presentation.withoutType(shown(value, as: request.kind)))
            _ = try delete(request.kind, key, options)
        }
        return .json([
            "kind": .string(request.kind.listKind), "apiVersion": .string(request.kind.apiVersion),
            "metadata": ["resourceVersion": .string(String(revision))], "items": .array(items),
        ])
    }
}
