// Who is named where: two manifests of one object are a mistake that neither file shows by itself.

import KubernetesModel
import StructuredData

struct IdentityTable {
    private var first: [ObjectKey: SourceLocation] = [:]
    /// All places of the objects that have several.
    private var repeated: [ObjectKey: [SourceLocation]] = [:]

    mutating func insert(_ key: ObjectKey, at location: SourceLocation) {
        guard let earlier = first[key] else {
            first[key] = location
            return
        }
        repeated[key, default: [earlier]].append(location)
    }

    /// One for each manifest of an object that has several, each naming another one's place.
    var findings: [Finding] {
        var findings: [Finding] = []
        for (key, places) in repeated {
            let more = places.count > 2 ? ", and \(places.count - 2) more" : ""
            for (index, place) in places.enumerated() {
                let other = places[index == 0 ? 1 : 0]
                findings.append(
                    Finding(message: "\(key) has another manifest at \(other)\(more); one object can have only one", location: place))
            }
        }
        return findings.sorted()
    }
}
