// The address of an API server, taken apart.

/// Scheme, host, port and path prefix of a server's URL. Only http and https, no user, query or fragment.
struct ServerAddress: Sendable, CustomStringConvertible {
    var isSecure: Bool
    /// Without brackets for IPv6, in lower case.
    var host: String
    var port: Int
    /// Empty, or with a slash at its start and none at its end.
    var pathPrefix: String

    /// - Returns: nil when the text is no such URL.
    init?(_ url: String) {
        let text: Substring
        if let rest = ServerAddress.dropPrefix("https://", from: url) {
            (isSecure, text) = (true, rest)
        } else if let rest = ServerAddress.dropPrefix("http://", from: url) {
            (isSecure, text) = (false, rest)
        } else {
            return nil
        }
        let allowed = text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value < 0x7F && !"?#@\\%\"<>^`{|}".unicodeScalars.contains($0)
        }
        guard allowed else { return nil }
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        var prefix = String(text[slash...])
        while prefix.hasSuffix("/") { prefix.removeLast() }
        guard !prefix.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else { return nil }
        pathPrefix = prefix
        guard let (host, port) = ServerAddress.hostAndPort(text[..<slash]) else { return nil }
        self.host = host.lowercased()
        self.port = port ?? (isSecure ? 443 : 80)
        guard (1...65_535).contains(self.port) else { return nil }
    }

    /// `host`, `host:port`, `[v6]` or `[v6]:port`.
    static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
        var host = text
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":"), host.contains(":") else { return nil }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { return nil }
        guard let portText else { return (String(host), nil) }
        guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText) else { return nil }
        return (String(host), port)
    }

    private static func dropPrefix(_ prefix: String, from text: String) -> Substring? {
        String(text.prefix(prefix.count)).hasSameLetters(as: prefix) ? text.dropFirst(prefix.count) : nil
    }

    var isLoopback: Bool { ServerAddress.isLoopback(host: host) }

    static func isLoopback(host: String) -> Bool {
        if host == "localhost" || host == "localhost." || host.hasSuffix(".localhost") || host == "::1" || host == "0:0:0:0:0:0:0:1" {
            return true
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The host as it stands in a URL.
    static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// `host:port`.
    var description: String { "\(ServerAddress.bracketed(host)):\(port)" }
}
