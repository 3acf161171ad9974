// Reports for CI systems that show test results: a test case for each object or file.

import KubernetesModel
import Planning
package import Reconciliation
import StructuredData

/// JUnit's XML: a difference that was not made is a failure, what the server rejects is an error.
package enum JUnitReport {
    struct Case {
        enum Verdict { case passed, skipped(String), failed(type: String, message: String, text: String), broken(message: String) }
        var suite: String
        var name: String
        var file: String?
        var verdict: Verdict
    }

    /// One suite for each Application, one case for each object.
    package static func text(_ reports: [SyncReport], style: PlanText) -> String {
        document(
            reports.map { report in
                var cases = report.operations.map { self.case($0, in: report, style) }
                // What is told of an object is not told twice.
                let told = cases.compactMap { if case .broken(let message) = $0.verdict { message } else { nil } }
                cases += report.errors.filter { error in !told.contains { error.message.contains($0) } }.map {
                    Case(
                        suite: report.application.reference, name: $0.location?.description ?? "run", file: $0.location?.file,
                        verdict: .broken(message: $0.message))
                }
                return (report.application.reference, cases)
            })
    }

    /// One suite for each source, one case for each file that was read, failed by what is wrong in it.
    package static func text(_ sources: [(application: String, files: [String], errors: [SyncReport.ReportedError])]) -> String {
        document(sources.map { ($0.application, cases(application: $0.application, files: $0.files, errors: $0.errors)) })
    }

    private static func cases(application: String, files: [String], errors: [SyncReport.ReportedError]) -> [Case] {
        let others = Set(errors.map { $0.location?.file ?? "source" }).subtracting(files).sorted { $0.precedesByBytes($1) }
        return (files + others).map { file in
            let found = errors.filter { ($0.location?.file ?? "source") == file }
            let text = found.map { "\($0.location.map { "\($0): " } ?? "")\($0.message)" }.joined(separator: "\n")
            let verdict: Case.Verdict =
                found.first.map { .failed(type: "manifest", message: $0.message, text: text) } ?? .passed
            return Case(suite: application, name: file, file: file, verdict: verdict)
        }
    }

    private static func `case`(_ operation: SyncReport.ReportedOperation, in report: SyncReport, _ style: PlanText) -> Case {
        let planned = operation.operation
        let why = operation.error ?? planned.why
        let verdict: Case.Verdict =
            switch operation.kind {
            case .unchanged: .passed
            case _ where operation.result == "done": .passed
            case _ where operation.result == "failed": .broken(message: why)
            case _ where operation.result == "skipped": .skipped(why)
            case .skip: .skipped(why)
            case .blocked where planned.isRejected: .broken(message: why)
            default:
                .failed(
                    type: operation.kind.rawValue, message: "\(operation.kind.rawValue): \(why)",
                    text: planned.changes.flatMap(style.field).joined(separator: "\n"))
            }
        return Case(suite: report.application.reference, name: planned.key.description, file: planned.location?.file, verdict: verdict)
    }

    private static func document(_ suites: [(name: String, cases: [Case])]) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for suite in suites {
            let failures = suite.cases.count { if case .failed = $0.verdict { true } else { false } }
            let errors = suite.cases.count { if case .broken = $0.verdict { true } else { false } }
            let skipped = suite.cases.count { if case .skipped = $0.verdict { true } else { false } }
            text += "  <testsuite name=\"\(xml(suite.name))\" tests=\"\(suite.cases.count)\" failures=\"\(failures)\" "
            text += "errors=\"\(errors)\" skipped=\"\(skipped)\">\n"
            for one in suite.cases { text += element(one) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func element(_ one: Case) -> String {
        let file = one.file.map { " file=\"\(xml($0))\"" } ?? ""
        let head = "    <testcase classname=\"\(xml(one.suite))\" name=\"\(xml(one.name))\"\(file)"
        switch one.verdict {
        case .passed: return head + "/>\n"
        case .skipped(let why): return head + "><skipped message=\"\(xml(why))\"/></testcase>\n"
        case .broken(let message): return head + "><error message=\"\(xml(message))\"/></testcase>\n"
        case .failed(let type, let message, let text):
            return head + "><failure type=\"\(xml(type))\" message=\"\(xml(message))\">\(xml(lines: text))</failure></testcase>\n"
        }
    }

    private static func xml(_ text: String) -> String { escaped(Printable.text(text)) }
    private static func xml(lines text: String) -> String { escaped(Printable.lines(text).joined(separator: "\n")) }

    /// XML 1.0 knows no control characters and none of U+FFFE and U+FFFF, not even as references.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
