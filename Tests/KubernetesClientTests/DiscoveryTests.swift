// Discovery documents of a real server, whole and damaged.

import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite("discovery")
struct DiscoveryTests {
    static func aggregated() throws -> Discovery {
        var found = DiscoveredResources()
        found.add(aggregated: try FixtureFile.json("discovery/api.v2.json"))
        found.add(aggregated: try FixtureFile.json("discovery/apis.v2.json"))
        return found.discovery
    }

    @Test("a recorded server is complete")
    func recorded() throws {
        let discovery = try Self.aggregated()
        #expect(discovery.isComplete)
        #expect(discovery.resources.count > 60)
        let deployment = try #require(discovery[GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")])
        #expect(deployment.resource == "deployments" && deployment.namespaced && deployment.shortNames == ["deploy"])
        #expect(deployment.categories == ["all"])
        #expect(deployment.subresources == ["scale", "status"])
        #expect(deployment.verbs.isSuperset(of: ["get", "list", "watch", "patch", "create", "delete"]))
        #expect(discovery[GroupKind(group: "", kind: "Pod")]?.subresources.contains("exec") == true)
        #expect(discovery[GroupKind(group: "", kind: "Node")]?.namespaced == false)
        #expect(discovery[GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")]?.groupVersionKind.version == "v2")
        #expect(discovery[GroupVersionKind(group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler")] != nil)
        #expect(discovery[GroupKind(group: "example.com", kind: "Widget")] == nil)
    }

    @Test(
        "what could not be learnt is incomplete, not absent",
        arguments: [
            #"{"items":[{"metadata":{"name":"g.io"},"versions":[{"version":"v1","freshness":"Stale"}]}]}"#,
            #"{"items":[{"metadata":{"name":"g.io"},"versions":[{"version":"v1","freshness":"Stale","resources":[{"resource":"as","responseKind":{"kind":"A"},"scope":"Namespaced"}]}]}]}"#,
            #"{"items":[{"metadata":{"name":"g.io"},"versions":[{"version":"v1","freshness":"Current","resources":[]}]}]}"#,
            #"{"items":[{"metadata":{"name":"g.io"},"versions":[]}]}"#, #"{"items":[{"metadata":{"name":"g.io"}}]}"#,
            #"{"items":[{"metadata":{"name":"g.io"},"versions":[{"version":"v1","freshness":"Current","resources":[{"resource":"as"}]}]}]}"#,
        ])
    func incomplete(json: String) throws {
        var found = DiscoveredResources()
        found.add(aggregated: try JSON.read(Array(json.utf8)))
        #expect(found.discovery.incompleteGroups == ["g.io"])
    }

    @Test("one stale version makes the group incomplete and keeps what is known of the others")
    func oneStaleVersion() throws {
        var found = DiscoveredResources()
        let json =
            #"{"items":[{"metadata":{"name":"g.io"},"versions":[{"version":"v2","freshness":"Current","resources":[{"resource":"as","#
            + #""responseKind":{"group":"","version":"","kind":"A"},"scope":"Cluster","verbs":["get"]}]},{"version":"v1","freshness":"Stale"}]}]}"#
        found.add(aggregated: try JSON.read(Array(json.utf8)))
        let discovery = found.discovery
        #expect(discovery.incompleteGroups == ["g.io"])
        #expect(discovery[GroupKind(group: "g.io", kind: "A")]?.groupVersionKind.version == "v2")
        #expect(discovery[GroupKind(group: "g.io", kind: "A")]?.namespaced == false)
    }

    @Test("strange documents do no harm", arguments: ["{}", #"{"items":1}"#, #"{"items":[1,null,{}]}"#, #"{"items":[{"versions":[1]}]}"#])
    func strange(json: String) throws {
        var found = DiscoveredResources()
        found.add(aggregated: try JSON.read(Array(json.utf8)))
        found.add(legacy: try JSON.read(Array(json.utf8)), group: "h.io", version: "v1")
        #expect(found.discovery.resources.isEmpty)
        #expect(found.discovery.incompleteGroups.contains("h.io"))
    }
}
