// Where a server listens, as a person writes it: `127.0.0.1:8081`, `[::1]:8081`, `:8081`.

/// A host to listen on, and a port of it.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A name or an address, IPv6 without brackets.
    package var host: String
    /// 0 takes a free one.
    package var port: Int

    /// A port of this machine alone.
    package static func loopback(_ port: UInt16) -> ListenAddress { ListenAddress(host: "127.0.0.1", port: Int(port)) }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// What is no address.
    package struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    /// Reads `HOST:PORT`; without a host (`:8081`) all IPv4 addresses of the machine are meant, `[::]:8081` are all.
    /// - Throws: ``Invalid`` with what is wrong.
    package init(_ text: String) throws(Invalid) {
        guard let colon = text.lastIndex(of: ":") else { throw Self.invalid(text, "the port is missing") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
            throw Self.invalid(text, "the port is no number from 0 to 65535")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw Self.invalid(text, "brackets are for IPv6 addresses") }
        } else if host.contains(":") {
            throw Self.invalid(text, "an IPv6 address stands in brackets")
        }
        let isName = host.utf8.allSatisfy { byte in
            (0x30...0x3A).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "%"), UInt8(ascii: "_")].contains(byte)
        }
        guard isName else { throw Self.invalid(text, "this is no name of a host") }
        self.host = host.isEmpty ? "0.0.0.0" : String(host)
        self.port = Int(port)
    }

    package var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    private static func invalid(_ text: String, _ reason: String) -> Invalid {
        Invalid(description: "\(text.debugDescription) is no address to listen on: \(reason); write HOST:PORT, for example 127.0.0.1:8081")
    }
}
