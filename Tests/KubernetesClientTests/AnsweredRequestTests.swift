// Each request is told once, with how it ended.

import KubernetesModel
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

@Suite(.timeLimit(.minutes(2))) struct AnsweredRequestTests {
    private static let configMaps = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)

    @Test func retriesAndRefusalsAreToldEachForItself() async throws {
        let told = Mutex<[AnsweredRequest]>([])
        try await FaultServer.with({ _, number in
            number == 0 ? .json("{}", status: 503) : .json(#"{"kind": "ConfigMap", "metadata": {"name": "a"}}"#)
        }) { server in
            let client = try KubernetesClient(
                connection: ClusterConnection(server: "http://127.0.0.1:\(server.port)"), sleep: { _ in },
                answered: { request in told.withLock { $0.append(request) } })
            _ = try await client.get(Self.configMaps, namespace: "shop", name: "a")
            await client.shutdown()
        }
        #expect(told.withLock { $0.map(\.status) } == [503, 200])
        #expect(told.withLock { $0.allSatisfy { $0.method == "GET" && $0.took > .zero } })
    }

    @Test func whereNobodyAnswersThereIsNoStatus() async throws {
        let told = Mutex<[AnsweredRequest]>([])
        let client = try KubernetesClient(
            connection: ClusterConnection(server: "http://127.0.0.1:1"), sleep: { _ in },
            answered: { request in told.withLock { $0.append(request) } })
        await #expect(throws: ClientError.self) {
            try await client.watch(Self.configMaps, namespace: nil, from: "1") { _ in }
        }
        await client.shutdown()
        #expect(told.withLock { $0.map(\.status) } == [nil])
    }
}
