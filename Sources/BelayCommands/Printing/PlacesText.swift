// Where an object comes from, field by field: the file that holds it, and what overlays, patches, generators and transformers set.

import KubernetesModel
import StructuredData

/// Lines of `belay render -o wide`: names and places, never values.
struct PlacesText {
    var style: Style

    /// `Deployment shop/web   base/web.yaml:1`, then a line for each field that does not stand there as it was first written.
    func lines(_ object: DesiredObject) -> [String] {
        let name = object.key.namespace.map { "\($0)/\(object.key.name)" } ?? object.key.name
        let heading =
            style.paint(Printable.text("\(object.key.kind) \(name)"), .bold) + "   " + Printable.text(object.location.shown)
        let rows = fields(object).map { (Printable.text($0.path.description), Printable.text($0.place)) }
        let width = rows.map { TextTable.width($0.0) }.max() ?? 0
        return [heading]
            + rows.map { path, place in
                "  " + path + String(repeating: " ", count: width - TextTable.width(path) + 2) + place
            }
    }

    private struct Field {
        var path: FieldPath
        var place: String
    }

    /// The fields with a value of their own that stand in another file than the object, took the place of others, or were made; of what a
    /// generator made all that stand on another line. In their order.
    private func fields(_ object: DesiredObject) -> [Field] {
        guard let document = object.document else { return [] }
        var walk = Walk(object: object.location, places: document.locations.all[...], former: document.locations)
        walk.visit(document.value, FieldPath())
        return walk.fields
    }

    private struct Walk {
        let object: SourceLocation
        var places: ArraySlice<SourceLocation>
        let former: NodeLocations
        var index = 0
        var fields: [Field] = []

        /// Whether the object itself stands in a kustomization.
        var isGenerated: Bool {
            let name = object.file.split(separator: "/").last ?? ""
            return ["kustomization.yaml", "kustomization.yml", "Kustomization"].contains { $0 == name }
        }

        mutating func visit(_ value: Value, _ path: FieldPath) {
            guard let place = places.popFirst() else { return }
            let former = former.formerLocations(at: index)
            index += 1
            switch value {
            case .object(let object) where !object.isEmpty:
                for entry in object.entries { visit(entry.value, path.appending(.field(entry.key))) }
            case .array(let array) where !array.isEmpty:
                let names = array.map { $0["name"]?.string }
                let areNamed = !names.contains(nil) && Set(names).count == names.count
                for (position, element) in array.enumerated() {
                    let name = areNamed ? names[position] : nil
                    let step = name.map { FieldPath.Element.key([.init(name: "name", json: "\"\($0)\"")]) } ?? .index(position)
                    visit(element, path.appending(step))
                }
            default:
                let isInPlace = place.file == object.file && (!isGenerated || place.line == object.line)
                guard !former.isEmpty || !isInPlace else { return }
                let was = former.isEmpty ? "" : ", before: " + former.map(\.shown).joined(separator: ", ")
                fields.append(Field(path: path, place: place.shown + was))
            }
        }
    }
}

extension SourceLocation {
    /// `file:line`, the file alone where no line is known, or `generated` for what nobody wrote.
    var shown: String {
        if file.isEmpty { return "generated" }
        return line > 0 ? "\(file):\(line)" : file
    }
}
