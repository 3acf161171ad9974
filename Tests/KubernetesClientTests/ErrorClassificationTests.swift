// What an answer means: a table of answers, most of them recorded from a real API server (`recorded`).

import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

/// One row of `Fixtures/answers.json`.
struct AnswerCase: Sendable, CustomTestStringConvertible {
    let row: Value
    var name: String { row["name"]?.string ?? "" }
    var testDescription: String { name }

    static let all: [AnswerCase] = ((try? FixtureFile.json("answers.json"))?.array ?? []).map(AnswerCase.init)

    var error: ClientError? {
        let kind = row["kind"]?.string ?? ""
        let subject = RequestSubject(
            verb: RequestSubject.Verb(rawValue: row["verb"]?.string ?? "") ?? .get, object: "\(kind) x/y", isSecret: kind == "Secret")
        let body: [UInt8] =
            switch row["body"] {
            case .string(let text)?: Array(text.utf8)
            case let value?: JSON.write(value)
            case nil: []
            }
        let answer = APIAnswer(
            httpStatus: Int(clamping: row["status"]?.int ?? 0), contentType: row["contentType"]?.string ?? "", body: body,
            retryAfter: row["header"]?.string, location: row["location"]?.string)
        return answer.error(for: subject, server: "10.0.0.1:6443", now: 0)
    }
}

@Suite("errors are classified by what they mean")
struct ErrorClassificationTests {
    @Test("the table is there")
    func tableExists() { #expect(AnswerCase.all.count >= 80) }

    @Test("an answer gives its code", arguments: AnswerCase.all)
    func code(_ answer: AnswerCase) throws {
        let error = try #require(answer.error)
        #expect(error.code.rawValue == answer.row["code"]?.string)
        #expect(error.httpStatus == answer.row["status"]?.int.map { Int(clamping: $0) })
        if let transient = answer.row["transient"]?.bool { #expect(error.isTransient == transient) }
        #expect(error.retryAfter == answer.row["retryAfter"]?.int.map { Duration.seconds($0) })
        #expect(error.isDryRunUnsupported == (answer.row["dryRunUnsupported"]?.bool ?? false))
    }

    @Test("its message names verb, object and server, and is one printable line", arguments: AnswerCase.all)
    func message(_ answer: AnswerCase) throws {
        let error = try #require(answer.error)
        let start = "cannot \(answer.row["verb"]?.string ?? "") \(answer.row["kind"]?.string ?? "") x/y on 10.0.0.1:6443: "
        #expect(error.message.hasPrefix(start))
        #expect(error.message.count > start.count)
        #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E })
        #expect(error.message.utf8.count < 4_000)
        if let says = answer.row["says"]?.string { #expect(error.message.contains(says)) }
        if let silent = answer.row["silent"]?.string { #expect(!error.message.contains(silent)) }
        #expect("\(error)" == error.message)
        let verb = answer.row["verb"]?.string ?? ""
        #expect(error.messageOfIt == "cannot \(verb) it on 10.0.0.1:6443: " + error.message.dropFirst(start.count))
    }

    @Test("a field conflict names paths and managers", arguments: AnswerCase.all.filter { $0.row["conflicts"] != nil })
    func conflicts(_ answer: AnswerCase) throws {
        let expected = (answer.row["conflicts"]?.array ?? []).map {
            ClientError.FieldConflict(
                path: $0[0]?.string ?? "", manager: $0[1]?.string ?? "", subresource: $0[2]?.string, byUpdate: $0[3]?.bool ?? false)
        }
        #expect(answer.error?.conflicts == expected)
    }

    @Test("nothing of the server's text survives in the error for a Secret", arguments: AnswerCase.all)
    func secrets(_ answer: AnswerCase) throws {
        guard answer.row["kind"]?.string == "Secret" else { return }
        let error = try #require(answer.error)
        #expect(error.status?.message == "")
        #expect(error.status?.causes.allSatisfy { $0.message.isEmpty || $0.reason == "FieldManagerConflict" } ?? true)
        let serverText = answer.row.at("body", "message")?.string ?? ""
        #expect(!serverText.isEmpty && !error.message.contains(serverText))
        if let silent = answer.row["silent"]?.string {
            var dumped = ""
            dump(error, to: &dumped)
            #expect(!dumped.contains(silent))
        }
    }

    @Test("2xx is no error", arguments: [200, 201, 202, 204])
    func success(status: Int) {
        let answer = APIAnswer(httpStatus: status, contentType: "application/json", body: Array("{}".utf8))
        #expect(answer.error(for: RequestSubject(verb: .get, object: "x"), server: "s", now: 0) == nil)
    }

    @Test("a dry-run is called one")
    func dryRun() throws {
        let answer = APIAnswer(httpStatus: 403, contentType: "text/plain", body: Array("no".utf8))
        let subject = RequestSubject(verb: .apply, dryRun: true, object: "ConfigMap a/b")
        let error = try #require(answer.error(for: subject, server: "s:1", now: 0))
        #expect(error.message == "cannot dry-run apply ConfigMap a/b on s:1: HTTP 403: no")
    }
}
