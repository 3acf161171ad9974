// Which pods of a ReplicationController are of an older template, and which only look so.

import KubernetesModel
import StructuredData
import Testing

@testable import Applying

@Suite struct OlderPodsTests {
    /// A controller that Belay applied at the time, with what asks for this image and level.
    private func controller(_ image: String, level: String = "info", changed: String?) -> Unstructured {
        var entry: Value = [
            "manager": "belay:shop/web", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
            "fieldsV1": ["f:spec": ["f:replicas": [:], "f:template": ["f:spec": ["f:containers": [:]]]]],
        ]
        if let changed { entry.set(.string(changed), at: ["time"]) }
        return Unstructured([
            "metadata": ["name": "kubia", "managedFields": [entry]],
            "spec": ["template": ["spec": ["containers": [container(image, level)]]]],
        ])
    }

    private func container(_ image: String, _ level: String) -> Value {
        ["name": "a", "image": .string(image), "env": [["name": "LEVEL", "value": .string(level)]]]
    }

    private func pod(_ name: String, _ image: String, level: String = "info", made: String) -> Unstructured {
        Unstructured([
            "metadata": ["name": .string(name), "creationTimestamp": .string(made)], "spec": ["containers": [container(image, level)]],
        ])
    }

    private func older(_ pods: [Unstructured], _ controller: Unstructured, by manager: String? = nil) -> [String] {
        OlderPods.older(pods, than: controller, changedBy: manager).map(\.name)
    }

    private static let (early, noon, late) = ("2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z")

    @Test func afterAChangeItIsTheTimeThatTells() {
        let controller = controller("kubia:2", changed: Self.noon)
        // A webhook that writes the same image into all of them hides nothing.
        let pods = [
            pod("before", "mirror/kubia", made: Self.early), pod("after", "mirror/kubia", made: Self.late),
            pod("same-second", "mirror/kubia", made: Self.noon),
        ]
        #expect(older(pods, controller, by: "belay:shop/web") == ["before"])
        #expect(older(pods, controller, by: "belay:shop/other") == [], "nothing is known of when that one changed it")
    }

    @Test func laterAYoungerPodShowsThatTheOlderOneDiffers() {
        let controller = controller("kubia:2", changed: Self.noon)
        let old = pod("old", "kubia:1", made: Self.early)
        #expect(older([old, pod("new", "kubia:2", made: Self.late)], controller) == ["old"])
        #expect(older([old], controller) == [], "one pod alone proves nothing")
        #expect(older([old, pod("older", "kubia:2", made: "2026-11-23T10:00:00Z")], controller) == [], "the other one is older")
        #expect(older([pod("new", "kubia:1", made: Self.late), pod("newer", "kubia:2", made: "2026-11-23T14:00:00Z")], controller) == [])
    }

    @Test func whatAdmissionRewroteIsNotCalledOlder() {
        // The entry was changed after the pods were made, by replicas for example.
        let controller = controller("kubia:2", changed: Self.noon)
        let pods = [pod("a", "mirror/kubia:2", made: Self.early), pod("b", "mirror/kubia:2", made: Self.late)]
        #expect(older(pods, controller) == [])
        // Another part of the same pods tells all the same.
        let changed = self.controller("kubia:2", level: "debug", changed: Self.noon)
        #expect(
            older([pods[0], pod("b", "mirror/kubia:2", level: "debug", made: Self.late)], changed) == ["a"])
    }

    @Test func withoutATimeNothingIsSaid() {
        let pods = [pod("old", "kubia:1", made: Self.early), pod("new", "kubia:2", made: Self.late)]
        #expect(older(pods, controller("kubia:2", changed: nil)) == [])
        #expect(older(pods, controller("kubia:2", changed: nil), by: "belay:shop/web") == [])
    }
}
