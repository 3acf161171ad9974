// get, list in pages, and watch.

import StructuredData

/// Snapshots of long lists, so that all pages of a list show one moment.
struct ListPages: Sendable {
    private struct Page: Sendable {
        var items: [Value]
        var revision: UInt64
    }
    private var open: [String: Page] = [:]
    private var order: [String] = []
    private static let limit = 64

    mutating func keep(_ items: [Value], revision: UInt64, token: String) {
        open[token] = Page(items: items, revision: revision)
        order.append(token)
        if order.count > ListPages.limit { open[order.removeFirst()] = nil }
    }

    func page(_ token: String) -> (items: [Value], revision: UInt64)? { open[token].map { ($0.items, $0.revision) } }

    mutating func forgetAll() {
        open = [:]
        order = []
    }
}

extension Cluster {
    func read(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        guard let value = store.object(request.kind.collection, request.key) else {
            throw .notFound(request.kind.resource, request.path.name ?? "")
        }
        return present(value, request)
    }

    /// An answer with one object.
    func present(_ value: Value, _ request: ResourceRequest, code: Int = 200, warnings: [String] = []) -> WireResponse {
        var response: WireResponse
        switch request.presentation {
        case .whole: response = .json(shown(value, as: request.kind), code: code)
        case .metadataOnly: response = .json(Presentation.metadataOnly(value), code: code)
        case .table: response = .json(tableAnswer([value], request, metadata: Object()), code: code)
        }
        for warning in warnings {
            let quoted = warning.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            response.headers.append(("warning", "299 - \"\(quoted)\""))
        }
        return response
    }

    private func tableAnswer(_ values: [Value], _ request: ResourceRequest, metadata: Object) -> Value {
        let table = TablePrinter(kind: request.kind, now: now)
        return table.table(
            values.map { shown($0, as: request.kind) }, metadata: metadata,
            includesObject: request.wire.parameter("includeObject") ?? "Metadata")
    }

    private func selectors(_ request: ResourceRequest) throws(Failure) -> (labels: LabelSelector, fields: FieldSelector) {
        let labels = try request.wire.parameter("labelSelector").map { (text) throws(Failure) in try LabelSelector(text) } ?? .everything
        var fields = try request.wire.parameter("fieldSelector").map { (text) throws(Failure) in
            try FieldSelector(text, resource: request.kind.resource, also: request.kind.custom?.selectableFields ?? [])
        }
        if let name = request.path.name {
            let given = fields.flatMap(\.name)
            if let given, given != name { throw .badRequest("fieldSelector metadata.name doesn't match requested name") }
            fields = try FieldSelector("metadata.name=\(name)", resource: request.kind.resource)
        }
        return (labels, fields ?? .everything)
    }

