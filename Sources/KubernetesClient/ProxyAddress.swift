// Whether a proxy stands between us and the API server: kubeconfig's `proxy-url`, else HTTPS_PROXY and NO_PROXY.

import AsyncHTTPClient
import Foundation

/// A proxy as a URL says it: http (CONNECT) or socks5.
struct ProxyAddress: Sendable {
    struct Problem: Error {
        var message: String
    }

    var url: String
    var client: HTTPClient.Configuration.Proxy

    init(_ text: String) throws(Problem) {
        url = text
        guard let separator = text.range(of: "://") else { throw Problem(message: "the proxy is no URL") }
        let scheme = text[..<separator.lowerBound].lowercased()
        var rest = text[separator.upperBound...]
        rest = rest[..<(rest.firstIndex(where: { "/?#".contains($0) }) ?? rest.endIndex)]
        var credentials: (user: String, password: String)?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).decodedPercents }
            credentials = (parts[0], parts.count > 1 ? parts[1] : "")
            rest = rest[rest.index(after: at)...]
        }
        guard let (host, port) = ServerAddress.hostAndPort(rest), (1...65_535).contains(port ?? 1) else {
            throw Problem(message: "the proxy's URL has no usable host and port")
        }
        switch scheme {
        case "http":
            client = .server(
                host: host, port: port ?? 80,
                authorization: credentials.map { .basic(username: $0.user, password: $0.password) })
        case "socks5", "socks5h":
            guard credentials == nil else { throw Problem(message: "a socks5 proxy with a password is not supported") }
            client = .socksServer(host: host, port: port ?? 1080)
        default: throw Problem(message: "proxies are spoken to by http:// or socks5://, not by \(scheme)://")
        }
    }

    /// kubeconfig's choice, or the environment's as curl, Go and kubectl read it; this machine is never reached through the latter.
    static func choose(
        configured: String?, for address: ServerAddress, environment: [String: String]
    ) throws(Problem) -> ProxyAddress? {
        if let configured { return try ProxyAddress(configured) }
        func value(_ name: String) -> String? {
            [environment[name], environment[name.lowercased()]].compactMap(\.self).first { !$0.isEmpty }
        }
        guard let proxy = value(address.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"), !address.isLoopback,
            !isExempt(address, by: value("NO_PROXY") ?? "")
        else { return nil }
        return try ProxyAddress(proxy.contains("://") ? proxy : "http://" + proxy)
    }

    /// Entries are hosts with all below them, addresses, IPv4 networks, or `*`; each may name a port.
    private static func isExempt(_ address: ServerAddress, by list: String) -> Bool {
        list.split(whereSeparator: { $0 == "," || $0 == " " }).contains { item in
            if item == "*" { return true }
            if let network = ipv4Network(item), let host = ipv4(Substring(address.host)) { return host & network.mask == network.base }
            guard let (name, port) = ServerAddress.hostAndPort(item), port.map({ $0 == address.port }) ?? true else {
                return address.host == item.lowercased()
            }
            var suffix = name.lowercased()
            if suffix.hasPrefix("*.") { suffix.removeFirst() }
            return suffix.hasPrefix(".") ? address.host.hasSuffix(suffix) : address.host == suffix || address.host.hasSuffix("." + suffix)
        }
    }

    private static func ipv4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let part else { return nil }
            value = value << 8 | UInt32(part)
        }
        return value
    }

    private static func ipv4Network(_ text: Substring) -> (base: UInt32, mask: UInt32)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = ipv4(parts[0]), let bits = UInt32(parts[1]), bits <= 32 else { return nil }
        let mask: UInt32 = bits == 0 ? 0 : ~UInt32(0) << (32 - bits)
        return (base & mask, mask)
    }
}

extension String {
    /// The text with its percent escapes decoded; what is no escape stays.
    fileprivate var decodedPercents: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let pair = String(rest.prefix(2)), pair.utf8.count == 2, let decoded = UInt8(pair, radix: 16) {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
