// SOURCE to (Application, SourceSnapshot): reads Applications, then the files of each; nothing here talks to a cluster.

import Applying
import Foundation
import GitSource
import KubernetesModel
import Reconciliation
import Rendering
import StructuredData

/// The one place where the source options become Applications and their files.
struct SourceLoading {
    var options: SourceOptions
    var invocation: Invocation
    /// The namespace of an Application that names none: that of the kube-context.
    var defaultNamespace: String
    /// Whether `--name` may be left out: nothing is looked up by it.
    var nameIsOptional = false
    /// How long the whole run may take (`--timeout`), in place of what the Applications say.
    var timeout: Duration?
    /// What the Applications' sources have in common is read once.
    private let files = SharedFiles()

    /// What an Application's file may be at most.
    private static let maximumFileSize = 1 << 20

    /// The Applications, each with its files, in the order of the options.
    func load() async throws -> [(Application, SourceSnapshot)] {
        let applications = try applications()
        let git = git(for: applications)
        return try await git.closing {
            try await mapConcurrently(applications, limit: Invocation.width) { application in
                var application = application
                let snapshot = try await snapshot(of: application, git: git)
                application.source.origin = snapshot.origin
                return (application, snapshot)
            }
        }
    }

    /// As ``load()``, with what kept a source from being read in its place: the others are read all the same.
    func loadEach() async throws -> [(Application, Result<SourceSnapshot, CommandFailure>)] {
        let applications = try applications()
        let git = git(for: applications)
        return try await git.closing {
            try await mapConcurrently(applications, limit: Invocation.width) { application in
                do {
                    return (application, .success(try await snapshot(of: application, git: git)))
                } catch let failure as CommandFailure {
                    try Task.checkCancellation()
                    return (application, .failure(failure))
                }
            }
        }
    }

    /// The Applications at two revisions each, for `diff --from --to`; nil stands for the one that each Application names.
    func load(
        from: Application.GitReference, to: Application.GitReference?
    ) async throws -> [(application: Application, from: SourceSnapshot, to: SourceSnapshot)] {
        let applications = try applications()
        let git = git(for: applications)
        return try await git.closing {
            try await mapConcurrently(applications, limit: Invocation.width) { application in
                var old = application, new = application
                old.source.ref = from
                if let to { new.source.ref = to }
                return (application, try await snapshot(of: old, git: git), try await snapshot(of: new, git: git))
            }
        }
    }

    /// Its requests end with the longest run that may come of them.
    private func git(for applications: [Application]) -> LazyGitSource {
        LazyGitSource(options: options, invocation: invocation, limit: timeout ?? applications.map(\.timeout).max())
    }

    /// The Applications of the files, or the one that the flags describe.
    /// - Throws: ``CommandFailure`` naming every finding of all files.
    func applications() throws -> [Application] {
        guard !options.files.isEmpty else { return [try described()] }
        var applications: [Application] = []
        for file in options.files {
            for var application in try read(file) {
                if let ref = options.ref { application.source.ref = .unspecified(ref) }
                if let twin = applications.first(where: { $0.reference == application.reference }) {
                    throw CommandFailure(.invalid, "the Application \(twin.reference) was given twice")
                }
                applications.append(application)
            }
        }
        guard options.dir == nil || applications.count == 1 else {
            throw CommandFailure(
                .invalid, "--dir stands for one repository, and \(options.files[0]) holds \(applications.count) Applications")
        }
        return applications
    }

    private func described() throws -> Application {
        let local = options.dir ?? options.repo.flatMap { SourceLoading.isLocal($0) ? $0 : nil }
        guard let name = options.name ?? (nameIsOptional ? "unnamed" : nil) else {
            throw CommandFailure(
                .invalid, "no name: --repo and --dir go with --name NAME",
                hint: "the name tells this Application's objects from those of others; keep it the same from run to run")
        }
        let namespace = options.namespace ?? defaultNamespace
        let source = Application.Source(
            repoURL: local.map(invocation.absolute) ?? options.repo ?? "", ref: options.ref.map { .unspecified($0) } ?? .head,
            path: Application.Source.normalizedPath(options.path ?? ""), include: options.include, exclude: options.exclude)
        return Application(namespace: namespace, name: name, source: source, destination: .init(namespace: namespace))
    }

