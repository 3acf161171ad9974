// What a pod spec must have.

import StructuredData

enum PodValidation {
    /// - Parameter claims: names that containers may mount beside the volumes of the spec.
    static func spec(_ spec: Value, at path: String, claims: [String] = []) -> [FailureCause] {
        var causes: [FailureCause] = []
        let volumes = spec["volumes"]?.array ?? []
        var volumeNames: Set<String> = []
        for (index, volume) in volumes.enumerated() {
            let name = volume["name"]?.string ?? ""
            let place = "\(path).volumes[\(index)].name"
            if name.isEmpty {
                causes.append(.required(place))
            } else {
                causes += NameRules.label(name).map { .invalid(place, .string(name), $0) }
                if !volumeNames.insert(name).inserted { causes.append(.duplicate(place, .string(name))) }
            }
        }
        volumeNames.formUnion(claims)
        let containers = spec["containers"]?.array ?? []
        if containers.isEmpty { causes.append(.required(path + ".containers")) }
        var names: Set<String> = []
        for list in ["initContainers", "containers"] {
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                causes += self.container(container, at: "\(path).\(list)[\(index)]", volumeNames, &names)
            }
        }
        if let policy = spec["restartPolicy"]?.string, !["Always", "OnFailure", "Never"].contains(policy) {
            causes.append(.notSupported(path + ".restartPolicy", .string(policy), ["Always", "OnFailure", "Never"]))
        }
        return causes
    }

    private static func container(
        _ container: Value, at path: String, _ volumes: Set<String>, _ names: inout Set<String>
    ) -> [FailureCause] {
        var causes: [FailureCause] = []
        let name = container["name"]?.string ?? ""
        if name.isEmpty {
            causes.append(.required(path + ".name"))
        } else {
            causes += NameRules.label(name).map { .invalid(path + ".name", .string(name), $0) }
            if !names.insert(name).inserted { causes.append(.duplicate(path + ".name", .string(name))) }
        }
        if (container["image"]?.string ?? "").isEmpty { causes.append(.required(path + ".image")) }
        causes += resources(container["resources"] ?? [:], at: path + ".resources")
        for (index, port) in (container["ports"]?.array ?? []).enumerated() {
            let number = port["containerPort"]?.int ?? 0
            if number == 0 {
                causes.append(.required("\(path).ports[\(index)].containerPort"))
            } else if number < 1 || number > 65_535 {
                causes.append(
                    .invalid("\(path).ports[\(index)].containerPort", .int(number), "must be between 1 and 65535, inclusive"))
            }
        }
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            let name = mount["name"]?.string ?? ""
            if name.isEmpty {
                causes.append(.required("\(path).volumeMounts[\(index)].name"))
            } else if !volumes.contains(name) {
                causes.append(.notFound("\(path).volumeMounts[\(index)].name", .string(name)))
            }
            if (mount["mountPath"]?.string ?? "").isEmpty { causes.append(.required("\(path).volumeMounts[\(index)].mountPath")) }
        }
        for (index, variable) in (container["env"]?.array ?? []).enumerated() where (variable["name"]?.string ?? "").isEmpty {
            causes.append(.required("\(path).env[\(index)].name"))
        }
        return causes
    }

    /// What is asked for may not exceed what is allowed.
    private static func resources(_ resources: Value, at path: String) -> [FailureCause] {
        var causes: [FailureCause] = []
        let limits = resources["limits"]?.object ?? Object()
        for request in (resources["requests"]?.object ?? Object()).sortedByKey() {
            guard let limit = limits[request.key]?.string, let asked = request.value.string, let allowed = Quantity(limit)?.number,
                let number = Quantity(asked)?.number, number > allowed
            else { continue }
            causes.append(
                .invalid("\(path).requests", request.value, "must be less than or equal to \(request.key) limit of \(limit)"))
        }
        return causes
    }

    /// A running pod's spec may change in its images and a few fields more.
    static func update(_ object: Value, _ live: Value) -> [FailureCause] {
        func fixed(_ value: Value) -> Value {
            var spec = value["spec"] ?? [:]
            spec.editObject { spec in
                for list in ["containers", "initContainers"] { spec.editItems(list) { $0["image"] = nil } }
                for field in ["activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations", "schedulingGates"] {
                    spec[field] = nil
                }
            }
            return spec
        }
        return fixed(object) == fixed(live)
            ? []
            : [
                .forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)")
            ]
    }
}
