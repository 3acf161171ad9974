// Directories read as they lie: the same files and the same ids as Git would have.

import Foundation
import GitSource
import Glibc
import StructuredData
import TestSupport
import Testing

@Suite("Directories")
struct DirectoryTests {
    @Test("The tree's id is Git's, with executables, links, nested and empty directories, and names that sort oddly")
    func treeID() async throws {
        try await withGitRepository { repository in
            for name in ["a.yaml", "a/x.yaml", "a-b.yml", "a0/y.json", "z/deep/er/k.yaml", "Z.yaml", "ä.yaml", "run.yaml"] {
                try repository.write(name, "name: \(name)\n")
            }
            try repository.link("link.yaml", to: "a.yaml")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.path + "/run.yaml")
            try await repository.commit()
            try FileManager.default.createDirectory(atPath: repository.path + "/empty/er", withIntermediateDirectories: true)
            let snapshot = try GitSource.directory(repository.path)
            #expect(snapshot.treeID == (try await repository.git("rev-parse", "HEAD^{tree}")))
            #expect(snapshot.revision == "dir@tree:\(snapshot.treeID)")
            #expect(snapshot.commit == nil)
            #expect(snapshot.path.isEmpty)
            let listed = try await repository.git("-c", "core.quotePath=off", "ls-tree", "-r", "--name-only", "HEAD").split(separator: "\n")
            #expect(snapshot.files.map(\.path) == listed.map(String.init))
            let ids = try await repository.git("ls-tree", "-r", "--object-only", "HEAD").split(separator: "\n")
            #expect(snapshot.files.map(\.blobID) == ids.map(String.init))
            #expect(snapshot.files.filter { $0.kind == .symlink }.map(\.path) == ["link.yaml"])

            try repository.write("notes.txt", "no manifest")
            let noted = try GitSource.directory(repository.path)
            #expect(noted.treeID == snapshot.treeID)
            #expect(noted.otherFiles == 1)
            try repository.write("a.yaml", "changed: true\n")
            #expect(try GitSource.directory(repository.path).treeID != snapshot.treeID)
        }
    }

    @Test("Links are not followed, .git is passed over, sizes are kept to the limit")
    func entries() async throws {
        try await withGitRepository { repository in
            try repository.link("outside", to: "/etc")
            try repository.link("loop.yaml", to: ".")
            try repository.write("sub/.git/config.yaml", "x: 1\n")
            try repository.write("big.yaml", bytes: Array(repeating: 0x61, count: 101))
            try repository.write("fits.yaml", bytes: Array(repeating: 0x61, count: 100))
            let snapshot = try GitSource.directory(repository.path, maximumFileSize: 100)
            #expect(snapshot.files.map(\.path) == ["big.yaml", "fits.yaml", "loop.yaml"])
            #expect(snapshot.files.map(\.isTooLarge) == [true, false, false])
            #expect(snapshot.files.map(\.size) == [101, 100, 1])
            #expect(snapshot.otherFiles == 1)
        }
    }

    @Test("A directory that is not there, a file, a manifest that is no regular file, a name that is no UTF-8")
    func refusals() async throws {
        try await withGitRepository { repository in
            for (place, words) in [
                (repository.path + "/nope", "No such file"), (repository.path + "/a.yaml", "give its directory"), ("", "no directory"),
            ] {
                try repository.write("a.yaml", "a: 1\n")
                let error = await refusal { try GitSource.directory(place) }
                #expect(error?.code == .pathNotFound)
                #expect(error?.message.contains(words) == true, "\(String(describing: error))")
            }
            let odd = Array((repository.path + "/caf").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9)] + Array(".yaml".utf8CString)
            let descriptor = open(odd, O_CREAT | O_WRONLY, 0o600)
            #expect(descriptor >= 0)
            close(descriptor)
            #expect(try GitSource.directory(repository.path).files.map(\.path) == ["a.yaml", "caf\\xE9.yaml"])
            #expect(mkfifo(repository.path + "/pipe.yaml", 0o600) == 0)
            let pipe = await refusal { try GitSource.directory(repository.path) }
            #expect(pipe?.code == .unreadable)
            #expect(pipe?.message == "pipe.yaml is no regular file")
        }
    }

    @Test("A file that may not be read is an error", .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() async throws {
        try await withGitRepository { repository in
            try repository.write("a.yaml", "a: 1\n")
            chmod(repository.path + "/a.yaml", 0)
            let error = await refusal { try GitSource.directory(repository.path) }
            #expect(error?.code == .unreadable)
            #expect(error?.message.contains("a.yaml cannot be read: Permission denied") == true)
        }
    }
}
