// Where manifests come from: an Application's file, a repository, or a directory as it lies.

import ArgumentParser
import KubernetesModel

struct SourceOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "A file with an Application, - for standard input; may be given several times: they are planned together.",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var files: [String] = []

    @Option(
        help: ArgumentHelp("A Git repository: an https or ssh address, or a local path (its committed state).", valueName: "url"),
        completion: .directory)
    var repo: String?

    @Option(help: "Branch, tag, commit or full ref (default: the Application's, else the remote's HEAD).")
    var ref: String?

    @Option(help: ArgumentHelp("The folder inside the repository.", valueName: "folder"))
    var path: String?

    @Option(
        help: ArgumentHelp(
            "Read only the manifests that this matches, relative to --path, as in .gitignore; may be given several times.",
            valueName: "pattern"))
    var include: [String] = []

    @Option(
        help: ArgumentHelp(
            "Leave out what this matches: values.yaml, test/, /deploy/*.json; may be given several times.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read files as they lie in this folder, in place of a repository; with -f in place of its repository.", valueName: "folder"),
        completion: .directory)
    var dir: String?

    @Option(help: "The Application's name, with --repo or --dir.")
    var name: String?

    @Option(
        name: .shortAndLong, help: "The Application's namespace and that of its objects, with --repo or --dir (default: the context's).")
    var namespace: String?

    @Option(help: ArgumentHelp("PEM file with the authority of the Git server's certificate.", valueName: "file"), completion: .file())
    var gitCa: String?

    @Option(help: ArgumentHelp("Private key for Git over ssh.", valueName: "file"), completion: .file())
    var sshKey: String?

    func validate() throws {
        for (flag, value) in [
            ("--repo", repo), ("--ref", ref), ("--dir", dir), ("--name", name), ("--namespace", namespace), ("--git-ca", gitCa),
            ("--ssh-key", sshKey),
        ] where value?.isEmpty == true {
            throw ValidationError("\(flag) is empty")
        }
        if files.contains("") { throw ValidationError("-f is empty") }
        try checkCombination()
        try checkValues()
    }

    private func checkCombination() throws {
        guard !files.isEmpty || repo != nil || dir != nil else {
            throw ValidationError("no source: give -f app.yaml, or --repo URL --name NAME, or --dir FOLDER --name NAME")
        }
        if repo != nil, dir != nil { throw ValidationError("--repo and --dir are two sources; give one") }
        if dir != nil, ref != nil { throw ValidationError("--dir reads files as they lie; --ref means nothing with it") }
        guard !files.isEmpty else { return }
        if repo != nil { throw ValidationError("-f names the repository in its Application; --repo goes without -f") }
        if name != nil { throw ValidationError("-f names the Application; --name goes with --repo or --dir") }
        if path != nil {
            throw ValidationError("-f names the folder in its Application (spec.source.path); --path goes with --repo or --dir")
        }
        for (flag, patterns) in [("include", include), ("exclude", exclude)] where !patterns.isEmpty {
            throw ValidationError("-f names the patterns in its Application (spec.source.\(flag)); --\(flag) goes with --repo or --dir")
        }
        if dir != nil, files.count > 1 { throw ValidationError("--dir stands for one repository; give one -f with it") }
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read once; give -f - once") }
    }

    private func checkValues() throws {
        if let repo, SourceOptions.isAddress(repo), let problem = Application.Source.repositoryProblem(repo) {
            throw ValidationError("--repo \(problem)")
        }
        if let path, let problem = Application.Source.pathProblem(path) {
            throw ValidationError("--path \(Printable.text(path)) \(problem)")
        }
        for (flag, patterns) in [("--include", include), ("--exclude", exclude)] {
            for pattern in patterns {
                guard let problem = Application.Source.patternProblem(pattern) else { continue }
                throw ValidationError("\(flag) \(Printable.text(pattern)) \(problem)")
            }
            if let problem = Application.Source.patternsProblem(patterns) { throw ValidationError("\(flag) \(problem)") }
        }
        if let name, let problem = Names.dnsSubdomainProblem(name) { throw ValidationError("--name \(Printable.text(name)) \(problem)") }
        if let namespace, let problem = Names.namespaceProblem(namespace) {
            throw ValidationError("--namespace \(Printable.text(namespace)) \(problem)")
        }
    }

    /// Whether this is an address (a URL, or scp-like `host:path`) and no path, as Git tells them apart. What else is wrong with
    /// `http://` is the Git source's to say: it may have been allowed.
    static func isAddress(_ repo: String) -> Bool {
        guard let colon = repo.firstIndex(of: ":"), !repo[..<colon].contains("/") else { return false }
        return !repo.hasPrefix("http://") && !repo.hasPrefix("file://")
    }
}