    private func read(_ file: String) throws -> [Application] {
        let shown = file == "-" ? "standard input" : file
        let bytes = try contents(file, shown: shown)
        var applications: [Application]
        do throws(ApplicationError) {
            applications = try Application.parse(bytes, file: shown, defaultNamespace: options.namespace ?? defaultNamespace)
        } catch {
            throw CommandFailure(
                .invalid, "cannot read the Application in \(shown)",
                details: error.findings.map { .init(message: $0.message, location: $0.location) },
                hint: error.findings.contains { $0.message.contains("document is no Application") }
                    ? "to apply manifests as they lie: --dir FOLDER --name NAME" : nil)
        }
        for index in applications.indices { try place(&applications[index], file: file) }
        return applications
    }

    /// Checks `-n`, and makes a repository beside the Application's own file reachable from wherever the program was started.
    private func place(_ application: inout Application, file: String) throws {
        if let namespace = options.namespace, application.namespace != namespace {
            throw CommandFailure(
                .invalid, "the Application \(application.reference) is not in namespace \(namespace)",
                hint: "leave out -n, or change metadata.namespace")
        }
        let url = application.source.repoURL
        if application.source.isLocal, !url.hasPrefix("/"), !url.hasPrefix("file://") {
            let folder = file == "-" ? invocation.directory : (invocation.absolute(file) as NSString).deletingLastPathComponent
            application.source.repoURL = invocation.absolute(folder + "/" + url)
        }
    }

    private func contents(_ file: String, shown: String) throws -> [UInt8] {
        do {
            let handle = file == "-" ? FileHandle.standardInput : try open(invocation.absolute(file))
            let data = try handle.read(upToCount: SourceLoading.maximumFileSize + 1) ?? Data()
            guard data.count <= SourceLoading.maximumFileSize else {
                throw CommandFailure(.invalid, "\(shown) is larger than 1 MiB, which no Application is")
            }
            return Array(data)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.invalid, "cannot read \(shown): \((error as NSError).localizedDescription)")
        }
    }

    private func open(_ path: String) throws -> FileHandle {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure(.invalid, "there is no file \(path)")
        }
        guard !isFolder.boolValue else {
            throw CommandFailure(.invalid, "\(path) is a folder", hint: "to apply the manifests in it: --dir \(path) --name NAME")
        }
        return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    }

    private func snapshot(of application: Application, git: LazyGitSource) async throws -> SourceSnapshot {
        do {
            if let dir = options.dir {
                return try await SourceReading.snapshot(of: application.source, inFolder: invocation.absolute(dir))
            }
            return try await SourceReading.snapshot(
                of: application.source, at: GitRequest.Reference(application.source.ref), from: try await git.source(), sharing: files)
        } catch {
            throw CommandFailure(error, doing: "read the source of \(application.reference)") ?? error
        }
    }

    /// A path: no URL of any kind, and no colon before its first slash.
    private static func isLocal(_ repo: String) -> Bool {
        guard let colon = repo.firstIndex(of: ":") else { return true }
        return repo[..<colon].contains("/")
    }
}

/// The Git worker, started at the first repository that is not a folder, and ended with the loading.
private actor LazyGitSource {
    private let options: SourceOptions
    private let invocation: Invocation
    private let limit: Duration?
    private var started: GitSource?

    /// A server that says nothing at all is given up after this time.
    private static let silence = Duration.seconds(60)

    init(options: SourceOptions, invocation: Invocation, limit: Duration?) {
        self.options = options
        self.invocation = invocation
        self.limit = limit
    }

    func source() throws -> GitSource {
        if let started { return started }
        let environment = invocation.environment
        func set(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var credentials = GitCredentials()
        credentials.username = set("BELAY_GIT_USERNAME")
        credentials.password = set("BELAY_GIT_PASSWORD")
        credentials.token = set("BELAY_GIT_TOKEN")
        credentials.sshKeyFile = options.sshKey.map(invocation.absolute)
        credentials.certificateAuthorityFile = options.gitCa.map(invocation.absolute)
        let source = try GitSource(
            worker: set("BELAY_GIT_PATH"), cache: try invocation.gitCache(), credentials: credentials,
            deadline: min(limit ?? LazyGitSource.silence, LazyGitSource.silence), limit: limit)
        started = source
        return source
    }

    nonisolated func closing<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        do {
            let result = try await body()
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }

    private func close() async {
        await started?.close()
        started = nil
    }
}
