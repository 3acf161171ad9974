// Paths: what they look like, and what never becomes one.

import KubernetesClient
import KubernetesModel
import Testing

@Suite("API paths")
struct APIPathTests {
    private func resource(group: String = "apps", version: String = "v1", _ name: String = "deployments", namespaced: Bool = true)
        -> APIResource
    {
        APIResource(
            groupVersionKind: GroupVersionKind(group: group, version: version, kind: "Deployment"), resource: name, namespaced: namespaced)
    }

    @Test("objects and collections")
    func paths() throws {
        let core = resource(group: "", "configmaps")
        #expect(try APIPath.object(core, namespace: "n", name: "a") == "/api/v1/namespaces/n/configmaps/a")
        #expect(try APIPath.object(resource(), namespace: "n", name: "a") == "/apis/apps/v1/namespaces/n/deployments/a")
        #expect(
            try APIPath.object(resource(), namespace: "n", name: "a", subresource: "scale")
                == "/apis/apps/v1/namespaces/n/deployments/a/scale")
        #expect(try APIPath.collection(resource(), namespace: "n") == "/apis/apps/v1/namespaces/n/deployments")
        #expect(try APIPath.collection(resource(), namespace: nil) == "/apis/apps/v1/deployments")
        #expect(try APIPath.object(resource("nodes", namespaced: false), namespace: nil, name: "a.b") == "/apis/apps/v1/nodes/a.b")
    }

    @Test(
        "odd names are escaped",
        arguments: [
            ("system:a", "system%3Aa"), ("a?force=true", "a%3Fforce%3Dtrue"), ("a#b", "a%23b"), ("a b", "a%20b"), ("é", "%C3%A9"),
            ("a&b", "a%26b"), ("a+b", "a%2Bb"), ("...", "..."), ("a;b", "a%3Bb"), ("a\\b", "a%5Cb"), ("~_-.", "~_-."),
        ])
    func escaped(name: String, segment: String) throws {
        #expect(try APIPath.object(resource(), namespace: "n", name: name) == "/apis/apps/v1/namespaces/n/deployments/" + segment)
    }

    @Test(
        "hostile names make no path",
        arguments: [
            "", ".", "..", "/", "a/b", "../a", "a%2fb", "%2e%2e", "a\u{0}", "a\nb", "\r", "a\u{7F}", String(repeating: "a", count: 254),
        ])
    func hostileNames(name: String) {
        for namespaced in [true, false] {
            let error = #expect(throws: ClientError.self) {
                try APIPath.object(resource(namespaced: namespaced), namespace: namespaced ? "n" : nil, name: name)
            }
            #expect(error?.code == .invalid)
            #expect(error?.message.contains("no request was sent") == true)
        }
    }

    @Test("hostile namespaces make no path", arguments: ["", ".", "..", "a/b", "A", "a.b", "a%2f", "a?b", "n\n"])
    func hostileNamespaces(namespace: String) {
        #expect(throws: ClientError.self) { try APIPath.object(resource(), namespace: namespace, name: "a") }
        #expect(throws: ClientError.self) { try APIPath.collection(resource(), namespace: namespace) }
    }

    @Test(
        "hostile groups, versions and resources make no path",
        arguments: [
            ("../api", "v1", "a"), ("a/b", "v1", "a"), ("a", "", "a"), ("a", "v1/..", "a"), ("a", "v1", ""), ("a", "v1", "a/b"),
            ("a", "v1", "../a"),
            ("a", "v1", "a?b"), ("A", "v1", "a"), ("a", "v1", "pods/exec"), (".", "v1", "a"), ("a", "..", "a"),
        ])
    func hostileResources(group: String, version: String, name: String) {
        let hostile = resource(group: group, version: version, name)
        #expect(throws: ClientError.self) { try APIPath.object(hostile, namespace: "n", name: "a") }
        #expect(throws: ClientError.self) { try APIPath.collection(hostile, namespace: nil) }
    }

    @Test("scope is respected")
    func scope() {
        #expect(throws: ClientError.self) { try APIPath.object(resource(), namespace: nil, name: "a") }
        #expect(throws: ClientError.self) { try APIPath.object(resource(namespaced: false), namespace: "n", name: "a") }
        #expect(throws: ClientError.self) { try APIPath.object(resource(), namespace: "n", name: "a", subresource: "a/b") }
        #expect(throws: ClientError.self) {
            let namespaces = APIResource(
                groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Namespace"), resource: "namespaces", namespaced: false)
            return try APIPath.object(namespaces, namespace: nil, name: "Not.A.Label")
        }
    }

    @Test("queries are escaped")
    func query() {
        #expect(APIPath.query([]) == "")
        #expect(
            APIPath.query([("a", "b c"), ("fieldManager", "belay:x/y&force=true")]) == "?a=b%20c&fieldManager=belay%3Ax%2Fy%26force%3Dtrue")
    }
}
