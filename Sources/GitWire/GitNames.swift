// The rules that names must keep before they reach libgit2, checked on both sides of the pipe; and how names are shown.

/// Checks and spellings of what comes from outside.
package enum GitNames {
    /// Whether `git check-ref-format` takes this as a full ref (`refs/…`). Stricter in one point: no part begins with `-`.
    package static func isFullReference(_ name: String) -> Bool {
        name.utf8.starts(with: "refs/".utf8) && isReferencePath(name) && name.utf8.dropFirst(5).contains { $0 != 0x2F }
    }

    /// Whether this may stand behind `refs/heads/` or `refs/tags/`.
    package static func isShortReference(_ name: String) -> Bool { isReferencePath(name) }

    /// 40 hexadecimal digits, in either case.
    package static func isObjectID(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy(isHexadecimal)
    }

    /// 4 to 39 hexadecimal digits: what people type for a commit, and what is never resolved.
    package static func isAbbreviatedObjectID(_ text: String) -> Bool {
        (4..<40).contains(text.utf8.count) && text.utf8.allSatisfy(isHexadecimal)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isReferencePath(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard !bytes.isEmpty, bytes.count <= 1024, bytes.last != UInt8(ascii: "."), name != "@" else { return false }
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case 0...0x20, 0x7F: return false
            case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "["),
                UInt8(ascii: "\\"):
                return false
            case UInt8(ascii: ".") where previous == byte: return false
            case UInt8(ascii: "{") where previous == UInt8(ascii: "@"): return false
            default: previous = byte
            }
        }
        return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first else { return false }
            return first != UInt8(ascii: ".") && first != UInt8(ascii: "-") && !part.elementsEqual(".lock".utf8)
                && !part.suffix(5).elementsEqual(".lock".utf8)
        }
    }

    /// Whether a path names something inside a repository: relative, without empty parts, `.`, `..`, backslashes and control characters.
    ///
    /// The empty path is the repository's root.
    package static func isInnerPath(_ path: String) -> Bool {
        if path.isEmpty { return true }
        let bytes = Array(path.utf8)
        guard bytes.count <= 4096, !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else { return false }
        return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        }
    }

    /// The names that a kustomization's file may have.
    package static let kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// Whether a file of this name is read: a manifest, or what Rendering must name as not supported.
    package static func isManifest(_ name: some Collection<UInt8>) -> Bool {
        for ending in [".yaml", ".yml", ".json"] where name.count > ending.utf8.count {
            if name.suffix(ending.utf8.count).elementsEqual(ending.utf8) { return true }
        }
        return name.elementsEqual("Kustomization".utf8)
    }

    /// The text for people: bytes that are no UTF-8, control characters and those that turn the direction of writing stand as `\xNN`.
    package static func printable(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.utf8.elementsEqual(bytes), text.unicodeScalars.allSatisfy(isHarmless) { return text }
        var result = ""
        var rest = Array(bytes)[...]
        while let first = rest.first {
            if let scalar = leadingScalar(rest), isHarmless(scalar) {
                result.unicodeScalars.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                result += (first < 16 ? "\\x0" : "\\x") + String(first, radix: 16, uppercase: true)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private static func leadingScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var decoder = UTF8()
        var iterator = bytes.prefix(4).makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
        return nil
    }

    /// One line of text from outside (a commit's subject, an author, a server's message): control characters become blanks, at most
    /// `limit` characters.
    package static func line(_ text: String, limit: Int = 500) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if result.count == limit { return String(result) + "…" }
            if isHarmless(scalar) {
                result.append(scalar)
            } else if result.last != " " {
                result.append(" ")
            }
        }
        while result.last == " " { result.removeLast() }
        return String(result)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }
}

extension UTF8 {
    /// The number of bytes of a scalar.
    fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x80: 1
        case ..<0x800: 2
        case ..<0x10000: 3
        default: 4
        }
    }
}
