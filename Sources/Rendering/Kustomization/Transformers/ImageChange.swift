// One entry of `images`: which images it is about, and what it makes of them.

import StructuredData

/// By reference: it is carried through whole objects.
final class ImageChange {
    private let arguments: ImageArguments
    private let pattern: Pattern
    private let limits: BuildLimits
    /// The line that the new image comes from; nil: the entry changes nothing.
    private let place: SourceLocation?

    private enum Pattern {
        /// A name; a dot stands for any character.
        case name([UInt8])
        case expression(CountedPattern)
    }

    /// - Throws: ``BuildProblem`` where the name is a regular expression that does not hold.
    init(_ arguments: ImageArguments, _ limits: BuildLimits) throws(BuildProblem) {
        self.limits = limits
        self.arguments = arguments
        place = (arguments.newTag ?? arguments.digest ?? arguments.tagSuffix ?? arguments.newName)?.place
        let name = arguments.name.text
        if name.utf8.allSatisfy({ !ImageChange.signs.contains($0) }) {
            pattern = .name(Array(name.utf8))
            return
        }
        do throws(PatternProgram.Failure) {
            let rest = "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?\\z"
            pattern = .expression(try CountedPattern("^\(name)\(rest)", limits, at: arguments.name.place))
        } catch {
            throw BuildProblem(
                "name is \(quotedForPeople(name)), which is read as a regular expression and is none: \(error.reason)",
                at: arguments.name.place)
        }
    }

    private static let signs = Set(#"\+*?()|[]{}^$"#.utf8)

    /// - Throws: ``BuildProblem`` where the new image is too long.
    func apply(to node: inout Node) throws(BuildProblem) {
        guard let image = node.text, matches(image) else { return }
        let new = changed(image)
        try limits.add(textOf: new.utf8.count, "an image", at: place ?? arguments.name.place)
        // An entry that says nothing new still takes an empty tag away.
        if let place = place ?? (new == image ? nil : arguments.name.place) { node.replace(with: .string(new), at: place) }
    }

    private func matches(_ image: String) -> Bool {
        switch pattern {
        case .expression(let pattern): return pattern.matches(image)
        case .name(let name):
            guard limits.mayWork(image.utf8.count, at: arguments.name.place) else { return false }
            var rest = Array(image.utf8)[...]
            guard ImageChange.takes(name, from: &rest) else { return false }
            if rest.first == UInt8(ascii: ":") { ImageChange.skipTag(&rest) }
            if rest.starts(with: Array("@sha256:".utf8)) {
                rest = rest.dropFirst(7)
                ImageChange.skipTag(&rest)
            }
            return rest.isEmpty
        }
    }

    private static func takes(_ name: [UInt8], from rest: inout ArraySlice<UInt8>) -> Bool {
        for wanted in name {
            guard let byte = rest.popFirst(), byte == wanted || (wanted == UInt8(ascii: ".") && byte < 0x80) else { return false }
        }
        return true
    }

    /// Past a colon and what may stand in a tag.
    private static func skipTag(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.dropFirst().drop { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// A new tag or digest takes the place of both; a suffix that of the digest alone.
    private func changed(_ image: String) -> String {
        var (name, tag, digest) = ImageChange.split(image)
        if let newName = arguments.newName { name = newName.text }
        if arguments.newTag != nil || arguments.digest != nil {
            tag = arguments.newTag?.text ?? ""
            digest = arguments.digest?.text ?? ""
        } else if let suffix = arguments.tagSuffix {
            tag += suffix.text
            digest = ""
        }
        return name + (tag.isEmpty ? "" : ":" + tag) + (digest.isEmpty ? "" : "@" + digest)
    }

    /// `registry:5000/shop/web:1.2@sha256:…`: a colon before the first slash is a port.
    static func split(_ image: String) -> (name: String, tag: String, digest: String) {
        let bytes = Array(image.utf8)
        let start = bytes.firstIndex(of: UInt8(ascii: "/")) ?? 0
        let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":"))
        let at = bytes[start...].firstIndex(of: UInt8(ascii: "@"))
        func text(_ range: some RangeExpression<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch (colon, at) {
        case (nil, nil): return (image, "", "")
        case (nil, let at?): return (text(..<at), "", text((at + 1)...))
        case (let colon?, nil): return (text(..<colon), text((colon + 1)...), "")
        case (let colon?, let at?):
            if at < colon { return (text(..<at), "", text((at + 1)...)) }
            return (text(..<colon), text((colon + 1)..<at), text((at + 1)...))
        }
    }
}
