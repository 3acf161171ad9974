// What is read of desired objects that are no members yet, and of the namespaces that they need.

import KubernetesModel
import Planning
import StructuredData

extension Observer {
    /// Namespaces only where they matter, then the desired objects that are not members.
    /// - Parameter inhabited: namespaces that are known to be there and not to be ending.
    func addOthers(
        _ observed: inout ObservedState, _ desired: DesiredState, _ members: Members, inhabited others: Set<String> = []
    ) async throws {
        let missing = desired.objects.filter { members.objects[$0.key] == nil }
        // Where a member is being deleted, its namespace may be, too.
        let ending = Set(
            desired.objects.filter { members.objects[$0.key]?.isTerminating ?? false }.compactMap(\.key.namespace))
        let inhabited = others.union(members.objects.keys.compactMap(\.namespace)).subtracting(ending)
        let needed = Set(missing.compactMap(\.key.namespace)).union(ending)
        let wanted = Dictionary(
            desired.objects.filter { $0.key.groupKind == .namespace }.map { ($0.key.name, $0) }
        ) { first, _ in first }
        for name in needed {
            if let member = members.objects[ObjectKey(groupKind: .namespace, namespace: nil, name: name)] {
                observed.namespaces[name] = Observer.state(of: member)
            } else if inhabited.contains(name) {
                observed.namespaces[name] = .active
            }
        }
        // A namespace that Git has is looked up as an object; its state follows from that.
        let first = missing.filter { $0.key.groupKind == .namespace }
        observed.others = try await existence(of: first, discovery: observed.discovery, unlisted: members)
        for object in first {
            switch observed.others[object.key] {
            case .present(let live)?: observed.namespaces[object.key.name] = Observer.state(of: live)
            case .absent?: observed.namespaces[object.key.name] = .missing
            default: break
            }
        }
        let unknown = needed.filter { observed.namespaces[$0] == nil && wanted[$0] == nil }.sorted { $0.precedesByBytes($1) }
        let read = try await namespaces(unknown, discovery: observed.discovery)
        observed.namespaces.merge(read) { $1 }

        var open: [DesiredObject] = []
        for object in missing where object.key.groupKind != .namespace {
            if let namespace = object.key.namespace, observed.namespaces[namespace] == .missing {
                observed.others[object.key] = .absent
            } else {
                open.append(object)
            }
        }
        let found = try await existence(of: open, discovery: observed.discovery, unlisted: members)
        observed.others.merge(found) { $1 }
    }
}
