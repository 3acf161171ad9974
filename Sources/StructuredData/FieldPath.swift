// A path to a field, in the terms of structured-merge-diff: by name, by the keys of a list element, by value, by index.

/// A path from the root of an object to a field; the empty path is the object itself.
package struct FieldPath: Sendable, Hashable {
    package enum Element: Sendable, Hashable {
        /// A field of a map: `f:replicas`.
        case field(String)
        /// The element of an associative list with these key fields: `k:{"name":"web"}`; sorted by field name.
        case key([KeyField])
        /// The element of a set with this value, as canonical JSON: `v:"finalizer"`.
        case value(String)
        /// The element of an atomic list at this index, from 0: `i:0`.
        case index(Int)
    }

    /// One key field of an associative list's element: its name, and its value as canonical JSON (`"web"`, `8080`).
    package struct KeyField: Sendable, Hashable {
        package var name: String
        package var json: String
        package init(name: String, json: String) {
            self.name = name
            self.json = json
        }
    }

    package var elements: [Element]

    package init(_ elements: [Element] = []) { self.elements = elements }

    /// A path through maps only.
    package init(fields: String...) { elements = fields.map { .field($0) } }

    package var isRoot: Bool { elements.isEmpty }
    package func appending(_ element: Element) -> FieldPath { FieldPath(elements + [element]) }
    package func starts(with prefix: FieldPath) -> Bool { elements.starts(with: prefix.elements) }
}

extension FieldPath: CustomStringConvertible {
    /// As people read it: `spec.template.spec.containers[name=web].image`, `metadata.labels["a.b/c"]`, `args[0]`.
    package var description: String {
        var text = ""
        for element in elements {
            switch element {
            case .field(let name):
                let plain = !name.isEmpty && name.utf8.allSatisfy(FieldPath.isPlain)
                text += plain ? (text.isEmpty ? name : "." + name) : "[\"\(name)\"]"
            case .key(let fields):
                let shown = fields.map { field in
                    field.json.hasPrefix("\"") ? "\(field.name)=\(field.json.dropFirst().dropLast())" : "\(field.name)=\(field.json)"
                }
                text += "[" + shown.joined(separator: ",") + "]"
            case .value(let json): text += "[=\(json)]"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
