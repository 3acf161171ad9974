// What a patch's text is: strategic merge patches, or a JSON patch.

import StructuredData

enum PatchContent {
    case merge([Resource])
    case json(JSONPatch)

    /// Kustomize reads the text both ways and takes what works.
    /// - Throws: ``BuildProblem`` where neither does.
    init(_ text: PatchText) throws(BuildProblem) {
        do throws(BuildProblem) {
            self = .merge(try PatchContent.resources(text))
        } catch let mergeProblem {
            do throws(BuildProblem) {
                self = .json(try JSONPatch(text))
            } catch {
                let isList = (try? text.documents(.kustomize))?.first?.list != nil || text.firstByte == UInt8(ascii: "[")
                throw isList ? error : mergeProblem
            }
        }
    }

    /// The patches of a text, each with the name of what it is for.
    /// - Throws: ``BuildProblem`` where one of them is no object with kind and metadata.name.
    static func resources(_ text: PatchText) throws(BuildProblem) -> [Resource] {
        let documents = try text.documents(.kustomize).filter { node in
            switch node.content {
            case .scalar(let value): !value.isNull
            case .list(let list): !list.isEmpty
            case .map(let map): !map.isEmpty
            }
        }
        return try Resource.all(of: documents)
    }
}
