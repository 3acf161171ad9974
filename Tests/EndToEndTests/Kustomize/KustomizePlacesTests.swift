// Where a field is said to come from is where it comes from: who changes that line changes the field.

import StructuredData
import TestSupport
import Testing

@testable import Rendering

@Suite(.timeLimit(.minutes(10))) struct KustomizePlacesTests {
    /// A text or number of a built object, with the place that is named for it.
    private struct Field {
        var object: Int
        var path: FieldPath
        var value: Value
        var place: StructuredData.SourceLocation
    }

    /// How many fields of each tree are tried, chosen by a seed.
    private static let sample = 6

    @Test(arguments: KustomizeTree.topics) func changingTheNamedLineChangesTheField(_ topic: String) throws {
        var random = SeededGenerator(seed: 20)
        var tried = 0
        var unchanged: [String] = []
        for tree in try KustomizeTree.trees(about: topic) {
            guard case .success(let documents) = tree.build() else { continue }
            for field in fields(of: documents).shuffled(using: &random).prefix(Self.sample) {
                guard let changed = change(field, in: tree) else { continue }
                tried += 1
                guard case .success(let after) = changed.build(), after.indices.contains(field.object),
                    after[field.object].value.value(at: field.path) == field.value
                else { continue }
                unchanged.append("\(tree.name): \(field.path) from \(field.place)")
            }
        }
        #expect(unchanged.count * 20 <= tried, "\(unchanged.count) of \(tried) stayed: \(unchanged.prefix(20))")
        #expect(tried > 0)
    }

    private func fields(of documents: [YAMLDocument]) -> [Field] {
        var fields: [Field] = []
        for (number, document) in documents.enumerated() {
            func walk(_ value: Value, _ path: FieldPath) {
                switch value {
                case .object(let object): for entry in object.entries { walk(entry.value, path.appending(.field(entry.key))) }
                case .array(let array): for (index, element) in array.enumerated() { walk(element, path.appending(.index(index))) }
                default:
                    guard let place = document.locations.location(of: path, in: document.value), !place.file.isEmpty else { return }
                    fields.append(Field(object: number, path: path, value: value, place: place))
                }
            }
            walk(document.value, FieldPath())
        }
        return fields
    }

    /// The tree with another text where the field's value stands in its line; nil where the line does not show it.
    private func change(_ field: Field, in tree: KustomizeTree) -> KustomizeTree? {
        let shown: String
        switch field.value {
        case .string(let text): shown = text
        case .int(let int): shown = String(int)
        default: return nil
        }
        // apiVersion and kind say what an object is: with others it is another object.
        guard let bytes = tree.files[field.place.file], !shown.isEmpty, shown.utf8.allSatisfy(isPlain),
            field.path != FieldPath(fields: "kind"), field.path != FieldPath(fields: "apiVersion")
        else { return nil }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let index = field.place.line - 1
        guard lines.indices.contains(index) else { return nil }
        let start = lines[index].index(lines[index].startIndex, offsetBy: max(0, field.place.column - 1), limitedBy: lines[index].endIndex)
        guard let start, let found = lines[index].lastRange(of: shown, from: start) else { return nil }
        lines[index].replaceSubrange(found, with: shown + "9")
        var changed = tree
        changed.files[field.place.file] = Array(lines.joined(separator: "\n").utf8)
        return changed
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-_./:".utf8.contains(byte)
    }
}

extension String {
    /// The first place of a text behind a position, past the key that may stand there.
    fileprivate func lastRange(of text: String, from start: String.Index) -> Range<String.Index>? {
        let rest = self[start...]
        let colon = rest.firstIndex(of: ":").flatMap { rest[$0...].dropFirst().first == " " ? self.index(after: $0) : nil } ?? start
        return self[colon...].firstRange(of: text) ?? rest.firstRange(of: text)
    }
}
