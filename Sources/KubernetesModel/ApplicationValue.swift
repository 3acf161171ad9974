// The Application as a resource again: for the journal, for printing, for the cluster.

package import StructuredData

extension Application {
    /// The resource with every field that differs from its default, and the identity; ``init(journalled:)`` reads it back
    /// to an equal Application. A reference as typed on a command line stands in `ref.asTyped`, which no file may have.
    package var value: Value {
        var spec = Object()
        spec["source"] = sourceValue
        spec["destination"] = destinationValue
        let defaults = Application(namespace: "", name: "", source: Source(repoURL: ""), destination: Destination(namespace: ""))
        if interval != defaults.interval { spec["interval"] = .string(DurationText.format(interval)) }
        if timeout != defaults.timeout { spec["timeout"] = .string(DurationText.format(timeout)) }
        spec["sync"] = syncValue(defaults.sync)
        spec["pin"] = pin.map { Application.map(("run", $0.run), ("reason", $0.reason), ("until", $0.until)) }
        spec["drift"] = driftValue(defaults.drift)
        spec["health"] = healthValue
        if !dependsOn.isEmpty {
            spec["dependsOn"] = .array(dependsOn.map { Application.map(("namespace", $0.namespace), ("name", $0.name)) })
        }
        spec["suspend"] = suspend.map { Application.map(("reason", $0.reason), ("until", $0.until)) }
        if deletionPolicy != defaults.deletionPolicy { spec["deletionPolicy"] = .string(deletionPolicy.rawValue) }
        return [
            "apiVersion": .string(Application.apiVersion), "kind": .string(Application.kind),
            "metadata": ["namespace": .string(namespace), "name": .string(name)], "spec": .object(spec),
        ]
    }

    private var sourceValue: Value {
        var map: Object = ["repoURL": .string(source.repoURL)]
        switch source.ref {
        case .head: break
        case .branch(let text): map["ref"] = ["branch": .string(text)]
        case .tag(let text): map["ref"] = ["tag": .string(text)]
        case .commit(let text): map["ref"] = ["commit": .string(text)]
        case .name(let text): map["ref"] = ["name": .string(text)]
        case .semver(let text): map["ref"] = ["semver": .string(text)]
        case .unspecified(let text): map["ref"] = ["asTyped": .string(text)]
        }
        if !source.path.isEmpty { map["path"] = .string(source.path) }
        if !source.include.isEmpty { map["include"] = .array(source.include.map { .string($0) }) }
        if !source.exclude.isEmpty { map["exclude"] = .array(source.exclude.map { .string($0) }) }
        map["secretRef"] = source.secretRef.map { ["name": .string($0.name)] }
        map["substitute"] = source.substitute.map(substitutionValue)
        return .object(map)
    }

    private func substitutionValue(_ substitution: Substitution) -> Value {
        var map = Object()
        if !substitution.values.isEmpty {
            let entries = substitution.values.sorted { $0.key.precedesByBytes($1.key) }
            map["values"] = .object(Object(uniqueEntries: entries.map { Object.Entry(key: $0.key, value: .string($0.value)) }))
        }
        if !substitution.from.isEmpty {
            map["from"] = .array(
                substitution.from.map { source in
                    var entry: Value = ["kind": .string(source.kind.rawValue), "name": .string(source.name)]
                    if source.isOptional { entry.set(true, at: ["optional"]) }
                    return entry
                })
        }
        return .object(map)
    }

    private var destinationValue: Value {
        var map: Object = ["namespace": .string(destination.namespace)]
        map["serviceAccountName"] = destination.serviceAccountName.map { .string($0) }
        map["kubeConfigSecretRef"] = destination.kubeConfigSecretRef.map { Application.map(("name", $0.name), ("key", $0.key)) }
        return .object(map)
    }

    private func syncValue(_ defaults: SyncPolicy) -> Value? {
        var map = Object()
        if sync.mode != defaults.mode { map["mode"] = .string(sync.mode.rawValue) }
        if sync.prune != defaults.prune { map["prune"] = .bool(sync.prune) }
        var limit = Object()
        if sync.pruneLimitObjects != defaults.pruneLimitObjects { limit["objects"] = .int(Int64(sync.pruneLimitObjects)) }
        if sync.pruneLimitPercent != defaults.pruneLimitPercent { limit["percent"] = .int(Int64(sync.pruneLimitPercent)) }
        if !limit.isEmpty { map["pruneLimit"] = .object(limit) }
        if sync.createNamespace != defaults.createNamespace { map["createNamespace"] = .bool(sync.createNamespace) }
        if sync.onFailure != defaults.onFailure { map["onFailure"] = .string(sync.onFailure.rawValue) }
        if sync.conflicts != defaults.conflicts { map["conflicts"] = .string(sync.conflicts.rawValue) }
        if sync.adopt != defaults.adopt { map["adopt"] = .string(sync.adopt.rawValue) }
        return map.isEmpty ? nil : .object(map)
    }

    private func driftValue(_ defaults: DriftPolicy) -> Value? {
        var map = Object()
        if drift.policy != defaults.policy { map["policy"] = .string(drift.policy.rawValue) }
        if !drift.ignore.isEmpty {
            map["ignore"] = .array(
                drift.ignore.map { rule in
                    var entry = Application.map(
                        ("group", rule.group), ("kind", rule.kind), ("name", rule.name), ("namespace", rule.namespace))
                    entry.set(.array(rule.paths.map { .string($0) }), at: ["paths"])
                    if !rule.managers.isEmpty { entry.set(.array(rule.managers.map { .string($0) }), at: ["managers"]) }
                    return entry
                })
        }
        if !drift.holds.isEmpty {
            map["holds"] = .array(
                drift.holds.map {
                    Application.map(
                        ("group", $0.group), ("kind", $0.kind), ("namespace", $0.namespace), ("name", $0.name), ("reason", $0.reason),
                        ("until", $0.until))
                })
        }
        return map.isEmpty ? nil : .object(map)
    }

    private var healthValue: Value? {
        var map = Object()
        if health.wait { map["wait"] = true }
        if !health.rules.isEmpty {
            map["rules"] = .array(
                health.rules.map { rule in
                    var entry = Application.map(("group", rule.group), ("kind", rule.kind))
                    entry.set(.array(rule.healthy.map(\.value)), at: ["healthy"])
                    if !rule.degraded.isEmpty { entry.set(.array(rule.degraded.map(\.value)), at: ["degraded"]) }
                    return entry
                })
        }
        return map.isEmpty ? nil : .object(map)
    }

    /// A map of the fields that are given.
    fileprivate static func map(_ fields: (key: String, text: String?)...) -> Value {
        var object = Object()
        for field in fields { object[field.key] = field.text.map { .string($0) } }
        return .object(object)
    }
}

extension Application.ConditionMatch {
    fileprivate var value: Value { Application.map(("type", type), ("status", status.rawValue), ("reason", reason)) }
}
