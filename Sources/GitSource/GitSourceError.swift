// Why a source could not be read.

import GitWire

/// A source that could not be read: what failed, why, and what to do next. No credential ever stands in it.
package struct GitSourceError: Error, Sendable, CustomStringConvertible {
    /// Stable and bounded; the exit class hangs on it (`interfaces.md` section 1).
    package enum Code: String, Sendable {
        /// Exit 2: the request itself cannot be right.
        case invalidURL, invalidReference, invalidPath, invalidConfiguration, referenceNotFound, ambiguousReference
        case pathNotFound, notARepository, unreadable, unsupported
        /// Exit 4: not reached or not allowed.
        case unreachable, tls, authentication, hostKey, redirect, timeout
        /// Exit 1: it ran and failed.
        case tooLarge, corrupt, cache, worker
    }
    package var code: Code
    package var message: String
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
    package var description: String { message }

    /// Whether the request or what it names has to change: asking again is of no use until somebody does something.
    package var isLasting: Bool {
        switch code {
        case .invalidURL, .invalidReference, .invalidPath, .invalidConfiguration, .referenceNotFound, .ambiguousReference, .pathNotFound,
            .notARepository, .unreadable, .unsupported:
            true
        case .unreachable, .tls, .authentication, .hostKey, .redirect, .timeout, .tooLarge, .corrupt, .cache, .worker: false
        }
    }
}

extension GitSourceError {
    init(_ failure: WireFailure) {
        self.init(code: Code(rawValue: failure.code.rawValue) ?? .worker, message: failure.message)
    }
}
