// The scalars of JSON: strings, with their escapes and strict UTF-8, and numbers, with their exact grammar.

extension JSONReader {
    /// Reads the string whose opening quote is to come.
    mutating func string(isKey: Bool) throws(Failure) -> String {
        let quote = position
        position += 1
        let start = position
        var high: UInt8 = 0
        skipPlainBytes(&high)
        guard next == UInt8(ascii: "\"") else { return try stringWithEscapes(from: start, quote: quote) }
        let bytes = UnsafeBufferPointer(rebasing: text[start..<position])
        position += 1
        try checkSize(bytes.count, at: quote)
        if high < 0x80 { return isKey ? keys.string(bytes) : String(decoding: bytes, as: UTF8.self) }
        if let string = String(validating: bytes, as: UTF8.self) { return string }
        throw notUTF8(bytes, from: start)
    }

    /// Moves on to the next quote, backslash or control character, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlainBytes(_ high: inout UInt8) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let raw = UnsafeRawBufferPointer(text)
        while position &+ 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quotes = word ^ (ones &* 0x22)
            let slashes = word ^ (ones &* 0x5C)
            let stops = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((word &- (ones &* 0x20)) & ~word)
            if stops & tops != 0 { break }
            if word & tops != 0 { high = 0x80 }
            position &+= 8
        }
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            high |= byte
            position &+= 1
        }
    }

    private mutating func stringWithEscapes(from start: Int, quote: Int) throws(Failure) -> String {
        var bytes: [UInt8] = []
        var high: UInt8 = 0
        var runStart = start
        while true {
            bytes.append(contentsOf: text[runStart..<position])
            switch next {
            case UInt8(ascii: "\""):
                let source = UnsafeBufferPointer(rebasing: text[start..<position])
                position += 1
                try checkSize(bytes.count, at: quote)
                if let string = String(validating: bytes, as: UTF8.self) { return string }
                throw notUTF8(source, from: start)
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            default:
                if isAtEnd { throw failure("this string has no closing quote", at: quote) }
                if next == 0x0A || next == 0x0D {
                    throw failure("a line break inside of a string must be written \\n (or the closing quote is missing)")
                }
                throw failure("a control character inside of a string must be escaped; found 0x" + String(next, radix: 16))
            }
            runStart = position
            skipPlainBytes(&high)
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Failure) {
        let place = position
        position += 1
        let letter = next
        position = min(position + 1, text.count)
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "u"):
            var scalar = try fourDigits(of: place)
            if scalar & 0xFC00 == 0xD800 {
                guard next == UInt8(ascii: "\\"), position + 1 < text.count, text[position + 1] == UInt8(ascii: "u") else {
                    throw failure("half of a surrogate pair: a second \\u escape must follow", at: place)
                }
                position += 2
                let low = try fourDigits(of: place)
                guard low & 0xFC00 == 0xDC00 else { throw failure("half of a surrogate pair: the second half does not fit", at: place) }
                scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(scalar) else {
                throw failure("half of a surrogate pair: the first half is missing", at: place)
            }
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw failure("unknown escape; a backslash itself is written \\\\", at: place)
        }
    }

    private mutating func fourDigits(of place: Int) throws(Failure) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Unicode.Scalar(next).hexadecimalDigit else {
                throw failure("\\u must be followed by four hexadecimal digits", at: place)
            }
            number = number << 4 | UInt32(digit)
            position += 1
        }
        return number
    }

    @inline(__always)
    private func checkSize(_ size: Int, at place: Int) throws(Failure) {
        if size > rules.scalarSize {
            throw failure("this string has \(size) bytes; at most \(rules.scalarSize) are read", at: place, kind: .limit)
        }
    }

    private func notUTF8(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Failure {
        failure("the text is not UTF-8; save it as UTF-8", at: start + (UTF8Check.firstInvalid(bytes) ?? 0), kind: .meaning)
    }

    /// Reads the number whose first character is to come.
    mutating func number() throws(Failure) -> Value {
        let start = position
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { position += 1 }
        guard isDigit(next) else { throw unexpected("a digit") }
        var magnitude: UInt64 = 0
        var fits = true
        let firstDigit = position
        while isDigit(next) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(next & 0x0F))
            if overflow || carry { fits = false }
            magnitude = sum
            position += 1
        }
        if text[firstDigit] == UInt8(ascii: "0") && position > firstDigit + 1 {
            throw failure("a number must not begin with 0", at: start)
        }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits("after the point")
        }
        if next | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits("in the exponent")
        }
        if isInteger && fits {
            if !isNegative { return magnitude <= UInt64(Int64.max) ? .int(Int64(magnitude)) : .uint(magnitude) }
            if magnitude <= UInt64(Int64.max) { return .int(-Int64(magnitude)) }
            if magnitude == 1 << 63 { return .int(.min) }
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        guard let double = Double(digits), double.isFinite else {
            throw failure("this number is out of range", at: start, kind: .meaning)
        }
        return .double(double)
    }

    private mutating func digits(_ place: String) throws(Failure) {
        guard isDigit(next) else { throw unexpected("a digit \(place)") }
        while isDigit(next) { position += 1 }
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

extension Unicode.Scalar {
    /// 0 to 15 for a hexadecimal digit, nil for everything else.
    var hexadecimalDigit: UInt8? {
        switch value {
        case 0x30...0x39: UInt8(value - 0x30)
        case 0x41...0x46: UInt8(value - 0x41 + 10)
        case 0x61...0x66: UInt8(value - 0x61 + 10)
        default: nil
        }
    }
}
