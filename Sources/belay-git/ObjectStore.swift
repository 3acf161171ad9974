// An opened repository: its refs and its commits. Nothing in it is ever changed here.

import CLibgit2
import GitWire
import Glibc

/// A repository on this machine, bare or not.
final class ObjectStore {
    let repository: OpaquePointer
    let objects: OpaquePointer
    /// How the repository is named in errors.
    let place: String
    /// What to do when its objects are damaged.
    private let cure: String

    /// Takes over an opened repository.
    init(_ repository: OpaquePointer, place: String, cure: String) throws {
        self.repository = repository
        self.place = place
        self.cure = cure
        do {
            objects = try make { git_repository_odb($0, repository) }
        } catch {
            git_repository_free(repository)
            throw WireFailure(.corrupt, "the objects of \(place) cannot be opened: \(error.message)\(cure)")
        }
    }

    /// Opens the repository that holds `path`: itself, a work tree (also a linked one), or a directory below.
    convenience init(local path: String) throws {
        let repository: OpaquePointer
        do {
            repository = try make { git_repository_open_ext($0, path, 0, nil) }
        } catch {
            throw Self.explain(error, path)
        }
        let cure =
            Self.isPartial(repository)
            ? "; this is a partial clone, which lacks what was not checked out yet: let git fetch it, or use a whole clone"
            : "; look into it with `git fsck`"
        try self.init(repository, place: path, cure: cure)
    }

    /// Whether Git fetches missing objects of it when it needs them (`git clone --filter`).
    private static func isPartial(_ repository: OpaquePointer) -> Bool {
        guard let config = try? make({ git_repository_config($0, repository) }) else { return false }
        defer { git_config_free(config) }
        let names = "^(remote\\..*\\.promisor|extensions\\.partialclone)$"
        guard let iterator = try? make({ git_config_iterator_glob_new($0, config, names) }) else { return false }
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        return git_config_next(&entry, iterator) == 0
    }

    /// The remote that it was cloned from; nil where it has none, or one on this machine.
    var origin: String? {
        guard let config = try? make({ git_repository_config_snapshot($0, repository) }) else { return nil }
        defer { git_config_free(config) }
        var url: UnsafePointer<CChar>?
        guard git_config_get_string(&url, config, "remote.origin.url") == 0, let url else { return nil }
        return GitNames.remoteName(String(cString: url))
    }

    deinit {
        git_odb_free(objects)
        git_repository_free(repository)
    }

    private static func explain(_ error: LibraryError, _ path: String) -> WireFailure {
        if error.isNotFound {
            return WireFailure(.notARepository, "\(path) is no Git repository, and none is above it; to read plain files use --dir")
        }
        if error.says("objectformat") {
            return WireFailure(.unsupported, "\(path) is a SHA-256 repository; this version of libgit2 reads SHA-1 repositories only")
        }
        if error.says("unsupported extension") || error.says("unsupported repository version") {
            return WireFailure(
                .unsupported, "\(path) uses a repository format that this version of libgit2 does not read: \(error.message)")
        }
        return WireFailure(.notARepository, "\(path) cannot be opened as a Git repository: \(error.message)")
    }

    // MARK: Refs

    func choose(_ reference: WireReference) throws -> ReferenceChoice { try table().choose(reference) }

    /// All refs, tags peeled, sorted by name.
    func references() throws -> [WireNamedReference] {
        names().compactMap { name in
            target(of: name).map { WireNamedReference(name: name, id: (try? commit(behind: $0))?.hexadecimal ?? $0.hexadecimal) }
        }
    }

    private func table() throws -> ReferenceTable {
        var headBranch: String?
        if let head = try? make({ git_reference_lookup($0, repository, "HEAD") }) {
            if let name = git_reference_symbolic_target(head) { headBranch = String(cString: name) }
            git_reference_free(head)
        }
        return ReferenceTable(
            place: place, headBranch: headBranch, head: target(of: "HEAD")?.hexadecimal,
            find: { [unowned self] name in self.target(of: name).map { ReferenceTable.Target(id: $0.hexadecimal) } },
            names: { [unowned self] in self.names() })
    }

    private func target(of name: String) -> git_oid? {
        var id = git_oid()
        return git_reference_name_to_id(&id, repository, name) == 0 ? id : nil
    }

