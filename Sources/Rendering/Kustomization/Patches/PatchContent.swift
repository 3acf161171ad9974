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
                guard let document = (try? text.documents(.kustomize))?.first else {
                    throw text.firstByte == UInt8(ascii: "[") ? error : mergeProblem
                }
                if document.list != nil { throw error }
                throw PatchContent.nameless(document) ?? mergeProblem
            }
        }
    }

    private static func nameless(_ document: Node) -> BuildProblem? {
        let hasKind = document["kind"]?.string?.isEmpty == false
        if hasKind, document.at("metadata", "name")?.text?.isEmpty == false { return nil }
        return BuildProblem(
            "this patch has no \(hasKind ? "metadata.name" : "kind"): a strategic merge patch says kind and metadata.name of what it is for "
                + "(beside a target any name will do), and a JSON patch is a list of operations", at: document.place)
    }

    /// The patches of a text, each with the name of what it is for.
    /// - Throws: ``BuildProblem`` where one of them is no object with kind and metadata.name.
    static func resources(_ text: PatchText) throws(BuildProblem) -> [Resource] {
        try Resource.all(of: try text.documents(.kustomize))
    }
}
