// What happens between validation and storage: addresses, protected objects, quotas of the cluster itself.

import StructuredData

extension Cluster {
    mutating func admitCreate(_ object: inout Value, _ kind: ServedKind, isDryRun: Bool) throws(Failure) {
        guard kind.collection == "services" else { return }
        var addresses = serviceAddresses
        let causes = addresses.allocate(&object)
        if !causes.isEmpty { throw .invalid(kind.resource, object.at("metadata", "name")?.string ?? "", causes) }
        if !isDryRun { serviceAddresses = addresses }
    }

    mutating func admitUpdate(_ object: inout Value, live: Value, _ kind: ServedKind) throws(Failure) {
        guard kind.collection == "services", object["spec"] != live["spec"] else { return }
        var addresses = serviceAddresses
        addresses.release(live)
        let causes = addresses.allocate(&object)
        if !causes.isEmpty { throw .invalid(kind.resource, object.at("metadata", "name")?.string ?? "", causes) }
        serviceAddresses = addresses
    }

    func admitDelete(_ object: Value, _ kind: ServedKind) throws(Failure) {
        let name = object.at("metadata", "name")?.string ?? ""
        if kind.collection == "namespaces", ["default", "kube-system", "kube-public"].contains(name) {
            throw .forbidden(kind.resource, name, "this namespace may not be deleted")
        }
    }
}
