// The keys that ssh servers may show, as OpenSSH's known_hosts files have them.

import Crypto
import Foundation
import GitWire
import Glibc

/// What the files say about one server.
struct KnownHosts: Sendable, Equatable {
    /// Keys of the server, in the order of the files; revoked ones are left out.
    var keys: [WireRepository.HostKey] = []
    /// Keys that this server must never show.
    var revoked: [WireRepository.HostKey] = []
    /// Certificate authorities are named for the server, which libssh2 does not know.
    var hasAuthority = false

    init() {}

    /// Reads the text of a file: the lines that name `host` at `port`, plainly, by pattern or hashed.
    ///
    /// Lines that cannot be read are passed over, as OpenSSH does it.
    mutating func add(_ text: String, host: String, port: Int) {
        let names = port == 22 ? [host] : ["[\(host)]:\(port)"]
        for line in text.split(whereSeparator: \.isNewline) {
            var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            var marker: Substring?
            if first.hasPrefix("@") { marker = fields.popFirst() }
            guard fields.count >= 3, let patterns = fields.popFirst(), let type = fields.popFirst(), let base64 = fields.popFirst() else {
                continue
            }
            guard names.contains(where: { Self.matches(patterns, $0) }) else { continue }
            let key = WireRepository.HostKey(type: String(type), base64: String(base64))
            switch marker {
            case "@cert-authority": hasAuthority = true
            case "@revoked": revoked.append(key)
            case nil: keys.append(key)
            default: continue
            }
        }
        keys.removeAll { key in revoked.contains { $0.base64 == key.base64 } }
    }

    /// `SHA256:…` of a key, as `ssh-keygen -l` prints it.
    static func fingerprint(of key: WireRepository.HostKey) -> String? {
        guard let data = Data(base64Encoded: key.base64) else { return nil }
        var text = Data(SHA256.hash(data: data)).base64EncodedString()
        while text.hasSuffix("=") { text.removeLast() }
        return "SHA256:" + text
    }

    // MARK: Patterns

    private static func matches(_ patterns: Substring, _ name: String) -> Bool {
        if patterns.hasPrefix("|") { return matchesHash(patterns, name) }
        var isNamed = false
        for pattern in patterns.split(separator: ",") {
            if pattern.hasPrefix("!") {
                if wildcard(Array(pattern.dropFirst().lowercased().utf8), Array(name.utf8)) { return false }
            } else if wildcard(Array(pattern.lowercased().utf8), Array(name.utf8)) {
                isNamed = true
            }
        }
        return isNamed
    }

    /// `|1|salt|HMAC-SHA1(salt, name)`, both base64.
    private static func matchesHash(_ field: Substring, _ name: String) -> Bool {
        let parts = field.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "1", let salt = Data(base64Encoded: String(parts[2])),
            let hash = Data(base64Encoded: String(parts[3]))
        else { return false }
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Data(name.utf8), using: SymmetricKey(data: salt))
        return Data(code) == hash
    }

    /// `*` for any characters, `?` for one. Linear: after a mismatch only the last `*` is tried again.
    private static func wildcard(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (inPattern, inName) = (0, 0)
        var (star, resume) = (-1, 0)
        while inName < name.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                (star, resume) = (inPattern, inName)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "?") || pattern[inPattern] == name[inName] {
                inPattern += 1
                inName += 1
            } else if star >= 0 {
                resume += 1
                (inPattern, inName) = (star + 1, resume)
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

extension KnownHosts {
    /// What the given file says, or else the user's and the machine's.
    /// - Throws: ``GitSourceError`` with `invalidConfiguration` when a given file cannot be read.
    init(file: String?, host: String, port: Int) throws(GitSourceError) {
        if let file {
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw GitSourceError(code: .invalidConfiguration, message: "the known_hosts file \(file) cannot be read")
            }
            add(String(decoding: bytes, as: UTF8.self), host: host, port: port)
            return
        }
        for path in [environmentVariable("HOME").map { $0 + "/.ssh/known_hosts" }, "/etc/ssh/ssh_known_hosts"] {
            guard let path, let bytes = FileManager.default.contents(atPath: path) else { continue }
            add(String(decoding: bytes, as: UTF8.self), host: host, port: port)
        }
    }

    /// Why a key that a server showed is not accepted, and what to do.
    func refusal(of shown: WireRepository.HostKey, sha256: String, server: String, file: String?) -> GitSourceError {
        let file = file ?? "~/.ssh/known_hosts"
        let key = "\(shown.type) SHA256:\(sha256)"
        let message: String
        if revoked.contains(where: { $0.base64 == shown.base64 }) {
            message = "\(server) showed a host key that \(file) marks as revoked: \(key). Do not connect"
        } else if keys.isEmpty {
            let authority = hasAuthority ? " (it names a certificate authority, which is not supported)" : ""
            message =
                "the host key of \(server) is not in \(file)\(authority): it showed \(key). Compare this with what the server's operator publishes, "
                + "and add it with ssh-keyscan"
        } else {
            let known = keys.compactMap { key in Self.fingerprint(of: key).map { "\(key.type) \($0)" } }.joined(separator: ", ")
            message =
                "the host key of \(server) has changed: it showed \(key), \(file) has \(known). Somebody may be in between; "
                + "if the server was really given a new key, replace the old one"
        }
        return GitSourceError(code: .hostKey, message: message)
    }
}
