// The spelling of Prometheus' text format 0.0.4: names, labels, numbers, lines.

/// Pieces of the text format.
enum PrometheusText {
    /// A name of a metric: what may not stand there becomes `_`.
    static func name(_ text: String) -> String { spelled(text, allowsColon: true) }

    /// Labels in order of their names, without braces. Of two with one name the first stays.
    /// - Parameter reserved: a name that the format itself uses; given as a label it is called `exported_…`, as Prometheus does it.
    static func labels(_ pairs: [(String, String)], reserved: String? = nil) -> String {
        var values: [String: String] = [:]
        for (name, value) in pairs {
            var name = spelled(name, allowsColon: false)
            if name == reserved || name.hasPrefix("__") { name = "exported_" + name.drop { $0 == "_" } }
            if values[name] == nil { values[name] = value }
        }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    private static func spelled(_ text: String, allowsColon: Bool) -> String {
        var bytes = text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): byte
            case UInt8(ascii: ":") where allowsColon: byte
            default: UInt8(ascii: "_")
            }
        }
        if bytes.first.map({ (0x30...0x39).contains($0) }) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lines before the series of a name.
    static func header(_ name: String, _ kind: String, _ help: String?) -> String {
        let words = help ?? name.replacing("_", with: " ")
        return "# HELP \(name) \(escaped(words, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    static func line(_ name: String, _ labels: String, _ value: Double) -> String {
        name + (labels.isEmpty ? "" : "{\(labels)}") + " \(number(value))\n"
    }

    /// Whole numbers without a point, others with as many digits as they need.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.magnitude < 1e15, let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
