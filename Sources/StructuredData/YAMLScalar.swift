// What a plain YAML scalar means, exactly as kubectl takes it: YAML 1.1 as go-yaml reads it, and JSON behind that.

/// The meaning of a scalar before it becomes JSON.
enum YAMLScalar: Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    /// May be infinite or not a number, which JSON cannot say.
    case float(Double)
    case string

    /// The meaning of an untagged plain scalar.
    static func plain(_ text: UnsafeBufferPointer<UInt8>, _ dialect: YAMLDialect = .kubectl) -> YAMLScalar {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            if first == UInt8(ascii: "+") || first == UInt8(ascii: "-"), let word = word(text) { return word }
            return YAMLNumber.read(text)
        case UInt8(ascii: "."):
            return word(text) ?? YAMLNumber.readFraction(text)
        case UInt8(ascii: "~"), UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
            if dialect == .kustomize, isOnlyKubectls(text) { return .string }
            return word(text) ?? .string
        default: return .string
        }
    }

    /// `y`, `yes`, `on` and their opposites: booleans of YAML 1.1 alone.
    private static func isOnlyKubectls(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch text.first.map({ $0 | 0x20 }) {
        case UInt8(ascii: "y"), UInt8(ascii: "o"): true
        case UInt8(ascii: "n"): text.count <= 2
        default: false
        }
    }

    /// The words with a meaning, each in the three spellings that count.
    private static func word(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar? {
        guard text.count <= 5 else { return nil }
        switch String(decoding: text, as: UTF8.self) {
        case "~", "null", "Null", "NULL": return .null
        case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE": return .bool(true)
        case "n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        default: return nil
        }
    }

    /// The value that goes over the wire; nil for a number that JSON cannot say.
    ///
    /// - Parameter text: the scalar's text, made only when it is needed.
    func value(_ text: @autoclosure () -> String) -> Value? {
        switch self {
        case .null: return .null
        case .bool(let bool): return .bool(bool)
        case .int(let int): return .int(int)
        case .uint(let uint): return YAMLScalar.overTheWire(Double(uint))
        case .float(let double):
            guard double.isFinite else { return nil }
            return YAMLScalar.overTheWire(double)
        case .string: return .string(text())
        }
    }

    /// kubectl writes a float as JSON and reads that again: what it wrote without point and exponent is an integer then.
    private static func overTheWire(_ double: Double) -> Value {
        let text = String(decoding: NumberText.json(double), as: UTF8.self)
        if let int = Int64(text) { return .int(int) }
        if let uint = UInt64(text) { return .uint(uint) }
        return .double(double)
    }

    /// The key that a scalar in key position becomes; nil for those that kubectl refuses as keys.
    func key(_ text: @autoclosure () -> String) -> String? {
        switch self {
        case .null, .uint: nil
        case .bool(let bool): bool ? "true" : "false"
        case .int(let int): String(int)
        case .float(let double): NumberText.key(double)
        case .string: text()
        }
    }
}
