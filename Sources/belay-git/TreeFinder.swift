// From the path of a folder to the id of its tree; and what to say where there is no such folder.

import CLibgit2
import GitWire
import Glibc

/// Finds trees of one commit. The trees on the way to the last path stay open: paths in their order cost little each.
final class TreeFinder {
    private let store: ObjectStore
    private let revision: WireRevision
    private let root: git_oid
    /// The opened trees from the root on; each stands under its name in the one before, the root under the empty one.
    private var way: [(name: Substring, tree: OpaquePointer)] = []

    /// - Throws: ``WireFailure`` with `corrupt` when the commit cannot be read.
    init(_ store: ObjectStore, at revision: WireRevision) throws {
        self.store = store
        self.revision = revision
        guard var id = git_oid(hexadecimal: revision.commit) else { throw WireFailure(.worker, "a commit without an id") }
        do throws(LibraryError) {
            let commit = try make { git_commit_lookup($0, store.repository, &id) }
            defer { git_commit_free(commit) }
            guard let tree = git_commit_tree_id(commit)?.pointee else {
                throw LibraryError(code: -1, area: 0, message: "a commit without a tree")
            }
            root = tree
        } catch {
            throw store.damaged("commit \(revision.commit)", error)
        }
    }

    deinit { close(downTo: 0) }

    /// The tree at a path; the commit's own tree for the empty path.
    /// - Throws: ``WireFailure``: `pathNotFound` where the commit has no such folder; anything else is about the repository.
    func tree(at path: String) throws -> git_oid {
        let parts = path.split(separator: "/")
        do {
            var id = root
            close(downTo: shared(with: parts))
            for (depth, part) in parts.enumerated() {
                if depth == way.count {
                    way.append((depth == 0 ? "" : parts[depth - 1], try make { git_tree_lookup($0, store.repository, &id) }))
                }
                let here = parts[...depth].joined(separator: "/")
                guard let entry = git_tree_entry_byname(way[depth].tree, String(part)) else {
                    throw missing(here, in: way[depth].tree, parts[..<depth].joined(separator: "/"))
                }
                try requireDirectory(entry, here)
                guard let next = git_tree_entry_id(entry) else {
                    throw WireFailure(.corrupt, "a tree entry without an id in \(store.place)")
                }
                id = next.pointee
            }
            return id
        } catch let error as LibraryError {
            throw store.damaged("the tree of \(path.isEmpty ? "the root" : path)", error)
        }
    }

    /// What stands at a path; nil where nothing does, or the path leads through what is no folder.
    /// - Throws: ``WireFailure`` where a tree on the way cannot be read.
    func entry(at path: String) throws -> (id: git_oid, mode: git_filemode_t)? {
        let parts = path.split(separator: "/")
        do {
            var found = (id: root, mode: GIT_FILEMODE_TREE)
            close(downTo: shared(with: parts))
            for (depth, part) in parts.enumerated() {
                guard found.mode == GIT_FILEMODE_TREE else { return nil }
                if depth == way.count {
                    way.append((depth == 0 ? "" : parts[depth - 1], try make { git_tree_lookup($0, store.repository, &found.id) }))
                }
                guard let entry = git_tree_entry_byname(way[depth].tree, String(part)), let id = git_tree_entry_id(entry) else {
                    return nil
                }
                found = (id.pointee, git_tree_entry_filemode(entry))
            }
            return found
        } catch {
            throw store.damaged("the tree of \(path)", error)
        }
    }

    /// How many of the opened trees are on the way to a path too.
    private func shared(with parts: [Substring]) -> Int {
        guard !way.isEmpty else { return 0 }
        return 1 + zip(way.dropFirst(), parts.dropLast()).prefix { $0.name.utf8.elementsEqual($1.utf8) }.count
    }

    private func close(downTo count: Int) {
        while way.count > count { git_tree_free(way.removeLast().tree) }
    }

    // MARK: What is no folder

    private func requireDirectory(_ entry: OpaquePointer, _ path: String) throws {
        let place = "\(path) in \(store.place) at \(revision.commit.prefix(12))"
        switch git_tree_entry_filemode(entry) {
        case GIT_FILEMODE_TREE: return
        case GIT_FILEMODE_LINK: throw WireFailure(.pathNotFound, "\(place) is a symbolic link, which is not followed: give its target")
        case GIT_FILEMODE_COMMIT: throw WireFailure(.pathNotFound, "\(place) is a submodule, which is not read")
        default:
            let parts = path.split(separator: "/")
            let folder = parts.dropLast().joined(separator: "/")
            throw WireFailure(
                .pathNotFound,
                "\(place) is a file, and the path must be a folder: give \(folder.isEmpty ? "." : folder) as the path, and include only /\(parts.last ?? "")"
            )
        }
    }

    private func missing(_ path: String, in tree: OpaquePointer, _ parent: String) -> WireFailure {
        var shown: [String] = []
        var count = 0
        for index in 0..<git_tree_entrycount(tree) {
            guard let entry = git_tree_entry_byindex(tree, index), git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE,
                let name = git_tree_entry_name(entry)
            else { continue }
            count += 1
            if count <= 8 { shown.append(GitNames.line(String(cString: name), limit: 80)) }
        }
        let more = count > 8 ? " and \(count - 8) more" : ""
        let inside = parent.isEmpty ? "the root" : parent
        let hint = count == 0 ? "\(inside) has no directories" : "\(inside) has \(shown.joined(separator: ", "))\(more)"
        return WireFailure(.pathNotFound, "there is no \(path) in \(store.place) at \(revision.commit.prefix(12)): \(hint)")
    }
}
