// Cluster IPs and node ports: given out once, taken back when the Service goes.

import StructuredData

struct ServiceAddresses: Sendable {
    private var addresses: Set<String> = []
    private var nodePorts: Set<Int64> = []
    private var nextAddress = 10
    private var nextNodePort: Int64 = 30_080

    mutating func release(_ service: Value) {
        if let address = service.at("spec", "clusterIP")?.string { addresses.remove(address) }
        for port in service.at("spec", "ports")?.array ?? [] {
            if let number = port["nodePort"]?.int { nodePorts.remove(number) }
        }
    }

    /// What a dry-run drew is not kept, but nobody is given the same next: a real server draws by lot.
    mutating func pass(_ drawn: ServiceAddresses) {
        nextAddress = drawn.nextAddress
        nextNodePort = drawn.nextNodePort
    }

    private mutating func freeAddress() -> String {
        for _ in 0..<65_000 {
            let address = "10.0.\(nextAddress / 250 % 250).\(nextAddress % 250 + 2)"
            nextAddress += 1
            if addresses.insert(address).inserted { return address }
        }
        return "10.0.255.254"
    }

    private mutating func freeNodePort() -> Int64 {
        for _ in 0..<2768 {
            nextNodePort = nextNodePort >= 32_767 ? 30_000 : nextNodePort + 1
            if nodePorts.insert(nextNodePort).inserted { return nextNodePort }
        }
        return 30_000
    }

    /// Fills in the addresses of a new or changed Service.
    mutating func allocate(_ service: inout Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        let type = service.at("spec", "type")?.string ?? "ClusterIP"
        var mutable = self
        service.editObject { object in
            object.edit("spec") { spec in
                if type == "ExternalName" {
                    for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"]
                    where field != "internalTrafficPolicy" { spec[field] = nil }
                    return
                }
                let given = spec["clusterIP"]?.string ?? ""
                if given.isEmpty {
                    spec["clusterIP"] = .string(mutable.freeAddress())
                } else if given != "None", !mutable.addresses.insert(given).inserted {
                    causes.append(
                        .invalid("spec.clusterIPs", [.string(given)], "failed to allocate IP \(given): provided IP is already allocated"))
                }
                let address = spec["clusterIP"]
                spec.setDefault("clusterIPs", address.map { [$0] } ?? [])
                let isBare = spec["clusterIP"] == "None" && (spec["selector"]?.object?.isEmpty ?? true)
                spec.setDefault("ipFamilies", isBare ? ["IPv4", "IPv6"] : ["IPv4"])
                spec.setDefault("ipFamilyPolicy", isBare ? "RequireDualStack" : "SingleStack")
                let allocates = type == "NodePort" || type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"]?.bool != false
                if allocates {
                    spec.editItems("ports") { port in
                        if let number = port["nodePort"]?.int, number != 0 {
                            mutable.nodePorts.insert(number)
                        } else {
                            port["nodePort"] = .int(mutable.freeNodePort())
                        }
                    }
                } else if type == "ClusterIP" {
                    spec.editItems("ports") { $0["nodePort"] = nil }
                }
            }
        }
        self = mutable
        return causes
    }
}
