// What Application.Source and Application.GitReference refuse, in CEL: addresses of repositories, names in Git, paths.

/// Rules for texts of `spec.source` and for JSON pointers. Where one is broken the others may be, too: each has its own sentence.
enum RepositoryRules {
    private static let host = "[0-9A-Z\\[a-z\\]._][-0-9A-Z\\[a-z\\]._:]*"
    private static let scpHost = "[0-9A-Z\\[a-z\\]._][-0-9A-Z\\[a-z\\]._]*"
    /// No quote and nothing that a shell reads: ssh hands the path to one.
    private static let plain = "[^\\x27\"`$;&|<>()]"

    static let url = addresses.map { rule in
        var rule = rule
        rule.withholdsValue = true
        return rule
    }

    private static let addresses = [
        SchemaRule(
            "self.matches('^[^:]*://') ? self.matches('(?i)^(https|ssh)://|^file:///') : "
                + "self.startsWith('/') || self.matches('^[^/:]*:')",
            "must be https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH (file:///PATH only for a controller that allows it)"),
        SchemaRule(
            "!self.matches('(?i)^https://[^/]*@')",
            "carries credentials; leave them out of the address and name a Secret in source.secretRef"),
        SchemaRule(
            "!self.matches('(?i)^ssh://[^/]*:[^/]*@') && (self.contains('://') || !self.matches('^[^/:]*:.*@'))",
            "carries a password; leave it out of the address"),
        SchemaRule(
            "!self.matches('(?i)^(https|ssh)://.*[?#]')", "has a query or a fragment; a repository's address ends with its path"),
        SchemaRule(
            "!self.matches(r'^-|[\\x00-\\x20\\x7f-\\xa0\\\\\\p{Z}]')",
            "contains a blank, a control character or a backslash, or begins with \"-\""),
        SchemaRule(
            "!self.matches('(?i)^(https|ssh)://') || "
                + "self.matches(r'(?i)^(https://([^/]*@)?|ssh://([^-/][^/]*@|@)?)\(host)/+[^/]')",
            "must name a host (ASCII) and behind it the repository's path"),
        SchemaRule(
            "self.contains('://') || self.startsWith('/') || !self.matches('^[^/:]*:') || self.matches(r'^([^/:]*@)?\(scpHost):.')",
            "must name a host (ASCII) and behind the colon the repository's path"),
        SchemaRule(
            "self.matches('(?i)^ssh://') ? self.matches(r'^[^:]*://[^/]*(/\(plain)*)?$') : "
                + "self.contains('://') || self.startsWith('/') || self.matches(r'^[^:]*(:\(plain)*)?$')",
            "has a path with quotes or characters of the shell, which ssh would pass to the server's shell"),
    ]

    static let path = [
        SchemaRule("!self.startsWith('/')", "must begin at the repository's root: leave out the slash at the start"),
        SchemaRule("!self.matches(r'(^|/)\\.\\.(/|$)')", "must stay inside the repository: no \"..\""),
        SchemaRule("!self.matches(r'[\\\\\\x00-\\x1f\\x7f]')", "contains a backslash or a control character; folders are divided by \"/\""),
        SchemaRule("!self.matches(r'(?i)(^|/)\\.git(/|$)')", "leads into \".git\""),
    ]

    /// A branch or tag, after `git check-ref-format`.
    static let name = SchemaRule(
        "self.matches(r'^[^\\x00-\\x20\\x7f~^:?*\\[\\\\]+$') && !self.startsWith('-') && !self.endsWith('.') && !self.contains('..')"
            + " && !self.contains('@{') && self != '@' && !self.matches(r'(^|/)(\\.|/|$)|\\.lock(/|$)')",
        "is no name that a branch or tag has in Git")

    static let fullName = SchemaRule("self.startsWith('refs/')", "must be a full ref, which begins with refs/, such as refs/heads/main")

    static let commit = SchemaRule(
        "self.matches('^([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$')", "must be a full commit id of 40 hexadecimal digits")

    static let oneReference = SchemaRule(
        "[has(self.branch), has(self.tag), has(self.commit), has(self.semver), has(self.name)].filter(x, x).size() == 1",
        "must have exactly one of branch, tag, commit, semver or name, or be left out for the remote's HEAD")

    /// Not all of gitignore's language: brackets are looked at by the controller.
    static let pattern = SchemaRule(
        "!self.matches(r'^!?/*(\\./+[^/]|/*$)|\\x00') && !self.matches(r'(^|[^\\\\])(\\\\\\\\)*\\\\/*$')",
        "is no pattern: it is empty, begins with \"./\" or ends with a backslash")

    static let patterns = SchemaRule(
        "self.size() == 0 || self.exists(p, !p.startsWith('!'))",
        "has only patterns that begin with \"!\", which match nothing by themselves")

    static let pointer = SchemaRule(
        "self.matches('^/([^~]|~[01])*([^~/]|~[01])$')",
        "must be a JSON pointer such as /spec/replicas (\"~\" is written ~0, and \"/\" in a key ~1)")
}
