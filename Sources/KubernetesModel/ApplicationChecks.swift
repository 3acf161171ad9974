// What the fields of an Application may say: repository addresses, paths, refs, JSON pointers. Used for files and for flags.

import StructuredData

extension Application.Source {
    /// Whether the repository lies on this machine: only the command line, and a controller told so, may read it.
    package var isLocal: Bool {
        repoURL.lowercased().utf8.starts(with: "file://".utf8) || Application.Source.isPath(repoURL)
    }

    /// What is wrong with a repository's address; nil when nothing is. The answer never repeats the address, which may
    /// carry a password. To be put after the name of the field or flag: `carries a password; …`.
    package static func repositoryProblem(_ text: String) -> String? {
        if text.isEmpty { return "is empty" }
        if text.unicodeScalars.contains(where: { $0.value <= 0x20 || (0x7F...0xA0).contains($0.value) || $0.properties.isWhitespace }) {
            return "contains a blank or a control character"
        }
        if text.utf8.contains(UInt8(ascii: "\\")) { return "contains a backslash" }
        if text.utf8.first == UInt8(ascii: "-") { return "begins with \"-\"" }
        if isPath(text) { return nil }
        guard let (scheme, rest) = schemeAndRest(text) else { return scpLikeProblem(text) }
        switch scheme {
        case "https", "ssh":
            return remoteProblem(scheme: scheme, rest: rest)
        case "file":
            return rest.first == UInt8(ascii: "/") ? nil : "has a file URL without an absolute path; write file:///PATH"
        case "http": return "uses http, which shows credentials and content to the network; use https"
        case "git": return "uses the git protocol, which proves nothing about the server; use https or ssh"
        default: return "has the scheme \"\(String(scheme.prefix(20)))\"; use https or ssh"
        }
    }

    /// What is wrong with a path inside a repository; nil when nothing is. To be put after the path.
    package static func pathProblem(_ text: String) -> String? {
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "/") { return "is absolute; write it from the repository's root, without the slash at the start" }
        if bytes.contains(UInt8(ascii: "\\")) { return "contains a backslash; folders are divided by \"/\"" }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "contains a control character" }
        if bytes.count > 4096 { return "is longer than 4096 bytes" }
        let segments = bytes.split(separator: UInt8(ascii: "/"))
        if segments.contains(where: { $0.elementsEqual("..".utf8) }) { return "contains \"..\"; it must stay inside the repository" }
        if segments.contains(where: { String($0).map { $0.lowercased() == ".git" } ?? false }) { return "leads into \".git\"" }
        return nil
    }

    /// What is wrong with an `include` or `exclude`; nil when nothing is. To be put after the name of the list.
    package static func patternsProblem(_ patterns: [String]) -> String? {
        if patterns.count > Application.Limits.patterns {
            return "has \(patterns.count) patterns; at most \(Application.Limits.patterns) are taken"
        }
        if !patterns.isEmpty, patterns.allSatisfy({ $0.utf8.first == UInt8(ascii: "!") }) {
            return "has only patterns that begin with \"!\", which match nothing by themselves"
        }
        return nil
    }

    /// What is wrong with one pattern of them; nil when nothing is. To be put after the pattern.
    package static func patternProblem(_ text: String) -> String? {
        do throws(GlobPattern.Problem) {
            _ = try GlobPattern(text)
            return nil
        } catch {
            return error.description
        }
    }

    /// The path without `.` segments and without slashes at its ends; empty for the root.
    package static func normalizedPath(_ text: String) -> String {
        text.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    private static func isPath(_ text: String) -> Bool {
        let bytes = text.utf8
        return bytes.starts(with: "/".utf8) || bytes.starts(with: "./".utf8) || bytes.starts(with: "../".utf8)
            || bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8)
    }

    private static func schemeAndRest(_ text: String) -> (scheme: String, rest: [UInt8])? {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[(colon + 1)...].starts(with: "//".utf8) else { return nil }
        return (String(decoding: bytes[..<colon], as: UTF8.self).lowercased(), Array(bytes[(colon + 3)...]))
    }

    private static func remoteProblem(scheme: String, rest: [UInt8]) -> String? {
        if rest.contains(UInt8(ascii: "?")) || rest.contains(UInt8(ascii: "#")) {
            return "has a query or a fragment; a repository's address ends with its path"
        }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        let path = rest[authority.endIndex...]
        var host = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            if scheme == "https" {
                return "carries credentials; leave them out of the address (in a cluster use source.secretRef, "
                    + "on the command line BELAY_GIT_USERNAME and BELAY_GIT_PASSWORD or BELAY_GIT_TOKEN)"
            }
            if authority[..<at].contains(UInt8(ascii: ":")) { return "carries a password; leave it out of the address" }
            if authority.first == UInt8(ascii: "-") { return "has a user that begins with \"-\"" }
            host = authority[(at + 1)...]
        }
        if let problem = hostProblem(host) { return problem }
        if scheme == "ssh", path.contains(where: isShellSyntax) { return shellProblem }
        return path.contains { $0 != UInt8(ascii: "/") } ? nil : "names a host and no repository"
    }

    private static func scpLikeProblem(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), !bytes[..<colon].contains(UInt8(ascii: "/")) else {
            return "is no repository's address; write https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or an absolute path"
        }
        let host = bytes[..<colon].lastIndex(of: UInt8(ascii: "@")).map { bytes[($0 + 1)..<colon] } ?? bytes[..<colon]
        if let problem = hostProblem(host) { return problem }
        // `user:password@host:path` has its first colon before the `@`.
        if bytes[colon...].contains(UInt8(ascii: "@")) { return "carries a password, or an \"@\" in its path; leave it out" }
        if bytes[colon...].contains(where: isShellSyntax) { return shellProblem }
        return colon + 1 < bytes.count ? nil : "names a host and no repository"
    }

    /// The server hands the path to a shell.
    private static func isShellSyntax(_ byte: UInt8) -> Bool { "'\"`$;&|<>()".utf8.contains(byte) }
    private static let shellProblem = "has a path with quotes or characters of the shell, which ssh would pass to the server's shell"

    private static func hostProblem(_ host: ArraySlice<UInt8>) -> String? {
        if host.isEmpty || host.first == UInt8(ascii: ":") { return "names no host" }
        if host.first == UInt8(ascii: "-") { return "has a host that begins with \"-\"" }
        if host.contains(where: { $0 >= 0x80 }) { return "has a host outside of ASCII; write it in its xn-- form" }
        let allowed = host.allSatisfy {
            (0x30...0x3A).contains($0) || (0x41...0x5B).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "]")
                || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        return allowed ? nil : "has a host with a character that no host name has"
    }
}

