// The parts of a repository's URL that decide who is talked to.

import GitWire

extension WireRepository {
    var isSSH: Bool { !location.hasPrefix("https://") && !location.hasPrefix("http://") }

    /// Without port and brackets.
    var host: String { Self.server(of: location)?.host ?? "" }

    /// As `known_hosts` spells the server: `host`, or `[host]:port` for a port of its own.
    var knownHostsName: String {
        guard let server = Self.server(of: location) else { return "" }
        return server.port == "22" ? server.host : "[\(server.host)]:\(server.port)"
    }

    /// Whether a URL leads to the very server that was configured: same scheme, host and port.
    func isSameServer(as url: String) -> Bool {
        guard let configured = Self.server(of: location), let asked = Self.server(of: url) else { return false }
        return configured == asked
    }

    private struct Server: Equatable {
        var scheme: String
        var host: String
        var port: String
    }

    private static func server(of url: String) -> Server? {
        guard let mark = url.firstIndex(of: ":") else { return nil }
        var rest: Substring
        let scheme: String
        if url[mark...].hasPrefix("://") {
            scheme = url[..<mark].lowercased()
            rest = url[mark...].dropFirst(3).prefix { $0 != "/" }
        } else {
            scheme = "ssh"
            rest = url[..<mark]
        }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        let standard = ["https": "443", "http": "80", "ssh": "22"][scheme]
        guard var port = standard else { return nil }
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let tail = rest[rest.index(after: end)...]
            if tail.hasPrefix(":"), tail.count > 1 { port = String(tail.dropFirst()) }
            rest = rest[rest.index(after: rest.startIndex)..<end]
        } else if let colon = rest.lastIndex(of: ":") {
            if rest.index(after: colon) != rest.endIndex { port = String(rest[rest.index(after: colon)...]) }
            rest = rest[..<colon]
        }
        return rest.isEmpty ? nil : Server(scheme: scheme, host: rest.lowercased(), port: port)
    }
}
