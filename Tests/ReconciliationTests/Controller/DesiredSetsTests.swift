// Who wants what: nobody prunes or takes what another wants.

import KubernetesModel
import Testing

@testable import Reconciliation

@Suite struct DesiredSetsTests {
    private func key(_ name: String) -> ObjectKey { ObjectKey(groupKind: .configMap, namespace: "shop", name: name) }

    @Test func claimsAreWhatTheOthersWant() async {
        let sets = DesiredSets()
        _ = await sets.set([key("a"), key("b")], treeID: "1", of: "shop/one")
        _ = await sets.set([key("b"), key("c")], treeID: "1", of: "shop/two")
        let all: Set = [key("a"), key("b"), key("c"), key("d")]
        #expect(await sets.claims(on: all, besides: "shop/one").keys == [key("b"), key("c")])
        #expect(await sets.claims(on: all, besides: "shop/two").keys == [key("a"), key("b")])
        #expect(await sets.claims(on: [key("d")], besides: "shop/two").keys == [])
        #expect(await sets.claims(on: all, besides: "shop/one").known == ["shop/two"])
    }

    @Test func aMovedObjectIsTheNewOnes() async {
        let sets = DesiredSets()
        _ = await sets.set([key("a"), key("b")], treeID: "1", of: "shop/one")
        _ = await sets.set([], treeID: "1", of: "shop/two")
        _ = await sets.set([key("a")], treeID: "2", of: "shop/one")
        _ = await sets.set([key("b")], treeID: "2", of: "shop/two")
        #expect(await sets.claims(on: [key("a"), key("b")], besides: "shop/one").keys == [key("b")])
        #expect(await sets.treeID(of: "shop/two") == "2")
        _ = await sets.remove("shop/two")
        #expect(await sets.claims(on: [key("b")], besides: "shop/one").keys == [])
        #expect(await sets.treeID(of: "shop/two") == nil)
    }

    /// Whoever leaves an object to another, or is kept from it by another, looks again when the other lets go; nobody else, and once.
    @Test func thoseWhoPlannedWithAClaimAreToldOfItsEnd() async {
        let sets = DesiredSets()
        #expect(await sets.set([key("a"), key("b")], treeID: "1", of: "shop/one") == [])
        #expect(await sets.set([key("a"), key("c")], treeID: "1", of: "shop/two") == [])
        _ = await sets.claims(on: [key("a"), key("c")], besides: "shop/two")
        _ = await sets.claims(on: [key("b")], besides: "shop/three")
        #expect(await sets.set([key("a"), key("b")], treeID: "2", of: "shop/one") == [])
        #expect(await sets.set([key("b")], treeID: "3", of: "shop/one") == ["shop/two"])
        #expect(await sets.set([], treeID: "4", of: "shop/one") == ["shop/three"])
        #expect(await sets.set([key("a")], treeID: "5", of: "shop/one") == [])
        #expect(await sets.set([], treeID: "6", of: "shop/one") == [])
    }

    @Test func whoPlansWithoutAClaimWaitsForItNoMore() async {
        let sets = DesiredSets()
        _ = await sets.set([key("a"), key("b")], treeID: "1", of: "shop/one")
        _ = await sets.claims(on: [key("a"), key("b")], besides: "shop/two")
        _ = await sets.claims(on: [key("b")], besides: "shop/two")
        #expect(await sets.set([key("b")], treeID: "2", of: "shop/one") == [])
        #expect(await sets.remove("shop/one") == ["shop/two"])
    }

    @Test func whoIsGoneIsNotWoken() async {
        let sets = DesiredSets()
        _ = await sets.set([key("a")], treeID: "1", of: "shop/one")
        _ = await sets.claims(on: [key("a")], besides: "shop/two")
        _ = await sets.remove("shop/two")
        #expect(await sets.remove("shop/one") == [])
    }
}