extension Application.GitReference {
    /// What is wrong with the name of a branch or tag, after `git check-ref-format`; nil when nothing is.
    package static func nameProblem(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return "is empty" }
        if bytes.count > 1024 { return "is longer than 1024 bytes" }
        if bytes.first == UInt8(ascii: "-") { return "begins with \"-\"" }
        if bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || "~^:?*[\\".utf8.contains($0) }) {
            return "contains a character that no name in Git has (a blank, a control character or one of ~^:?*[\\)"
        }
        if text.contains("..") || text.contains("@{") || text == "@" {
            return "contains \"..\" or \"@{\", which Git reads as an expression"
        }
        if bytes.last == UInt8(ascii: ".") { return "ends with a dot" }
        let segments = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.contains(where: \.isEmpty) { return "has a slash at an end or two in a row" }
        if segments.contains(where: { $0.first == UInt8(ascii: ".") || $0.reversed().starts(with: ".lock".utf8.reversed()) }) {
            return "has a part that begins with a dot or ends with \".lock\""
        }
        return nil
    }

    /// What is wrong with a commit's id; nil when nothing is.
    package static func commitProblem(_ text: String) -> String? {
        let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) }
        return isHex && (text.utf8.count == 40 || text.utf8.count == 64) ? nil : "is no full commit id of 40 hexadecimal digits"
    }
}

extension Application.IgnoreRule {
    /// What is wrong with a JSON pointer (RFC 6901) as `paths` take it; nil when nothing is.
    package static func pointerProblem(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return "is empty, which would mean the whole object; name a field, such as /spec/replicas" }
        if bytes.first != UInt8(ascii: "/") { return "does not begin with \"/\"; a JSON pointer looks like /spec/replicas" }
        if bytes.count == 1 { return "names no field; a JSON pointer looks like /spec/replicas" }
        if bytes.last == UInt8(ascii: "/") { return "ends with \"/\"; a JSON pointer looks like /spec/replicas" }
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "~") {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if next != UInt8(ascii: "0") && next != UInt8(ascii: "1") {
                return "has a \"~\" that is not followed by 0 or 1; \"~\" is written ~0 and \"/\" in a key ~1"
            }
        }
        return nil
    }
}
