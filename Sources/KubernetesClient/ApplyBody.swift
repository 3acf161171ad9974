// The body of a server-side apply: JSON that survives the API server's YAML reader.

import StructuredData

/// `application/apply-patch+yaml` is read as YAML 1.1 even when it is JSON [measured on 1.36.2]: a raw U+0085 in a string becomes a
/// space, DEL and the C1 controls are refused. Escaped they come through, so they are escaped; everything else goes as it is, since
/// escaped surrogate pairs are refused too.
enum ApplyBody {
    static func bytes(of value: Value) -> [UInt8] {
        let json = JSON.write(value)
        guard json.contains(where: { $0 >= 0x7F }) else { return json }
        var result: [UInt8] = []
        result.reserveCapacity(json.count + 64)
        var rest = json[...]
        while let first = rest.first {
            let escape: String? =
                switch (first, rest.dropFirst().first, rest.dropFirst(2).first) {
                case (0x7F, _, _): "\\u007f"
                case (0xC2, let second?, _) where second < 0xA0: "\\u00" + String(second, radix: 16)
                case (0xE2, 0x80, 0xA8): "\\u2028"
                case (0xE2, 0x80, 0xA9): "\\u2029"
                case (0xEF, 0xBB, 0xBF): "\\ufeff"
                case (0xEF, 0xBF, 0xBE): "\\ufffe"
                case (0xEF, 0xBF, 0xBF): "\\uffff"
                default: nil
                }
            if let escape {
                result.append(contentsOf: escape.utf8)
                rest = rest.dropFirst(first == 0x7F ? 1 : first == 0xC2 ? 2 : 3)
            } else {
                result.append(first)
                rest.removeFirst()
            }
        }
        return result
    }
}
