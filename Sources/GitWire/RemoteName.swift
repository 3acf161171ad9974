// The URL of a remote as the name of a repository: what only opens the door is left out.

extension GitNames {
    /// The URL without user, password and trailing slashes, scheme and host in lower case; of ssh the user stays, who is a part of
    /// the address. Nil for a path on this machine, and for what is no address of a repository.
    package static func remoteName(_ url: String) -> String? {
        guard !url.isEmpty, url.utf8.count <= 2048, line(url, limit: 2048) == url else { return nil }
        guard let mark = url.firstRange(of: "://") else { return scpName(url) }
        let scheme = url[..<mark.lowerBound].lowercased()
        guard ["https", "http", "ssh", "git"].contains(scheme) else { return nil }
        let rest = url[mark.upperBound...].prefix { $0 != "?" && $0 != "#" }
        var authority = rest.prefix { $0 != "/" }
        let path = withoutSlashes(rest.dropFirst(authority.count))
        var user: Substring = ""
        if let at = authority.lastIndex(of: "@") {
            user = authority[..<at].prefix { $0 != ":" }
            authority = authority[authority.index(after: at)...]
        }
        guard !authority.isEmpty, !path.isEmpty else { return nil }
        return "\(scheme)://" + (scheme == "ssh" && !user.isEmpty ? "\(user)@" : "") + authority.lowercased() + path
    }

    /// `git@host:team/shop.git`. What could be a password before the host is no such address.
    private static func scpName(_ text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
        let path = withoutSlashes(text[text.index(after: colon)...])
        guard !path.isEmpty, !path.prefix(while: { $0 != "/" }).contains("@") else { return nil }
        let parts = text[..<colon].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.last, !host.isEmpty, !host.contains("@") else { return nil }
        return (parts.count == 2 ? "\(parts[0])@" : "") + host.lowercased() + ":" + path
    }

    private static func withoutSlashes(_ path: Substring) -> Substring {
        var path = path
        while path.hasSuffix("/") { path = path.dropLast() }
        return path
    }
}