    private func names() -> [String] {
        var list = git_strarray()
        guard git_reference_list(&list, repository) == 0 else { return [] }
        defer { git_strarray_dispose(&list) }
        let names = UnsafeBufferPointer(start: list.strings, count: list.count)
        return names.compactMap { $0.map { String(cString: $0) } }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Commits

    /// Whether the object is here. Does not read it.
    func has(_ id: git_oid) -> Bool {
        withUnsafePointer(to: id) { git_odb_exists(objects, $0) == 1 }
    }

    /// The commit that an object is or, as an annotated tag, leads to.
    /// - Throws: ``WireFailure`` when there is none; ``LibraryError`` when the object cannot be read.
    func commit(behind id: git_oid) throws -> git_oid {
        var id = id
        let object = try make { git_object_lookup($0, repository, &id, GIT_OBJECT_ANY) }
        defer { git_object_free(object) }
        let commit: OpaquePointer
        do throws(LibraryError) {
            commit = try make { git_object_peel($0, object, GIT_OBJECT_COMMIT) }
        } catch {
            guard error.code == GIT_EPEEL.rawValue || error.code == GIT_EINVALIDSPEC.rawValue else { throw error }
            let kind = git_object_type2string(git_object_type(object)).map { String(cString: $0) } ?? "thing"
            throw WireFailure(.invalidReference, "\(id.hexadecimal) in \(place) is a \(kind) and leads to no commit")
        }
        defer { git_object_free(commit) }
        guard let peeled = git_object_id(commit) else { throw LibraryError(code: -1, area: 0, message: "an object has no id") }
        return peeled.pointee
    }

    /// The commit of a choice with who made it and what it says.
    func revision(of choice: ReferenceChoice) throws -> WireRevision {
        guard let id = git_oid(hexadecimal: choice.target) else { throw WireFailure(.worker, "a ref points to no object id") }
        guard has(id) else {
            if choice.fullName == nil { throw WireFailure(.referenceNotFound, "\(place) has no commit \(choice.target)") }
            throw WireFailure(.corrupt, "object \(choice.target) is missing in \(place)\(cure)")
        }
        do {
            var commitID = try commit(behind: id)
            let commit = try make { git_commit_lookup($0, repository, &commitID) }
            defer { git_commit_free(commit) }
            let message = git_commit_message(commit).map { String(cString: $0) } ?? ""
            let subject = message.split(maxSplits: 1, whereSeparator: \.isNewline).first ?? ""
            let author = git_commit_author(commit)?.pointee
            return WireRevision(
                commit: commitID.hexadecimal, name: choice.shortName, subject: GitNames.line(String(subject)),
                author: author.map(Self.person) ?? "", date: author.map { timestamp($0.when) } ?? "",
                committed: git_commit_committer(commit).map { timestamp($0.pointee.when) } ?? "")
        } catch let error as LibraryError {
            throw damaged("commit \(choice.target)", error)
        }
    }

    private static func person(_ signature: git_signature) -> String {
        let name = signature.name.map { GitNames.line(String(cString: $0), limit: 200) } ?? ""
        let email = signature.email.map { GitNames.line(String(cString: $0), limit: 200) } ?? ""
        return email.isEmpty ? name : name.isEmpty ? "<\(email)>" : "\(name) <\(email)>"
    }

    /// Reads the commits that a fetch will tell the server of. A damaged one shows here, and not as a server that does not answer.
    func walkNewest() throws(WireFailure) {
        do throws(LibraryError) {
            let walk = try make { git_revwalk_new($0, repository) }
            defer { git_revwalk_free(walk) }
            try check { git_revwalk_push_glob(walk, "refs/*") }
            var id = git_oid()
            for _ in 0..<256 {
                guard try check({ git_revwalk_next(&id, walk).orEnd }) == 0 else { return }
            }
        } catch {
            throw damaged("the history", error)
        }
    }

    func damaged(_ what: String, _ error: LibraryError) -> WireFailure {
        WireFailure(.corrupt, "\(what) in \(place) cannot be read: \(error.message)\(cure)")
    }
}

extension Int32 {
    /// The end of an iteration as 1, which is no error.
    fileprivate var orEnd: Int32 { self == GIT_ITEROVER.rawValue ? 1 : self }
}
