// Who holds a field that we wanted to set: the causes of a 409 answer.

import KubernetesModel

/// Reads the causes of a 409 from server-side apply.
enum FieldManagerConflict {
    /// `conflict with "kubectl" with subresource "scale" using apps/v1`: the quotes are Go's, ` using …` stands for an Update only.
    static func read(_ cause: Status.Cause) -> ClientError.FieldConflict? {
        guard cause.reason == "FieldManagerConflict" else { return nil }
        var rest = cause.message[...].unicodeScalars
        guard cause.message.hasPrefix("conflict with "), let manager = quoted(&rest) else {
            return ClientError.FieldConflict(path: cause.field, manager: "")
        }
        var subresource: String?
        if String(rest).hasPrefix(" with subresource ") { subresource = quoted(&rest) }
        return ClientError.FieldConflict(
            path: cause.field, manager: manager, subresource: subresource, byUpdate: String(rest).hasPrefix(" using "))
    }

    /// Takes all up to and including the next text in Go's double quotes, and unquotes it.
    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        guard let open = rest.firstIndex(of: "\"") else { return nil }
        rest = rest[rest.index(after: open)...]
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return String(text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "x": text.append(hexadecimal(&rest, digits: 2))
            case "u": text.append(hexadecimal(&rest, digits: 4))
            case "U": text.append(hexadecimal(&rest, digits: 8))
            case let other?: text.append(other)
            case nil: return nil
            }
        }
        return nil
    }

    private static func hexadecimal(_ rest: inout Substring.UnicodeScalarView, digits: Int) -> Unicode.Scalar {
        let text = String(String.UnicodeScalarView(rest.prefix(digits)))
        rest = rest.dropFirst(digits)
        return UInt32(text, radix: 16).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
    }
}
