// Errors of the stages as failures of the program: the one place where a code of theirs becomes an exit code.

package import GitSource
package import Journal
package import KubernetesClient
import KubernetesModel
import Reconciliation
import Rendering
import StructuredData

extension CommandFailure {
    /// - Parameter doing: what was tried, to be read after "cannot": `render shop/web at main@sha1:3f2c1ab`.
    /// - Returns: nil for errors that are not of a stage (cancellation, exit codes).
    package init?(_ error: any Error, doing: String? = nil) {
        func message(_ text: String) -> String { doing.map { "cannot \($0): \(text)" } ?? text }
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let error as GitSourceError:
            self.init(ExitStatus(error.code), message(error.message))
        case let error as RenderingFailure:
            let errors = error.findings.map { SyncReport.ReportedError(message: $0.message, location: $0.location) }
            self.init(.invalid, CommandFailure.counted(errors.count, doing: doing), details: errors)
        case let error as ClientError:
            self.init(ExitStatus(error.code), message(error.message))
        case let error as SyncFailure:
            self.init(error, doing: doing)
        case let error as JournalError:
            self.init(ExitStatus(error.code), message(error.message))
        default:
            return nil
        }
    }

    private init(_ failure: SyncFailure, doing: String?) {
        let hint = failure.hint.isEmpty ? nil : failure.hint
        let status = ExitStatus(failure.outcome)
        if failure.errors.count == 1, let only = failure.errors.first, only.location == nil {
            self.init(status, doing.map { "cannot \($0): \(only.message)" } ?? only.message, hint: hint)
        } else {
            let headline = failure.outcome == .invalid ? CommandFailure.counted(failure.errors.count, doing: doing) : nil
            self.init(status, headline ?? doing.map { "cannot \($0)" } ?? "the run failed", details: failure.errors, hint: hint)
        }
    }

    private static func counted(_ errors: Int, doing: String?) -> String {
        let count = errors == 1 ? "1 error" : "\(errors) errors"
        return doing.map { "cannot \($0): \(count)" } ?? "\(count) in the manifests"
    }
}

extension ExitStatus {
    /// The exit class of a source that cannot be read.
    package init(_ code: GitSourceError.Code) {
        switch code {
        case .invalidURL, .invalidReference, .invalidPath, .invalidConfiguration, .referenceNotFound, .ambiguousReference, .pathNotFound,
            .notARepository, .unreadable, .unsupported, .tooLarge, .cache:
            self = .invalid
        case .unreachable, .tls, .authentication, .hostKey, .redirect, .timeout, .corrupt, .worker: self = .unreachable
        }
    }

    /// The exit class of a cluster's answer that ended the whole run before its first write.
    package init(_ code: ClientError.Code) {
        switch code {
        case .configuration: self = .invalid
        case .unreachable, .timeout, .unauthorized, .forbidden, .tooManyRequests, .unavailable, .malformedResponse: self = .unreachable
        case .namespaceTerminating, .notFound, .kindNotServed, .alreadyExists, .fieldConflict, .conflict, .invalid, .immutable,
            .badRequest, .tooLarge, .expired, .permanent:
            self = .failure
        }
    }

    /// The exit class of a journal that cannot be used: an id that names several runs is the caller's, a journal that
    /// cannot be opened is configuration, all else failed.
    package init(_ code: JournalError.Code) {
        switch code {
        case .cannotOpen, .newerSchema, .ambiguous: self = .invalid
        case .busy, .full, .corrupt, .conflict, .failed: self = .failure
        }
    }
}
