// Whether a reference of a kustomization is fetched from elsewhere, as kustomize would do it.

enum RemoteReference {
    /// A URL, `user@host:path`, or the address of a repository at a known host without a scheme.
    static func isRemote(_ text: String) -> Bool {
        // Nearly all are plain paths.
        let isSuspicious = text.utf8.contains { ":?@_".utf8.contains($0) } || text.utf8.first.map { "gGbB".utf8.contains($0) } ?? false
        guard isSuspicious else { return false }
        let lower = text.lowercased()
        if ["http://", "https://", "ssh://", "git://", "file://", "oci://", "git::"].contains(where: lower.hasPrefix) { return true }
        if ["github.com/", "github.com:", "gitlab.com/", "bitbucket.org/"].contains(where: lower.hasPrefix) { return true }
        if text.contains("?ref=") || text.contains("_git/") { return true }
        guard let at = text.firstIndex(of: "@"), let colon = text[at...].firstIndex(of: ":") else { return false }
        return !text[..<colon].contains("/")
    }

    /// The reference without a password that may stand in it.
    static func shown(_ text: String) -> String {
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0].hasSuffix(":"), parts[1].isEmpty, let at = parts[2].lastIndex(of: "@") else { return text }
        let host = parts[2][parts[2].index(after: at)...]
        return ([parts[0], "", host] + parts.dropFirst(3)).joined(separator: "/")
    }
}