    mutating func list(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let kind = request.kind
        let (labels, fields) = try selectors(request)
        let limit = request.wire.parameter("limit").flatMap(Int.init) ?? 0
        var items: [Value]
        var revision = store.revision
        var start = 0
        var token = ""
        if let given = request.wire.parameter("continue"), !given.isEmpty {
            let parts = given.split(separator: ".")
            guard parts.count == 2, let offset = Int(parts[1]), offset >= 0 else {
                throw .badRequest("continue key is not valid: \(given)")
            }
            token = String(parts[0])
            guard let page = pages.page(token) else {
                throw .expired(
                    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
                        + "continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
                        + "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
                        + "deleted between the time the first chunk was returned and now may show up in the list.")
            }
            items = page.items
            revision = page.revision
            start = min(offset, items.count)
        } else {
            try checkListVersion(request)
            items = store.list(kind.collection, namespace: request.path.namespace).map(\.value)
            if !labels.isEmpty || request.wire.parameter("fieldSelector") != nil {
                items = items.filter { labels.matches($0) && fields.matches($0) }
            }
        }
        var metadata: Object = ["resourceVersion": .string(String(revision))]
        var page = Array(items[start...])
        if limit > 0, page.count > limit {
            page = Array(page.prefix(limit))
            if token.isEmpty {
                token = identities.uid()
                pages.keep(items, revision: revision, token: token)
            }
            metadata["continue"] = .string("\(token).\(start + limit)")
            if labels.isEmpty, request.wire.parameter("fieldSelector") == nil {
                metadata["remainingItemCount"] = .int(Int64(items.count - start - limit))
            }
        }
        switch request.presentation {
        case .table: return .json(tableAnswer(page, request, metadata: metadata))
        case .metadataOnly:
            return .json([
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata),
                "items": .array(page.map { Presentation.metadataOnly($0) }),
            ])
        case .whole:
            let shownItems = page.map { value -> Value in
                let shown = shown(value, as: kind)
                return kind.isCustom ? shown : Presentation.withoutType(shown)
            }
            return .json([
                "kind": .string(kind.listKind), "apiVersion": .string(kind.apiVersion), "metadata": .object(metadata),
                "items": .array(shownItems),
            ])
        }
    }

    /// What `resourceVersion` and `resourceVersionMatch` of a list ask for.
    private func checkListVersion(_ request: ResourceRequest) throws(Failure) {
        guard let given = request.wire.parameter("resourceVersion"), !given.isEmpty, given != "0" else { return }
        guard let wanted = UInt64(given) else {
            throw .badRequest("resourceVersion: Invalid value: \"\(given)\": invalid syntax")
        }
        if wanted > store.revision {
            var failure = Failure(
                code: 504, reason: "Timeout", message: "Timeout: Too large resource version: \(wanted), current: \(store.revision)",
                details: [
                    "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]]
                ])
            failure.retryAfterSeconds = 1
            throw failure
        }
        if request.wire.parameter("resourceVersionMatch") == "Exact", wanted < store.revision {
            let isUnchanged = store.events(after: wanted).map { events in !events.contains { $0.collection == request.kind.collection } }
            if isUnchanged != true {
                throw .expired("The resourceVersion for the provided list is too old.")
            }
        }
    }

    mutating func watch(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let (labels, fields) = try selectors(request)
        let filter = WatchFilter(collection: request.kind.collection, namespace: request.path.namespace, labels: labels, fields: fields)
        let given = request.wire.parameter("resourceVersion") ?? ""
        let stream: AsyncStream<WatchItem>
        var initial: [WatchItem] = []
        let sendsInitial = request.wire.parameter("sendInitialEvents") == "true"
        if given.isEmpty || given == "0" || sendsInitial {
            initial = store.list(filter.collection, namespace: filter.namespace).filter { filter.admits($0.key, $0.value) }
                .map { .event(type: "ADDED", object: $0.value) }
            if sendsInitial { initial.append(.event(type: "BOOKMARK", object: initialEventsEnd(request.kind))) }
            stream = hub.open(filter, initial: initial)
        } else {
            guard let since = UInt64(given) else {
                throw .badRequest("resourceVersion: Invalid value: \"\(given)\": invalid syntax")
            }
            if let events = store.events(after: since) {
                stream = hub.open(filter, initial: events.compactMap { filter.item(for: $0) })
            } else {
                stream = WatchHub.failed(
                    Failure(
                        code: 410, reason: "Expired", message: "too old resource version: \(since) (\(store.compactedRevision + 1))"))
            }
        }
        let kind = request.kind
        let presentation = request.presentation
        let now = now
        let requested = request.wire.parameter("timeoutSeconds").flatMap(Int.init) ?? 0
        let seconds = requested > 0 ? requested : 1800 + identities.number(below: 1800)
        return WireResponse(
            code: 200,
            body: .watch(
                WatchStream(
                    items: stream,
                    present: { value in
                        switch presentation {
                        case .whole: Conversion.convert(value, to: kind.apiVersion)
                        case .metadataOnly: Presentation.metadataOnly(value)
                        case .table:
                            TablePrinter(kind: kind, now: now).table(
                                [Conversion.convert(value, to: kind.apiVersion)], metadata: Object(), includesObject: "Metadata")
                        }
                    }, apiVersion: kind.apiVersion, kind: kind.resource.kind, sendsBookmarks: request.wire.flag("allowWatchBookmarks"),
                    timeoutSeconds: seconds, currentRevision: { 0 })))
    }

    private func initialEventsEnd(_ kind: ServedKind) -> Value {
        [
            "kind": .string(kind.resource.kind), "apiVersion": .string(kind.apiVersion),
            "metadata": [
                "resourceVersion": .string(String(store.revision)), "annotations": ["k8s.io/initial-events-end": "true"],
            ],
        ]
    }
}

/// Forms of an object other than its own.
enum Presentation {
    static func metadataOnly(_ value: Value) -> Value {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": value["metadata"] ?? [:]]
    }

    /// Items of a built-in list do not say what they are.
    static func withoutType(_ value: Value) -> Value {
        guard let object = value.object else { return value }
        return .object(Object(uniqueEntries: object.entries.filter { $0.key != "kind" && $0.key != "apiVersion" }))
    }
}
