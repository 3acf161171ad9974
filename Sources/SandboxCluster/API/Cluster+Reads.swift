// get, list in pages, and watch.

import StructuredData

/// Where the next page of a list starts: at which revision, after which object.
struct ContinueToken {
    var revision: UInt64
    var after: StoreKey

    init(revision: UInt64, after: StoreKey) {
        self.revision = revision
        self.after = after
    }

    var text: String {
        let value: Value = [
            "v": "meta.k8s.io/v1", "rv": .int(Int64(clamping: revision)), "start": .string("\(after.namespace)/\(after.name)\u{0}"),
        ]
        return Base64.encode(JSON.write(value)).filter { $0 != "=" }
    }

    /// - Throws: 400 for what no server gave out.
    init(_ text: String) throws(Failure) {
        guard let bytes = Base64.decode(text), let value = try? JSON.read(bytes), let start = value["start"]?.string,
            let number = value["rv"]?.int, let slash = start.firstIndex(of: "/")
        else { throw .badRequest("invalid continue token: continue key is not valid: \(text)") }
        revision = UInt64(clamping: number)
        after = StoreKey(
            namespace: String(start[..<slash]), name: start[start.index(after: slash)...].filter { $0 != "\u{0}" })
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
        response.headers += warnings.map(WireResponse.warning)
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
        let fields = try request.wire.parameter("fieldSelector").map { (text) throws(Failure) in
            try FieldSelector(
                text, resource: request.kind.resource, also: request.kind.custom?.selectableFields ?? [], isCustom: request.kind.isCustom)
        }
        return (labels, fields ?? .everything)
    }

    mutating func list(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let (labels, fields) = try selectors(request)
        let limit = request.wire.parameter("limit").flatMap(Int.init) ?? 0
        let selects = !labels.isEmpty || request.wire.parameter("fieldSelector") != nil
        let token = try request.wire.parameter("continue").flatMap { $0.isEmpty ? nil : $0 }.map { (text) throws(Failure) in
            try ContinueToken(text)
        }
        var (all, revision) = try listed(request, token)
        if selects { all = all.filter { labels.matches($0.value) && fields.matches($0.value) } }
        let page = limit > 0 ? Array(all.prefix(limit)) : all
        var metadata: Object = ["resourceVersion": .string(String(revision))]
        if request.kind.isCustom, request.presentation == .whole { metadata["continue"] = "" }
        if page.count < all.count, let last = page.last {
            metadata["continue"] = .string(ContinueToken(revision: revision, after: last.key).text)
            if !selects { metadata["remainingItemCount"] = .int(Int64(all.count - page.count)) }
        }
        return listAnswer(page.map(\.value), request, metadata)
    }

    /// The objects of a list or of its next page on, and the revision that they show.
    private mutating func listed(
        _ request: ResourceRequest, _ token: ContinueToken?
    ) throws(Failure) -> (items: [(key: StoreKey, value: Value)], revision: UInt64) {
        let collection = request.kind.collection
        let namespace = request.path.namespace
        if let token {
            guard let items = store.list(collection, namespace: namespace, at: token.revision) else {
                var failure = Failure.expired(
                    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
                        + "continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
                        + "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
                        + "deleted between the time the first chunk was returned and now may show up in the list.")
                failure.continueToken = ContinueToken(revision: store.revision, after: token.after).text
                throw failure
            }
            return (items.filter { token.after < $0.key }, token.revision)
        }
        if let wanted = try exactRevision(request) {
            guard let items = store.list(collection, namespace: namespace, at: wanted) else {
                throw .expired("The resourceVersion for the provided list is too old.")
            }
            return (items, wanted)
        }
        return (store.list(collection, namespace: namespace), store.revision)
    }

    private func listAnswer(_ page: [Value], _ request: ResourceRequest, _ metadata: Object) -> WireResponse {
        let kind = request.kind
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

    /// The revision that a list must show; nil when any recent one will do.
    private func exactRevision(_ request: ResourceRequest) throws(Failure) -> UInt64? {
        guard let given = request.wire.parameter("resourceVersion"), !given.isEmpty, given != "0" else { return nil }
        guard let wanted = UInt64(given) else {
            throw .untyped("resourceVersion: Invalid value: \"\(given)\": strconv.ParseUint: parsing \"\(given)\": invalid syntax")
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
        return request.wire.parameter("resourceVersionMatch") == "Exact" ? wanted : nil
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
                throw .untyped("resourceVersion: Invalid value: \"\(given)\": strconv.ParseUint: parsing \"\(given)\": invalid syntax")
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
                        case .whole: kind.shown(value)
                        case .metadataOnly: Presentation.metadataOnly(value)
                        case .table:
                            TablePrinter(kind: kind, now: now).table(
                                [kind.shown(value)], metadata: Object(), includesObject: "Metadata")
                        }
                    }, apiVersion: kind.apiVersion, kind: kind.resource.kind, sendsBookmarks: request.wire.flag("allowWatchBookmarks"),
                    timeoutSeconds: seconds)))
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
