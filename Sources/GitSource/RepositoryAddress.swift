// Where a repository is, checked before anything is started: scheme, host, port and path, and no secret in any of them.

import Glibc

/// A repository's address that keeps the rules.
struct RepositoryAddress: Sendable, Equatable {
    enum Scheme: String, Sendable { case local, https, http, ssh }
    var scheme: Scheme
    /// What the worker opens: an absolute path, or the URL as it was given.
    var location: String
    /// In lower case, without brackets; empty for local repositories.
    var host: String
    var port: Int
    /// The user of an ssh URL.
    var user: String?
    /// Equal for spellings of one address; names the cache.
    var canonical: String

    var isLocal: Bool { scheme == .local }

    /// Reads an address.
    /// - Throws: ``GitSourceError`` with `invalidURL`; it never quotes a part that could hold a password.
    init(_ text: String, policy: RepositoryPolicy) throws(GitSourceError) {
        guard !text.isEmpty else { throw Self.invalid("no repository is given") }
        guard text.utf8.count <= 4096, !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }) else {
            throw Self.invalid("the repository's address has control characters or is too long")
        }
        if let mark = text.firstRange(of: "://") {
            try self.init(scheme: text[..<mark.lowerBound].lowercased(), rest: text[mark.upperBound...], whole: text, policy)
        } else if Self.isLocalPath(text) {
            try self.init(path: text, policy)
        } else {
            try self.init(scpLike: text)
        }
    }

    private static func invalid(_ message: String) -> GitSourceError { GitSourceError(code: .invalidURL, message: message) }

    // MARK: Local

    /// As Git sees it: a colon before the first slash makes it `host:path`.
    private static func isLocalPath(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return true }
        return text[..<colon].contains("/")
    }

    private init(path: String, _ policy: RepositoryPolicy) throws(GitSourceError) {
        guard policy.allowsLocal else {
            throw Self.invalid("local repositories are not allowed here: give an https or ssh URL")
        }
        guard let resolved = realpath(path, nil) else {
            let first = path.prefix { $0 != "/" }
            let looksRemote = !path.hasPrefix("/") && !path.hasPrefix(".") && first.contains(".") && path.contains("/")
            let hint =
                looksRemote
                ? "; if it is a URL, write https:// before it" : path.hasPrefix("~") ? "; ~ is the shell's, write the whole path" : ""
            throw GitSourceError(code: .notARepository, message: "no repository at \(path): \(systemError())\(hint)")
        }
        defer { free(resolved) }
        scheme = .local
        location = String(cString: resolved)
        host = ""
        port = 0
        canonical = location
    }

    // MARK: Remote

    private init(scheme name: String, rest: Substring, whole: String, _ policy: RepositoryPolicy) throws(GitSourceError) {
        switch name {
        case "file":
            try self.init(fileURL: rest, policy)
        case "https", "ssh":
            try self.init(scheme: name == "ssh" ? .ssh : .https, rest: rest, whole: whole)
        case "http":
            guard policy.allowsPlainHTTP else {
                throw Self.invalid("http:// is refused, since anybody on the way could change what is applied: use https://")
            }
            try self.init(scheme: .http, rest: rest, whole: whole)
        case "git":
            throw Self.invalid("git:// is refused, since anybody on the way could change what is applied: use https:// or ssh://")
        default:
            throw Self.invalid("\(name.prefix(20)):// is no scheme that is read: use https://, ssh://, user@host:path or a local path")
        }
    }

    private init(fileURL rest: Substring, _ policy: RepositoryPolicy) throws(GitSourceError) {
        let host = rest.prefix { $0 != "/" }
        guard host.isEmpty || host == "localhost" else { throw Self.invalid("a file:// URL names a host: write file:///path") }
        guard let path = Self.percentDecoded(rest.dropFirst(host.count)), path.hasPrefix("/") else {
            throw Self.invalid("a file:// URL without an absolute path: write file:///path")
        }
        try self.init(path: path, policy)
    }

    private init(scheme: Scheme, rest: Substring, whole: String) throws(GitSourceError) {
        var authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count)
        if path.contains(where: { $0 == "?" || $0 == "#" }) {
            throw Self.invalid("a repository's URL has no query and no fragment: leave out everything from ? or # on")
        }
        user = nil
        if let at = authority.lastIndex(of: "@") {
            user = try Self.user(authority[..<at], scheme)
            authority = authority[authority.index(after: at)...]
        }
        let standard = scheme == .ssh ? 22 : scheme == .https ? 443 : 80
        (host, port) = try Self.hostAndPort(authority, standard: standard)
        try Self.check(path: path, scheme)
        self.scheme = scheme
        location = "\(scheme.rawValue)\(whole[whole.index(whole.startIndex, offsetBy: scheme.rawValue.count)...])"
        canonical = "\(scheme.rawValue)://\(host):\(port)\(path)"
    }

    private init(scpLike text: String) throws(GitSourceError) {
        guard let colon = text.firstIndex(of: ":") else { throw Self.invalid("not an address of a repository") }
        var before = text[..<colon]
        let path = text[text.index(after: colon)...]
        user = nil
        if let at = before.lastIndex(of: "@") {
            user = try Self.user(before[..<at], .ssh)
            before = before[before.index(after: at)...]
        }
        guard !path.contains("@") else {
            throw Self.invalid(
                "the address has a second part before an @, perhaps a password, which would end up in logs: write user@host:path")
        }
        if before.hasPrefix("[") { throw Self.invalid("brackets in user@host:path are not read: write ssh://user@host:port/path") }
        (host, port) = try Self.hostAndPort(before, standard: 22)
        try Self.check(path: path, .ssh)
        scheme = .ssh
        location = text
        canonical = "ssh://\(host):22/./\(path)"
    }

    // MARK: Parts

    private static func user(_ text: Substring, _ scheme: Scheme) throws(GitSourceError) -> String {
        guard scheme == .ssh else {
            throw invalid(
                "the URL has a user name or a password before @, which would end up in logs: leave it out and set BELAY_GIT_USERNAME and "
                    + "BELAY_GIT_PASSWORD, or BELAY_GIT_TOKEN")
        }
        guard !text.contains(":") else {
            throw invalid("the ssh URL has a password before @, which would end up in logs: leave it out and use a key")
        }
        let allowed = text.utf8.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        guard allowed, !text.isEmpty, !text.hasPrefix("-") else {
            throw invalid("the user name before @ has characters that are not allowed")
        }
        return String(text)
    }

    private static func hostAndPort(_ text: Substring, standard: Int) throws(GitSourceError) -> (String, Int) {
        var host = text
        var port = standard
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw invalid("the URL's host begins with [ and has no ]") }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw invalid("the URL has something between host and port") }
            port = try Self.port(tail.dropFirst(), standard)
            guard !host.isEmpty, host.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else {
                throw invalid("the URL's host is no IPv6 address")
            }
        } else {
            if let colon = text.firstIndex(of: ":") {
                host = text[..<colon]
                port = try Self.port(text[text.index(after: colon)...], standard)
            }
            try check(hostName: host)
        }
        guard !isForbidden(host.lowercased()) else {
            throw invalid("the URL's host is an address that no repository has (link-local, multicast or unspecified)")
        }
        return (host.lowercased(), port)
    }

    private static func check(hostName host: Substring) throws(GitSourceError) {
        guard !host.isEmpty else { throw invalid("the URL has no host") }
        guard host.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw invalid("the URL's host has letters beyond ASCII: write it in its punycode form (xn--…)")
        }
        let allowed = host.utf8.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
        guard allowed, host.utf8.count <= 253, !host.hasPrefix("-"), !host.hasPrefix(".") else {
            throw invalid("the URL's host has characters that no host name has")
        }
    }

    private static func port(_ text: Substring, _ standard: Int) throws(GitSourceError) -> Int {
        if text.isEmpty { return standard }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65535).contains(port) else {
            throw invalid("the URL's port is no number from 1 to 65535 (for a path after a colon write user@host:path, without ssh://)")
        }
        return port
    }

    /// The path of an ssh URL becomes part of a command line on the server.
    private static func check(path: Substring, _ scheme: Scheme) throws(GitSourceError) {
        guard path.contains(where: { $0 != "/" }) else { throw invalid("the URL has no path: which repository of this server?") }
        let parts = path.split(separator: "/")
        guard !parts.contains("..") else { throw invalid("the URL's path has a part ..") }
        let special: [UInt8] = Array("'\"`$\\!;&|<>(){}*?# ".utf8)
        if path.utf8.contains(where: { scheme == .ssh ? special.contains($0) : $0 == UInt8(ascii: "\\") || $0 == 0x20 }) {
            throw invalid("the URL's path has blanks, quotes or other characters that are not allowed")
        }
        guard !path.hasPrefix("-") else { throw invalid("the repository's path begins with -") }
    }

    /// Addresses that are never a Git server: the metadata service of clouds is the one that matters.
    private static func isForbidden(_ host: String) -> Bool {
        if host.hasPrefix("fe80:") || host.hasPrefix("ff") && host.contains(":") || host == "::" || host.contains("169.254.") {
            return true
        }
        var address = in_addr()
        guard inet_aton(host, &address) != 0 else { return false }
        let value = UInt32(bigEndian: address.s_addr)
        return value >> 24 == 0 || value >> 16 == 0xA9FE || value >> 28 == 0xE
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), value != 0 else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
