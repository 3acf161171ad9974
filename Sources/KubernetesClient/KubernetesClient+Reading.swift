// GET and LIST: an object or its absence, all pages or an error.

package import KubernetesModel
import NIOHTTP1
import StructuredData

extension KubernetesClient {
    package struct ObjectList: Sendable {
        package var items: [Unstructured]
        package var resourceVersion: String
        package init(items: [Unstructured], resourceVersion: String) {
            self.items = items
            self.resourceVersion = resourceVersion
        }
    }

    /// - Returns: nil for 404 of the object; a kind that is not served throws `.kindNotServed`.
    package func get(_ resource: APIResource, namespace: String?, name: String) async throws -> Unstructured? {
        let path = try APIPath.object(resource, namespace: namespace, name: name)
        let subject = RequestSubject(verb: .get, resource, namespace: namespace, name: name)
        do {
            let answer = try await read(path, subject, accept: "application/json")
            return Unstructured(typed(try value(of: answer, subject), as: resource, always: false))
        } catch let error as ClientError where error.code == .notFound {
            return nil
        }
    }

    /// All pages, or an error: never a part. An expired page restarts the list, once, in one piece. Items carry apiVersion and kind
    /// (those of `resource`, also for `metadataOnly`), first of all keys.
    package func list(
        _ resource: APIResource, namespace: String?, labelSelector: String? = nil, fieldSelector: String? = nil,
        metadataOnly: Bool = false, pageSize: Int = 500
    ) async throws -> ObjectList {
        var list = ObjectList(items: [], resourceVersion: "")
        list.resourceVersion = try await eachPage(
            of: resource, namespace: namespace, labelSelector: labelSelector, fieldSelector: fieldSelector,
            metadataOnly: metadataOnly, pageSize: pageSize
        ) { page in
            switch page {
            case .restarted: list.items = []
            case .items(let items): list.items += items
            }
        }
        return list
    }

    /// A part of a list as it comes.
    package enum Page: Sendable {
        case items([Unstructured])
        /// The pages so far count for nothing: the list expired and begins anew.
        case restarted
    }

    /// The pages of a list one after the other, so that no more than one is held; else as
    /// ``list(_:namespace:labelSelector:fieldSelector:metadataOnly:pageSize:)``.
    /// - Returns: the list's resourceVersion.
    package func eachPage(
        of resource: APIResource, namespace: String?, labelSelector: String? = nil, fieldSelector: String? = nil,
        metadataOnly: Bool = false, pageSize: Int = 500, _ take: (Page) async throws -> Void
    ) async throws -> String {
        let listing = Listing(
            resource: resource, path: try APIPath.collection(resource, namespace: namespace),
            subject: RequestSubject(verb: .list, resource, namespace: namespace, name: nil), labelSelector: labelSelector,
            fieldSelector: fieldSelector, metadataOnly: metadataOnly)
        do {
            return try await pages(listing, pageSize: max(1, pageSize), take)
        } catch let error as ClientError where error.code == .expired {
            try await take(.restarted)
            return try await pages(listing, pageSize: nil, take)
        }
    }

    private struct Listing: Sendable {
        var resource: APIResource
        var path: String
        var subject: RequestSubject
        var labelSelector: String?
        var fieldSelector: String?
        var metadataOnly: Bool
    }

    private static let metadataAccept =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.9"

    /// More pages than any cluster has objects for: a server that goes in a circle.
    private static let mostPages = 20_000

    private func pages(_ listing: Listing, pageSize: Int?, _ take: (Page) async throws -> Void) async throws -> String {
        var version = ""
        var next: String?
        for _ in 0..<KubernetesClient.mostPages {
            var query: [(name: String, value: String)] = []
            if let selector = listing.labelSelector, !selector.isEmpty { query.append(("labelSelector", selector)) }
            if let selector = listing.fieldSelector, !selector.isEmpty { query.append(("fieldSelector", selector)) }
            if let pageSize { query.append(("limit", String(pageSize))) }
            if let next { query.append(("continue", next)) }
            let answer = try await read(
                listing.path + APIPath.query(query), listing.subject,
                accept: listing.metadataOnly ? KubernetesClient.metadataAccept : "application/json")
            let page = try value(of: answer, listing.subject)
            guard let items = page["items"], items.isNull || items.array != nil, page["kind"]?.string != "Status" else {
                throw malformed("it has no list of items", answer, listing.subject)
            }
            var objects: [Unstructured] = []
            for item in items.array ?? [] {
                guard item.object != nil else { throw malformed("an item is \(item.kindName), not an object", answer, listing.subject) }
                objects.append(Unstructured(typed(item, as: listing.resource, always: true)))
            }
            try await take(.items(objects))
            version = page.at("metadata", "resourceVersion")?.string ?? version
            guard let token = page.at("metadata", "continue")?.string, !token.isEmpty else { return version }
            if token == next { throw malformed("its continue token repeats itself", answer, listing.subject) }
            next = token
        }
        throw ClientError(
            code: .malformedResponse, listing.subject, on: server, "the list does not end after \(KubernetesClient.mostPages) pages")
    }

    /// The object with apiVersion and kind of its resource: items of a list have none, metadata-only ones have others.
    private func typed(_ value: Value, as resource: APIResource, always: Bool) -> Value {
        guard let object = value.object, always || object["kind"] == nil || object["apiVersion"] == nil else { return value }
        var entries = [
            Object.Entry(key: "apiVersion", value: .string(resource.groupVersionKind.apiVersion)),
            Object.Entry(key: "kind", value: .string(resource.groupVersionKind.kind)),
        ]
        entries.reserveCapacity(object.count + 2)
        for entry in object.entries where !entry.key.hasSameBytes(as: "kind") && !entry.key.hasSameBytes(as: "apiVersion") {
            entries.append(entry)
        }
        return .object(Object(uniqueEntries: entries))
    }

    /// Any GET whose answer is an object.
    func read(_ path: String, _ subject: RequestSubject, accept: String) async throws -> APIAnswer {
        let request = Transport.Request(method: .GET, path: path, headers: [("accept", accept)], body: nil)
        return try await send(Call(subject: subject, request: request, safety: .read))
    }
}
