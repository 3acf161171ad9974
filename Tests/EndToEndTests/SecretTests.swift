// Planted values of Secrets, tokens and passwords, searched in every byte that Belay prints, keeps or writes into the cluster.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite struct SecretTests {
    /// Everything that a run says, by the command that said it, and what was found on disk and in the cluster.
    private struct Haystack {
        var straws: [(place: String, bytes: [UInt8])] = []

        mutating func add(_ result: ProgramResult) { straws.append((result.command, Array((result.output + result.errors).utf8))) }
        mutating func add(_ place: String, _ text: String) { straws.append((place, Array(text.utf8))) }

        mutating func addFiles(below folder: String) {
            let files = FileManager.default.enumerator(atPath: folder)
            while let file = files?.nextObject() as? String {
                if let data = FileManager.default.contents(atPath: folder + "/" + file) { straws.append((file, Array(data))) }
            }
        }

        /// Where a needle is, with what is around it.
        func finds(_ needle: [UInt8]) -> [String] {
            straws.compactMap { straw in
                Data(straw.bytes).range(of: Data(needle)).map { range in
                    let around = straw.bytes[max(0, range.lowerBound - 60)..<min(straw.bytes.count, range.upperBound + 20)]
                    return "\(straw.place): …\(String(decoding: around, as: UTF8.self))…"
                }
            }
        }
    }

    /// The ways in which a text may come out: as it is, in JSON, in a URL, in hex, and in Base64 by itself or within something longer.
    static func spellings(_ text: String) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        let json = Array(JSON.write(.string(text)).dropFirst().dropLast())
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var spellings = [bytes, json, Array(hex.utf8), Array(hex.uppercased().utf8)]
        if let url = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) { spellings.append(Array(url.utf8)) }
        for offset in 0..<3 {
            // The characters of the whole that come of our bytes alone.
            let padded = Data([UInt8](repeating: 0x20, count: offset) + bytes).base64EncodedString()
            let inner = padded.dropFirst(offset == 0 ? 0 : offset + 1).prefix { $0 != "=" }.dropLast()
            spellings.append(Array(inner.utf8))
            spellings.append(Array(inner.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").utf8))
        }
        return spellings
    }

    @Test func theSearchFindsEverySpelling() {
        let canary = #"s3cr3t/"canary\~+>?one"#
        for text in [
            "x\(canary)y", String(decoding: JSON.write(["a": .string("<\(canary)>")]), as: UTF8.self),
            "?q=s3cr3t%2F%22canary%5C%7E%2B%3E%3Fone&",
            Data(canary.utf8).base64EncodedString(), Data("user:\(canary)".utf8).base64EncodedString(),
            Data("u:\(canary):x".utf8).base64EncodedString(),
            Data("us:\(canary)".utf8).base64EncodedString().replacingOccurrences(of: "/", with: "_").replacingOccurrences(
                of: "+", with: "-"),
            canary.utf8.map { String($0, radix: 16) }.joined(),
        ] {
            var haystack = Haystack()
            haystack.add("here", text)
            #expect(Self.spellings(canary).contains { !haystack.finds($0).isEmpty }, "\(text)")
        }
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static func secret(data: String = "", stringData: String = "", type: String = "Opaque", more: String = "") -> String {
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  labels: {app: token}\ntype: \(type)\n"
            + (data.isEmpty ? "" : "data:\n  steady: \(base64(steady))\n  token: \(base64(data))\n")
            + (stringData.isEmpty ? "" : "stringData:\n  text: '\(stringData)'\n") + more
    }

    private static let steady = #"s3cr3t/"canary\~+steady"#
    private static let inData = [#"s3cr3t/"canary\~+data-one"#, #"s3cr3t/"canary\~+data-two"#, #"s3cr3t/"canary\~+data-three"#]
    private static let inText = [#"s3cr3t/"canary\~+text-one"#, #"s3cr3t/"canary\~+text-two"#]
    private static let byHand = #"s3cr3t/"canary\~+by-hand"#
    private static let annotated = "s3cr3t-canary-annotated"
    private static let inError = #"s3cr3t/"canary\~+in-error"#
    private static let odd = "s3cr3t-canary-odd"
    private static let number = "918273645546372819"
    private static let gitToken = "s3cr3t-canary-git-token"
    private static let gitPassword = "s3cr3t-canary-git-password"
    private static let bearer = "s3cr3t-canary-bearer-token"
    private static let all = inData + inText + [steady, byHand, annotated, inError, odd, number, gitToken, gitPassword, bearer]

    /// Runs a verb in every format.
    private func every(_ formats: [String], _ arguments: [String], _ team: Scenario, into haystack: inout Haystack) async throws {
        for format in formats { haystack.add(try await program(team).run(arguments + ["-o", format])) }
    }

    private func program(_ team: Scenario) -> Program {
        var program = team.program
        program.environment["BELAY_GIT_TOKEN"] = Self.gitToken
        program.environment["BELAY_GIT_USERNAME"] = "ada"
        program.environment["BELAY_GIT_PASSWORD"] = Self.gitPassword
        return program
    }

    private static let reports = ["table", "wide", "json", "yaml", "name", "markdown", "junit"]

    /// What the journal, the cache and the cluster keep: everything but the Secret itself.
    private func addWhatIsKept(_ team: Scenario, to haystack: inout Haystack) async throws {
        haystack.addFiles(below: team.home)
        for kind in ["configmaps", "events", "serviceaccounts"] {
            let kept = try await team.kubectl("get", kind, "-o", "yaml", "--show-managed-fields")
            #expect(kept.status == 0, "\(kept)")
            haystack.add(kind, kept.output)
        }
    }

    private func expectNothing(of canaries: [String], in haystack: Haystack) {
        #expect(haystack.straws.contains { String(decoding: $0.bytes, as: UTF8.self).contains("Secret") })
        for canary in canaries {
            for spelling in Self.spellings(canary) {
                let found = haystack.finds(spelling)
                #expect(found.isEmpty, "\(canary) came out as \(String(decoding: spelling, as: UTF8.self)): \(found)")
            }
        }
    }

    @Test func whatIsAppliedChangedAndDriftsIsSeenByNobody() async throws {
        try await withScenario { team in
            let kubeconfig = try String(contentsOfFile: team.cluster.kubeconfig, encoding: .utf8)
            let token = try #require(kubeconfig.firstMatch(of: #/token: *"?([^",} \n]+)/#)).1
            var haystack = Haystack()
            try await team.repository.commit(["deploy/token.yaml": Self.secret(data: Self.inData[0], stringData: Self.inText[0])])
            try await every(["yaml", "json", "name"], ["render"] + team.source, team, into: &haystack)
            try await every(["yaml"], ["render", "--tracking"] + team.source, team, into: &haystack)
            #expect(haystack.straws.first.map { String(decoding: $0.bytes, as: UTF8.self).contains("REDACTED(") } == true)
            try await every(["table", "json", "yaml", "junit"], ["validate"] + team.source, team, into: &haystack)
            try await every(Self.reports, ["diff"] + team.source, team, into: &haystack)
            let first = try await program(team).run(["apply"] + team.source)
            #expect(first.status == 0, "\(first)")
            haystack.add(first)

            // Git changes a value, a hand another, and kubectl's copy of the whole stands in an annotation.
            try await team.repository.commit(["deploy/token.yaml": Self.secret(data: Self.inData[1], stringData: Self.inText[1])])
            let copy = #"{"data":{"token":"\#(Self.base64(Self.annotated))"},"stringData":{"a":"\#(Self.annotated)"}}"#
            for tool in ["kubectl.kubernetes.io/last-applied-configuration", "example.com/backup"] {
                #expect(try await team.kubectl("annotate", "secret/token", "\(tool)=\(copy)").status == 0)
            }
            let patch = #"{"data":{"token":"\#(Self.base64(Self.byHand))","extra":"\#(Self.base64(Self.byHand))"}}"#
            #expect(try await team.kubectl("patch", "secret/token", "-p", patch).status == 0)
            try await every(Self.reports, ["diff"] + team.source, team, into: &haystack)
            haystack.add(try await program(team).run(["diff"] + team.source + ["--color", "always"]))
            try await every(["json"], ["apply", "--preflight"] + team.source, team, into: &haystack)
            #expect(try await team.kubectl("patch", "secret/token", "-p", patch).status == 0)
            try await every(["markdown"], ["apply"] + team.source, team, into: &haystack)
            #expect(
                try await team.object("secret/token")?.at("data", "token")?.string == Self.base64(Self.inData[1]),
                "it was put back, so there was something to tell")

            // A whole object by another hand, refused and recreated; then it is dropped and made anew.
            let fixed = Self.secret(data: Self.inData[2], type: "example.com/other")
            try await team.repository.commit(["deploy/token.yaml": fixed])
            try await every(["table", "json"], ["apply"] + team.source, team, into: &haystack)
            let allowed = fixed.replacingOccurrences(of: "  labels:", with: "  annotations: {belay.dev/recreate: allowed}\n  labels:")
            try await team.repository.commit(["deploy/token.yaml": allowed])
            try await every(["yaml"], ["diff"] + team.source, team, into: &haystack)
            let recreated = try await program(team).run(["apply"] + team.source)
            #expect(recreated.status == 0, "\(recreated)")
            haystack.add(recreated)

            let name = "\(team.namespace)/app"
            try await every(["table", "wide", "json", "yaml", "name", "markdown"], ["drift", name], team, into: &haystack)
            try await every(["table", "wide", "json", "yaml", "name"], ["history", name], team, into: &haystack)
            try await every(["table", "wide", "json", "yaml", "name"], ["inventory", name], team, into: &haystack)
            for run in try await team.run("history", name, "-o", "name").output.split(separator: "\n") {
                try await every(["table", "wide", "json", "yaml"], ["show", String(run)], team, into: &haystack)
            }
            #expect(try await program(team).run(["drift", name, "-o", "json"]).says("data.token"), "the path may be told")
            try await addWhatIsKept(team, to: &haystack)
            try await every(["json"], ["delete", "--yes"] + team.source, team, into: &haystack)
            haystack.addFiles(below: team.home)
            expectNothing(of: Self.all + [String(token)], in: haystack)
        }
    }

    /// Manifests that are refused before any request: the error names the place, never the value.
    static let refused: [(name: String, text: String)] = [
        ("number", secret(more: "stringData: {pin: \(number)}\n")), ("number in data", secret(more: "data: {pin: \(number)}\n")),
        ("no base64", secret(more: "data: {a: '\(odd)!'}\n")), ("a list", secret(more: "stringData: [\(odd)]\n")),
        ("a text", secret(more: "stringData: \(odd)\n")), ("nested", secret(more: "stringData: {a: {b: \(odd)}}\n")),
        ("a field that is not there", secret(more: "stringdata: {a: \(odd)}\n")),
        ("twice", secret(more: "stringData:\n  a: \(odd)\n  a: \(odd)x\n")),
        ("broken quotes", secret(more: "stringData:\n  a: \"\(odd)\n  b: c\n")), ("a tab", secret(more: "stringData:\n\ta: \(odd)\n")),
        ("broken flow", secret(more: "stringData: {a: \(odd)\nb: [\n")), ("an alias", secret(more: "stringData: {a: *\(odd)}\n")),
        ("a tag", secret(more: "stringData: {a: !\(odd) x}\n")), ("a wrong type", secret(more: "immutable: \(odd)\n")),
        (
            "an unknown version",
            secret(more: "stringData: {a: \(odd)}\n").replacingOccurrences(of: "apiVersion: v1", with: "apiVersion: v9")
        ),
        (
            "in a list",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: x}\n  data: {a: '\(odd)!'}\n"
        ),
        ("a key that is none", secret(more: "stringData: {'a b': \(odd)}\n")),
    ]

    @Test func whatIsRefusedIsToldWithoutItsValue() async throws {
        try await withScenario { team in
            var haystack = Haystack()
            for (name, text) in Self.refused {
                try await team.repository.commit(["deploy/token.yaml": text])
                for (verb, formats) in [
                    ("render", ["yaml"]), ("validate", ["table", "junit"]), ("diff", ["json"]), ("apply", ["table"]),
                ] {
                    for format in formats {
                        let result = try await program(team).run([verb] + team.source + ["-o", format])
                        let isServers = verb == "render" || verb == "validate"
                        // A tag of one's own says nothing to anybody, as in kubectl.
                        #expect(isServers || name == "a tag" || result.status != 0, "\(name) was taken: \(result)")
                        haystack.add(result)
                    }
                }
            }
            // Where nothing was written there is no namespace either.
            haystack.addFiles(below: team.home)
            expectNothing(of: [Self.odd, Self.number, Self.gitToken, Self.gitPassword], in: haystack)
        }
    }

    /// The server's own words hold the value: in a Status, in the plain text of a proxy, in a warning; and so do they hold the token.
    @Test func theWordsOfTheServerAreNotRepeated() async throws {
        try await withScenario { team in
            let words =
                "failed to create typed patch object (\(team.namespace)/token; /v1, Kind=Secret): .data.a: expected string, got "
                + #"&value.valueUnstructured{Value:"\#(Self.inError)"} as \#(Self.base64(Self.inError)), sent with Bearer \#(Self.bearer)"#
            func status(_ code: Int, _ reason: String) -> String {
                let value: Value = [
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": .string(words), "reason": .string(reason),
                    "code": .int(Int64(code)),
                    "details": [
                        "name": "token", "kind": "secrets",
                        "causes": [["reason": "FieldValueInvalid", "message": .string(words), "field": .string("data[\(Self.inError)]")]],
                    ],
                ]
                return String(decoding: JSON.write(value), as: UTF8.self)
            }
            let answers: [(status: Int, text: String, warning: String?)] = [
                (500, status(500, ""), nil), (422, status(422, "Invalid"), nil), (400, status(400, "BadRequest"), nil),
                (403, status(403, "Forbidden"), nil), (502, words, nil), (200, words, nil), (200, "{\"a\": \"\(words)", nil),
                (
                    0, "",
                    "299 - \"\(Self.inError.replacingOccurrences(of: #"\"#, with: #"\\"#).replacingOccurrences(of: "\"", with: #"\""#))\""
                ),
            ]
            for answer in answers {
                try await team.repository.commit(["deploy/token.yaml": Self.secret(data: Self.inData[0], stringData: Self.inText[0])])
                try await RecordingProxy.with(
                    team.cluster, credential: Self.bearer,
                    answering: { method, target in target.contains("/secrets/token") && method != "GET" ? answer : nil },
                    { proxy in
                        var team = team
                        team.kubeconfig = proxy.kubeconfig
                        var haystack = Haystack()
                        try await every(["table", "json"], ["apply", "--timeout", "5s"] + team.source, team, into: &haystack)
                        haystack.addFiles(below: team.home)
                        expectNothing(of: [Self.inError, Self.bearer] + Self.inData + Self.inText, in: haystack)
                        if answer.status != 0 {
                            let told = haystack.straws.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
                            #expect(told.contains("Secret \(team.namespace)/token"), "the object is named: \(told)")
                        }
                    })
            }
        }
    }

    /// A proxy's error page repeats the request's headers: the token is not told on, whatever was asked for.
    @Test func aTokenThatIsEchoedIsNotRepeated() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: \"1\"}\n"])
            let status = #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no: Bearer \#(Self.bearer)","code":400}"#
            for text in ["no such host; authorization: Bearer \(Self.bearer)", status] {
                for place in ["/configmaps/a", "/configmaps/belay-app", "/apis"] {
                    try await RecordingProxy.with(
                        team.cluster, credential: Self.bearer,
                        answering: { _, target in target.contains(place) ? (400, text, nil) : nil },
                        { proxy in
                            var team = team
                            team.kubeconfig = proxy.kubeconfig
                            let result = try await program(team).run(["apply", "--timeout", "5s"] + team.source)
                            #expect(result.status != 0, "\(result)")
                            #expect(result.says("(credential withheld)"), "the rest of the text is told: \(result)")
                            var haystack = Haystack()
                            haystack.add(result)
                            haystack.add("", "Secret")
                            haystack.addFiles(below: team.home)
                            expectNothing(of: [Self.bearer, Self.gitToken, Self.gitPassword], in: haystack)
                        })
                }
            }
        }
    }
}
