// The parent's side of belay-git: starts it, asks it, times it out, kills and restarts it.

import Foundation
import GitWire
package import StructuredData
import Synchronization

/// Reads repositories through a `belay-git` child; one per set of trust. `close` must be awaited.
///
/// Requests are answered one after the other. Repositories on this machine are read where they are; of others a bare cache is kept, one per
/// address and credential, which several processes may share.
package actor GitSource {
    private nonisolated let executor = QueueExecutor(label: "dev.belay.git")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let program: String
    private let cache: String
    private let credentials: GitCredentials
    let policy: RepositoryPolicy
    private let anchors: TrustAnchors
    private let patience: Patience
    private var worker: WorkerProcess?
    private nonisolated let current = Mutex<Current>(Current())

    /// What `close` and cancellation need to reach while the actor's thread is waiting.
    private struct Current {
        var isClosed = false
        var interrupt: Interrupt?
    }

    /// - Parameters:
    ///   - worker: the `belay-git` program; nil: `BELAY_GIT_PATH`, else beside the running program, else on `PATH`.
    ///   - cache: the directory of bare caches, made 0700 when it is first needed; repositories on this machine need none.
    ///   - deadline: how long a request may stand still, waiting for a server for example; afterwards the child is killed.
    ///   - limit: how long a request may take while something arrives; nil: five times as long.
    ///   - policy: which repositories may be read.
    /// - Throws: ``GitSourceError`` with `worker` or `invalidConfiguration`.
    package init(
        worker: String? = nil, cache: String, credentials: GitCredentials, deadline: Duration = .seconds(60), limit: Duration? = nil,
        policy: RepositoryPolicy = .commandLine
    ) throws(GitSourceError) {
        program = try WorkerProgram.find(worker)
        self.cache = CacheDirectory.absolute(cache)
        anchors = try TrustAnchors(adding: credentials.certificateAuthorityFile)
        self.credentials = credentials
        self.policy = policy
        patience = Patience(idle: deadline, total: limit ?? deadline * 5)
    }

    /// Fetches (remote repositories) and reads the path at the reference.
    ///
    /// Nothing is sent to a server for a commit by its id that was fetched before.
    /// - Throws: ``GitSourceError``; nothing of the source is known then, and nothing may be concluded from it. When the task is cancelled
    ///   the child is killed and the code is `worker`.
    package func snapshot(_ request: GitRequest) async throws(GitSourceError) -> SourceSnapshot {
        let path = try Self.innerPath(request.path)
        let address = try RepositoryAddress(request.repository, policy: policy)
        let limits = WireLimits(fileSize: Int64(clamping: request.maximumFileSize))
        let reference = try await wireReference(request.reference, address)
        let answer = try await ask(address) {
            .snapshot($0, reference, path: path, stopsAtKustomization: request.stopsAtKustomization, limits)
        }
        guard case .snapshot(let revision, let treeID, let otherFiles, let origin) = answer.last else { throw Self.unexpected }
        var snapshot = SourceSnapshot(
            revision: Self.spelled(revision),
            commit: Self.commit(revision), treeID: treeID, path: path, files: answer.files, otherFiles: Int(clamping: otherFiles))
        snapshot.entries = answer.entries
        snapshot.origin = origin.isEmpty ? nil : origin
        return snapshot
    }

    /// The revision that a reference stands for now (`main@sha1:…`), without fetching anything.
    package func revision(of reference: GitRequest.Reference, in repository: String) async throws(GitSourceError) -> String {
        let address = try RepositoryAddress(repository, policy: policy)
        let reference = try await wireReference(reference, address)
        let answer = try await ask(address) { .resolve($0, reference) }
        guard case .revision(let revision) = answer.last else { throw Self.unexpected }
        return Self.spelled(revision)
    }

    /// Reads a directory as it lies, without Git: `--dir`.
    ///
    /// Files are named from that directory; symbolic links are not followed, `.git` is passed over.
    /// - Throws: ``GitSourceError`` with `pathNotFound`, `unreadable` or `tooLarge`.
    package static func directory(_ path: String, maximumFileSize: Int = YAMLLimits().fileSize) throws(GitSourceError) -> SourceSnapshot {
        try DirectoryReader(maximumFileSize: maximumFileSize).read(path)
    }

    /// Ends the child. A request that is under way fails.
    package nonisolated func close() async {
        current.withLock { current in
            current.isClosed = true
            current.interrupt?.raise()
        }
        await endWorker()
    }

    private func endWorker() {
        worker?.end()
        worker = nil
    }

    // MARK: Spelling

    static func commit(_ revision: WireRevision) -> SourceSnapshot.Commit {
        SourceSnapshot.Commit(
            id: revision.commit, subject: revision.subject, author: revision.author, date: revision.date, committed: revision.committed)
    }

    static func spelled(_ revision: WireRevision) -> String {
        (revision.name.isEmpty ? "" : revision.name + "@") + "sha1:" + revision.commit
    }

    static func innerPath(_ path: String) throws(GitSourceError) -> String {
        var inner = path[...]
        while inner.hasPrefix("./") { inner = inner.dropFirst(2).drop { $0 == "/" } }
        while inner.hasSuffix("/"), inner != "/" { inner = inner.dropLast() }
        if inner == "." { return "" }
        guard GitNames.isInnerPath(String(inner)) else {
            throw GitSourceError(
                code: .invalidPath,
                message: "\"\(GitNames.line(path, limit: 200))\" is no path inside a repository: write it from the repository's root, "
                    + "without a slash before it, .. or backslashes")
        }
        return String(inner)
    }

    func wireReference(_ reference: GitRequest.Reference, _ address: RepositoryAddress) async throws(GitSourceError)
        -> WireReference
    {
        switch reference {
        case .head: return .head
        case .branch(let name): return .branch(name)
        case .tag(let name): return .tag(name)
        case .commit(let id): return .commit(id)
        case .name(let name): return .name(name)
        case .unspecified(let text): return .unspecified(text)
        case .semver(let text):
            let range = try VersionRange(text)
            let names = try await ask(address) { .references($0) }.references.map(\.name)
            return .tag(try range.highest(amongRefs: names, of: address.location))
        }
    }

    static let unexpected = GitSourceError(code: .worker, message: "belay-git gave an answer to another question")

    // MARK: Asking

    struct Answer {
        var files: [SourceFile] = []
        var references: [WireNamedReference] = []
        var trees: [Result<String, WireFailure>] = []
        var entries: [String: SourceEntry] = [:]
        var identities: [String] = []
        var last: WireResponse = .done

        mutating func take(_ response: WireResponse) {
            switch response {
            case .file(let file): files.append(SourceFile(file))
            case .entry(.file(let file)): entries[file.path] = .file(SourceFile(file))
            case .entry(.folder(let path)): entries[path] = .folder
            case .entry(.absent(let path)): entries[path] = .absent
            case .identities(let some): identities += some
            case .references(let some): references += some
            case .trees(let some): trees += some
            default: break
            }
        }
    }

    func ask(_ address: RepositoryAddress, _ question: (WireRepository) -> WireRequest) async throws(GitSourceError) -> Answer {
        guard let interrupt = Interrupt() else { throw GitSourceError(code: .worker, message: "no descriptors left: \(systemError())") }
        let isClosed = current.withLock { current in
            current.interrupt = interrupt
            return current.isClosed
        }
        defer { current.withLock { $0.interrupt = nil } }
        guard !isClosed else { throw GitSourceError(code: .worker, message: "the Git source is closed") }
        let result: Result<Answer, GitSourceError> = await withTaskCancellationHandler {
            do throws(GitSourceError) {
                return .success(try askUntilSettled(address, question, interrupt))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            interrupt.raise()
        }
        return try result.get()
    }

    /// Asks, and asks once more where that can help: after the child's death, and with a new cache where the old one may be damaged.
    private func askUntilSettled(
        _ address: RepositoryAddress, _ question: (WireRepository) -> WireRequest, _ interrupt: Interrupt
    ) throws(GitSourceError) -> Answer {
        let hosts =
            address.scheme == .ssh ? try KnownHosts(file: credentials.knownHostsFile, host: address.host, port: address.port) : KnownHosts()
        var repository = try wireRepository(address, hosts)
        var deaths: [String] = []
        while true {
            let mayStartAnew = !address.isLocal && !repository.startsAnew
            switch try attempt(question(repository), interrupt) {
            case .answered(let answer):
                switch answer.last {
                case .failure(let failure) where failure.code == .corrupt && mayStartAnew:
                    repository.startsAnew = true
                case .failure(let failure):
                    throw GitSourceError(failure)
                case .unknownHostKey(let key, let sha256):
                    throw hosts.refusal(of: key, sha256: sha256, server: address.location, file: credentials.knownHostsFile)
                default:
                    return answer
                }
            case .stuck(.reading) where mayStartAnew:
                // A damaged object can keep libgit2 busy for ever.
                repository.startsAnew = true
            case .stuck(let phase):
                throw stuck(phase, address)
            case .died(let reason, let phase):
                deaths.append(reason)
                guard deaths.count < 2 else {
                    throw GitSourceError(
                        code: .worker,
                        message: "belay-git died twice while reading \(address.location) (\(deaths.joined(separator: ", then "))): "
                            + "it was started again once. Signal 9 may mean that memory ran out")
                }
                repository.startsAnew = phase == .reading && mayStartAnew || repository.startsAnew
            }
        }
    }

    private enum Attempt {
        case answered(Answer)
        case stuck(WirePhase)
        case died(String, WirePhase)
    }

    private func attempt(_ request: WireRequest, _ interrupt: Interrupt) throws(GitSourceError) -> Attempt {
        let worker = try runningWorker(interrupt)
        var answer = Answer()
        do throws(WorkerFault) {
            answer.last = try worker.exchange(request, patience, interrupt) { answer.take($0) }
            return .answered(answer)
        } catch {
            self.worker = nil
            switch error {
            case .ended(let reason): return .died(reason, worker.phase)
            case .timeout: return .stuck(worker.phase)
            case .interrupted: throw GitSourceError(code: .worker, message: "reading the repository was stopped")
            case .garbled(let text):
                throw GitSourceError(code: .worker, message: "\(program) is not the belay-git of this release: \(text)")
            }
        }
    }

    private func runningWorker(_ interrupt: Interrupt) throws(GitSourceError) -> WorkerProcess {
        if let worker { return worker }
        let fresh = try WorkerProcess(program: program, cache: cache)
        let hello = WireHello(cache: cache, systemAuthorities: anchors.systemBundle, moreAuthorities: anchors.more)
        let answer: WireResponse
        do throws(WorkerFault) {
            answer = try fresh.exchange(.hello(hello), Patience(idle: .seconds(20), total: .seconds(20)), interrupt) { _ in }
        } catch {
            switch error {
            case .interrupted: throw GitSourceError(code: .worker, message: "reading the repository was stopped")
            case .ended(let reason): throw GitSourceError(code: .worker, message: "\(program) ended at its start (\(reason))")
            case .timeout, .garbled:
                throw GitSourceError(code: .worker, message: "\(program) is not the belay-git of this release: no greeting")
            }
        }
        switch answer {
        case .hello: break
        case .failure(let failure):
            throw GitSourceError(failure)
        default: throw Self.unexpected
        }
        worker = fresh
        return fresh
    }

    private func wireRepository(_ address: RepositoryAddress, _ hosts: KnownHosts) throws(GitSourceError) -> WireRepository {
        var repository = WireRepository(location: address.location, isLocal: address.isLocal)
        if address.isLocal { return repository }
        try CacheDirectory.prepare(cache)
        repository.cacheKey = CacheDirectory.key(address, credentials)
        repository.hostKeys = hosts.keys
        repository.sshKeyFile = credentials.sshKeyFile
        repository.username = credentials.username
        repository.password = credentials.token ?? credentials.password
        if address.scheme != .ssh {
            if credentials.token != nil, credentials.username == nil { repository.username = "x-access-token" }
            if repository.password != nil, repository.username == nil {
                throw GitSourceError(
                    code: .invalidConfiguration, message: "a password is given without a user name: set BELAY_GIT_USERNAME too")
            }
        }
        return repository
    }

    private func stuck(_ phase: WirePhase, _ address: RepositoryAddress) -> GitSourceError {
        let time = patience.idle.spoken
        switch phase {
        case .waiting:
            return GitSourceError(
                code: .cache, message: "another process has been using the cache of \(address.location) for \(time): wait for it, or end it"
            )
        case .connecting:
            return GitSourceError(
                code: .timeout,
                message: "\(address.location) did not answer within \(time): is the address right, and is there a proxy on the way?")
        case .receiving:
            return GitSourceError(
                code: .timeout,
                message: "\(address.location) was still sending, or had stopped sending, when the time was up (\(time) without a word, "
                    + "or \(patience.total.spoken) in all)")
        case .reading:
            return GitSourceError(
                code: .corrupt,
                message: "reading \(address.location) did not end within \(time): its objects may be damaged"
                    + (address.isLocal ? ", look into it with `git fsck`" : ""))
        }
    }
}

extension SourceFile {
    fileprivate init(_ file: WireFile) {
        let kind: Kind =
            switch file.kind {
            case .file: .file
            case .symlink: .symlink
            case .submodule: .submodule
            }
        self.init(
            path: file.path, blobID: file.id, kind: kind, bytes: file.bytes, size: Int(clamping: file.size), isTooLarge: file.isTooLarge)
    }
}
