// Which ref or commit is meant: the rules, apart from where the refs come from.

import GitWire

/// What a reference stands for in one repository.
struct ReferenceChoice {
    /// The full ref; nil for a bare commit and for a HEAD that is on no branch.
    var fullName: String?
    /// What the ref points to, 40 hex digits: a commit, or an annotated tag.
    var target: String
    /// The commit where it is known without reading objects, else `target`.
    var commit: String

    /// `main` for `refs/heads/main`, `v1` for `refs/tags/v1`, other refs whole; empty for a bare commit.
    var shortName: String {
        guard let fullName else { return "" }
        for prefix in ["refs/heads/", "refs/tags/"] where fullName.hasPrefix(prefix) { return String(fullName.dropFirst(prefix.count)) }
        return fullName
    }
}

extension ReferenceChoice {
    /// The choice of a reference that is a commit's id, whatever refs there are; nil for any other.
    init?(commitOf reference: WireReference) {
        switch reference {
        case .commit(let id), .unspecified(let id):
            guard GitNames.isObjectID(id) else { return nil }
            let id = id.lowercased()
            self.init(fullName: nil, target: id, commit: id)
        case .head, .branch, .tag, .name: return nil
        }
    }
}

/// The refs of one repository.
struct ReferenceTable {
    struct Target {
        var id: String
        /// The commit behind an annotated tag, where it is known.
        var peeled: String?
    }
    /// How the repository is named in errors.
    var place: String
    /// The full ref that HEAD stands for, where it is on a branch.
    var headBranch: String?
    /// What HEAD points to; nil when there is nothing yet.
    var head: String?
    /// The target of a full ref.
    var find: (String) -> Target?
    /// All full refs, for hints.
    var names: () -> [String]

    /// Chooses.
    /// - Throws: ``WireFailure`` with `invalidReference`, `referenceNotFound` or `ambiguousReference`.
    func choose(_ reference: WireReference) throws(WireFailure) -> ReferenceChoice {
        switch reference {
        case .head:
            guard let head else { throw noHead() }
            return ReferenceChoice(fullName: headBranch, target: head, commit: head)
        case .branch(let name):
            try require(GitNames.isShortReference(name), name)
            if let choice = found("refs/heads/" + name) { return choice }
            let tag = find("refs/tags/" + name) == nil ? nil : "there is a tag of this name"
            throw missing("branch", name, hint: tag, among: "refs/heads/")
        case .tag(let name):
            try require(GitNames.isShortReference(name), name)
            if let choice = found("refs/tags/" + name) { return choice }
            let branch = find("refs/heads/" + name) == nil ? nil : "there is a branch of this name"
            throw missing("tag", name, hint: branch, among: "refs/tags/")
        case .commit(let id):
            guard let choice = ReferenceChoice(commitOf: reference) else {
                throw WireFailure(.invalidReference, "\(quoted(id)) is no commit id: all 40 hexadecimal digits are needed")
            }
            return choice
        case .name(let name):
            try require(GitNames.isFullReference(name), name)
            if let choice = found(name) { return choice }
            throw missing("ref", name, hint: nil, among: "refs/")
        case .unspecified(let text):
            return try chooseAsTyped(text)
        }
    }

    private func chooseAsTyped(_ text: String) throws(WireFailure) -> ReferenceChoice {
        if text == "HEAD" { return try choose(.head) }
        if text.hasPrefix("refs/") { return try choose(.name(text)) }
        if GitNames.isObjectID(text) { return try choose(.commit(text)) }
        try require(GitNames.isShortReference(text), text)
        switch (found("refs/heads/" + text), found("refs/tags/" + text)) {
        case (let branch?, nil): return branch
        case (nil, let tag?): return tag
        case (_?, _?):
            throw WireFailure(
                .ambiguousReference,
                "\(quoted(text)) is both a branch and a tag of \(place): write refs/heads/\(text) or refs/tags/\(text)")
        case (nil, nil):
            var hint: String?
            if GitNames.isAbbreviatedObjectID(text) {
                hint = "a commit needs all 40 digits of its id"
            } else if find("refs/remotes/" + text) != nil {
                hint = "the remote-tracking branch is refs/remotes/\(text)"
            } else if find("refs/remotes/origin/" + text) != nil {
                hint = "the remote-tracking branch is refs/remotes/origin/\(text)"
            } else if find("refs/" + text) != nil {
                hint = "there is refs/\(text)"
            }
            throw missing("branch or tag", text, hint: hint, among: "refs/heads/")
        }
    }

    private func found(_ name: String) -> ReferenceChoice? {
        guard let target = find(name) else { return nil }
        return ReferenceChoice(fullName: name, target: target.id, commit: target.peeled ?? target.id)
    }

    private func require(_ isValid: Bool, _ name: String) throws(WireFailure) {
        if isValid { return }
        throw WireFailure(
            .invalidReference,
            "\(quoted(name)) is no name that Git allows for a ref: give a branch, a tag, a full ref (refs/…) or all 40 digits of a commit; "
                + "expressions such as HEAD~1 are not resolved")
    }

    private func noHead() -> WireFailure {
        if names().isEmpty {
            return WireFailure(.referenceNotFound, "\(place) has no commit yet: push one first")
        }
        let branch = headBranch.map { " (\($0))" } ?? ""
        return WireFailure(
            .referenceNotFound, "HEAD of \(place) points to nothing\(branch): name a branch with --ref\(listing("refs/heads/"))")
    }

    private func missing(_ kind: String, _ name: String, hint: String?, among prefix: String) -> WireFailure {
        if names().isEmpty { return noHead() }
        let more = hint.map { "; \($0)" } ?? listing(prefix)
        return WireFailure(.referenceNotFound, "\(place) has no \(kind) \(quoted(name))\(more)")
    }

    private func listing(_ prefix: String) -> String {
        let all = names().filter { $0.hasPrefix(prefix) }.map { prefix == "refs/" ? $0 : String($0.dropFirst(prefix.count)) }
        if all.isEmpty { return "" }
        let shown = all.prefix(8).map { GitNames.line($0, limit: 80) }.joined(separator: ", ")
        return "; it has \(shown)\(all.count > 8 ? " and \(all.count - 8) more" : "")"
    }

    private func quoted(_ name: String) -> String { "\"\(GitNames.line(name, limit: 100))\"" }
}
