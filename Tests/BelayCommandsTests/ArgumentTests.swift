// What the arguments may be: every refusal exits 2 and says what to write instead; help is data.

import BelayCommands
import Testing

@Suite struct ArgumentTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var line: String
        var says: String
        var testDescription: String { line }
        init(_ line: String, _ says: String) {
            self.line = line
            self.says = says
        }
    }

    @Test(arguments: [
        Refusal("dif", "did you mean belay diff?"), Refusal("snyc", "did you mean belay sync?"), Refusal("diff", "no source"),
        Refusal("apply --repo . --dir .", "two sources"), Refusal("apply --dir . --ref main", "--ref means nothing"),
        Refusal("apply -f a.yaml --repo .", "--repo goes without -f"), Refusal("apply -f a.yaml --name x", "--name goes with"),
        Refusal("apply -f a.yaml --path x", "spec.source.path"), Refusal("diff -f a.yaml -f b.yaml --dir .", "one -f"),
        Refusal("diff -f - -f -", "once"), Refusal("apply --repo . --name Web", "lower case"),
        Refusal("apply --repo . --name web -n a.b", "lower case"), Refusal("apply --dir . --name web --path ../x", "inside the repository"),
        Refusal("apply --dir . --name web --timeout 300", "300s or 300m"), Refusal("apply --dir . --name web --timeout 0s", "zero"),
        Refusal("apply --dir . --name web --timeout soon", "units"), Refusal("apply --dir . --name web --approve abc", "12 hexadecimal"),
        Refusal("apply --dir . --name web -o xml", "xml"), Refusal("history -o junit", "-o junit means nothing here"),
        Refusal("render --dir . -o table", "use yaml, json, name or wide"), Refusal("diff --dir . --name x --color blue", "blue"),
        Refusal("diff --repo . --name x --to main", "--to goes with --from"), Refusal("diff --dir . --name x --from a", "--dir has none"),
        Refusal("apply --dir . --name x --frobnicate", "frobnicate"),
        Refusal("apply --repo https://me:hunter2@example.com/x.git --name x", "credentials"),
        Refusal("inventory", "which Application"), Refusal("history --limit 0", "at least 1"), Refusal("sandbox --port 99999", "65535"),
        Refusal("help frob", "no help on frob"), Refusal("completion tcsh", "tcsh"), Refusal("show", "run"),
        Refusal("sync web --revision abc", "7 to 64 hexadecimal"), Refusal("sync web --revision 1234567 --no-wait", "leave out --no-wait"),
        Refusal("sync Web", "lower case"), Refusal("sync a/b/c", "NAMESPACE/NAME"), Refusal("sync a/b -n c", "two namespaces"),
        Refusal("wait", "wait for what"), Refusal("wait web -A", "-A means all"), Refusal("approve web --plan abc", "12 to 64"),
        Refusal("suspend web", "--reason"), Refusal("suspend web --reason x --until 5", "no unit"),
        Refusal("suspend web --reason x --until 2026-01-01", "no time with a zone"), Refusal("hold web deploy/x --reason x", "say when"),
        Refusal("hold web deploy/x --for 1m", "say why"), Refusal("hold web deploy --for 1m --reason x", "KIND/NAME"),
        Refusal("hold web deploy/x --release --for 1m", "mean nothing"), Refusal("get -n A", "--namespace"),
        Refusal("trace web", "KIND/NAME"),
        Refusal("rollback web --reason=x --until soon", "units"),
        Refusal("apply --repo . --name x --context=", "missing value for '--context"), Refusal("diff -f=", "-f is empty"),
    ])
    func refused(_ refusal: Refusal) async throws {
        try await withProgram { program in
            let run = await program.run(words: refusal.line.split(separator: " ").map(String.init))
            #expect(run.status == 2)
            #expect(run.output.isEmpty)
            #expect(run.error.hasPrefix("error: "))
            #expect(run.error.contains(refusal.says), "\(run.error)")
            #expect(!run.error.contains("hunter2"))
        }
    }

    @Test func hostileArgumentsAreEscaped() async throws {
        try await withProgram { program in
            for line in [["apply", "--\u{1B}[31mx"], ["\u{1B}[2J"], ["diff", "--dir", ".", "--name", "a\u{202E}b"], ["show", "\u{9B}x"]] {
                let run = await program.run(words: line)
                #expect(run.status == 2)
                #expect(!run.error.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" || $0 == "\u{9B}" })
            }
        }
    }

    @Test(arguments: ["", "help", "--help", "-h", "diff --help", "help apply", "apply -h"])
    func helpIsData(_ line: String) async throws {
        try await withProgram { program in
            let run = await program.run(words: line.split(separator: " ").map(String.init))
            #expect(run.status == 0)
            #expect(run.output.contains("USAGE: belay"))
            #expect(run.error.isEmpty)
        }
    }

    @Test func exitCodesAreHelp() async throws {
        try await withProgram { program in
            let run = await program.run("help", "exit-codes")
            #expect(run.status == 0)
            #expect(run.output == BelayCommands.ExitStatus.table)
            for status in BelayCommands.ExitStatus.allCases { #expect(run.output.contains("\n  \(status.rawValue) ")) }
        }
    }

    @Test func versions() async throws {
        try await withProgram { program in
            #expect(await program.run("version").output == "belay \(BelayVersion.current)\n")
            #expect(await program.run("--version").output == "\(BelayVersion.current)\n")
            #expect(await program.run("version", "-o", "json").output.contains("\"version\": \"\(BelayVersion.current)\""))
        }
    }

    @Test(arguments: [("bash", "complete"), ("zsh", "#compdef belay"), ("fish", "complete -c")])
    func completions(_ shell: String, _ contains: String) async throws {
        try await withProgram { program in
            let run = await program.run("completion", shell)
            #expect(run.status == 0)
            #expect(run.output.contains(contains))
            #expect(run.output.contains("validate"))
        }
    }

    @Test func theReferenceIsUpToDate() async throws {
        try await withProgram { program in
            let page = await program.run("reference").output
            let written = try golden("../../../docs/reference/cli.md", page)
            #expect(written == page, "make docs writes docs/reference/cli.md")
        }
    }
}
