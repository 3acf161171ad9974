// The keys of ConfigMaps and Secrets.

extension Names {
    /// A key of `data`, `binaryData` or `stringData` (apimachinery's `IsConfigMapKey`).
    package static func dataKeyProblem(_ text: String) -> String? {
        let bytes = text.utf8
        if bytes.count > 253 { return "must be no more than 253 bytes long" }
        let isAllowed = bytes.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
        if bytes.isEmpty || !isAllowed { return "must consist of letters, digits, '-', '_' and '.'" }
        if bytes.elementsEqual(".".utf8) || bytes.starts(with: "..".utf8) { return "must not be '.' or begin with '..'" }
        return nil
    }
}
