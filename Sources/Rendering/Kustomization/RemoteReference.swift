// Whether a reference of a kustomization is fetched from elsewhere, as kustomize would do it.

enum RemoteReference {
    /// What kustomize takes for the address of a repository, whatever lies at that path here: a URL; `user@host/…` and `user@host:…` with a
    /// repository behind it; `github.com/owner/name` without a scheme.
    ///
    /// Source: kustomize's `NewRepoSpecFromURL`.
    static func isRemote(_ text: String) -> Bool {
        // Nearly all are plain paths.
        guard text.utf8.contains(where: { $0 == colon || $0 == UInt8(ascii: "@") }) || startsAsGitHub(text) else { return false }
        if isURL(text) { return true }
        var rest = Array(text.utf8)[...]
        if let query = rest.firstIndex(of: UInt8(ascii: "?")) { rest = rest[..<query] }
        let user = rest.prefix { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        let hasUser = user.first.map(isLetter) ?? false && rest.dropFirst(user.count).first == UInt8(ascii: "@")
        if hasUser { rest = rest.dropFirst(user.count + 1) }
        guard hasUser || startsAsGitHub(text), let end = rest.firstIndex(where: { $0 == slash || $0 == colon }) else { return false }
        // A colon at the very start ends nothing.
        guard end != rest.startIndex || rest[end] == slash else { return false }
        return isRepository(rest[(end + 1)...])
    }

    /// Whether this stands behind a scheme: `https://…`. What stands there is no path, and never a file of the repository.
    static func isURL(_ text: String) -> Bool {
        let lower = text.prefix(8).lowercased()
        return ["http://", "https://", "ssh://", "git://", "file://", "oci://", "git::"].contains { starts(lower, with: $0) }
    }

    /// Whether people will have meant something remote where nothing lies at that path: what kustomize itself does not take for it too.
    static func resemblesRemote(_ text: String) -> Bool {
        if isRemote(text) || text.utf8.contains(UInt8(ascii: "?")) { return true }
        let lower = text.lowercased()
        if ["github.com/", "gitlab.com/", "bitbucket.org/", "git@"].contains(where: { starts(lower, with: $0) }) { return true }
        return text.utf8.split(separator: slash, omittingEmptySubsequences: false).dropLast().contains { $0.elementsEqual("_git".utf8) }
    }

    /// The reference without what may be secret in it: a user with a password, and the query.
    static func shown(_ text: String) -> String {
        var rest = Array(text.utf8)[...]
        var end: [UInt8] = []
        if let query = rest.firstIndex(of: UInt8(ascii: "?")) {
            rest = rest[..<query]
            end = Array("?…".utf8)
        }
        var start = rest.startIndex
        if let scheme = rest.indices.first(where: { rest[$0...].starts(with: "://".utf8) }) { start = scheme + 3 }
        let host = rest[start...].firstIndex(of: slash) ?? rest.endIndex
        if let at = rest[start..<host].lastIndex(of: UInt8(ascii: "@")) {
            return String(decoding: rest[..<start] + rest[(at + 1)...] + end, as: UTF8.self)
        }
        return String(decoding: rest + end, as: UTF8.self)
    }

    // MARK: Bytes

    private static let slash = UInt8(ascii: "/")
    private static let colon = UInt8(ascii: ":")

    private static func starts(_ text: String, with start: String) -> Bool { text.utf8.starts(with: start.utf8) }

    private static func startsAsGitHub(_ text: String) -> Bool {
        let start = text.prefix(11).lowercased()
        return starts(start, with: "github.com/") || starts(start, with: "github.com:")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

    /// What stands behind a host: with one of the marks that end a repository's path, or at least two parts.
    private static func isRepository(_ path: ArraySlice<UInt8>) -> Bool {
        for mark in ["_git/", "//", ".git"] where path.indices.contains(where: { path[$0...].starts(with: mark.utf8) }) { return true }
        return path.contains(slash)
    }
}
