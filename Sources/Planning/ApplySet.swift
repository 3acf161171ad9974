// Membership after KEP-3659 (ApplySet): how the id of a set follows from its parent.

package import KubernetesModel
import StructuredData

/// The set of objects that one Application keeps, as the cluster knows it.
package enum ApplySet {
    /// What Belay writes as `tooling`; other versions of Belay are told by the part before the slash.
    package static let tooling = "belay/v1"
    static let toolingPrefix = "belay/"

    /// `applyset-` + base64url without padding (SHA-256 of `name.namespace.kind.group`) + `-v1`. Parts that are missing stay
    /// empty: `name..Kind.group` for a parent without namespace, a dot at the end for the core group.
    package static func id(name: String, namespace: String, kind: String, group: String) -> String {
        let digest = Digest(of: Array("\(name).\(namespace).\(kind).\(group)".utf8))
        let base64 = Base64.encode(digest.bytes)
        var text = "applyset-"
        for character in base64.utf8 {
            switch character {
            case UInt8(ascii: "+"): text += "-"
            case UInt8(ascii: "/"): text += "_"
            case UInt8(ascii: "="): break
            default: text.unicodeScalars.append(Unicode.Scalar(character))
            }
        }
        return text + "-v1"
    }

    /// The name of the parent ConfigMap, in the Application's namespace.
    package static func parentName(of application: Application) -> String { "belay-" + application.name }

    /// The id of the set whose parent is the Application itself: a controller keeps it.
    package static func id(ofResource application: Application) -> String {
        id(name: application.name, namespace: application.namespace, kind: GroupKind.application.kind, group: GroupKind.application.group)
    }

    /// The id of the set whose parent is that ConfigMap.
    package static func id(of application: Application) -> String {
        id(name: parentName(of: application), namespace: application.namespace, kind: "ConfigMap", group: "")
    }
}
