// What can go wrong below HTTP, in words, and what it says about a request that was under way.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// A request that got no whole answer.
struct TransportFailure: Error {
    var error: ClientError
    var kind: RetryPolicy.Failure

    /// - Parameters:
    ///   - httpStatus: of an answer that broke off; nil when there was none.
    ///   - server: `host:port`.
    init(_ cause: any Error, subject: RequestSubject, server: String, httpStatus: Int?) {
        func failed(_ code: ClientError.Code, _ cause: String) -> ClientError {
            ClientError(code: code, subject, on: server, cause, httpStatus: httpStatus)
        }
        let mayBeDone = subject.verb.isRead || subject.dryRun ? "" : "; it may have been done: look at the object before trying again"
        if let httpStatus {
            let done = (200..<300).contains(httpStatus) && !mayBeDone.isEmpty ? "; it was done all the same" : ""
            error = failed(.malformedResponse, "the answer (HTTP \(httpStatus)) broke off: \(TransportFailure.words(cause))\(done)")
            if case NIOHTTPDecompression.DecompressionError.limit = cause { kind = .permanent } else { kind = .transient }
            return
        }
        let words = TransportFailure.words(cause)
        switch TransportFailure.stage(cause) {
        case .connecting:
            error = failed(.unreachable, "\(words); check the address and whether the server runs")
            kind = .neverSent
        case .connectingTooLong:
            error = failed(.unreachable, "\(words); check the address, firewalls and VPN")
            kind = .noConnection
        case .trust:
            error = failed(.unreachable, words)
            kind = .permanent
        case .deadline:
            error = failed(.timeout, "\(words)\(mayBeDone)")
            kind = .permanent
        case .unusable:
            error = failed(.configuration, words)
            kind = .permanent
        case .underWay:
            error = failed(.unreachable, "\(words)\(mayBeDone)")
            kind = .transient
        }
    }

    private enum Stage { case connecting, connectingTooLong, trust, deadline, unusable, underWay }

    private static func stage(_ cause: any Error) -> Stage {
        switch cause {
        case is NIOConnectionError: return .connecting
        case let error as NIOSSLError: if case .uncleanShutdown = error { return .underWay } else { return .trust }
        case is NIOSSLExtraError, is BoringSSLError: return .trust
        case let error as IOError: return [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH].contains(error.errnoCode) ? .connecting : .underWay
        case let error as ChannelError: if case .connectTimeout = error { return .connectingTooLong } else { return .underWay }
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout, .tlsHandshakeTimeout:
                return .connectingTooLong
            case .invalidProxyResponse, .proxyAuthenticationRequired: return .trust
            case .deadlineExceeded, .readTimeout, .writeTimeout: return .deadline
            case .alreadyShutdown, .invalidURL, .emptyHost, .emptyScheme: return .unusable
            default: return .underWay
            }
        default: return .underWay
        }
    }

    private static func words(_ cause: any Error) -> String {
        switch cause {
        case let error as NIOConnectionError:
            if error.dnsAError != nil && error.connectionErrors.isEmpty { return "the name \(error.host) cannot be resolved" }
            guard let first = error.connectionErrors.first?.error else { return "no connection" }
            return words(first)
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "connection refused"
        case let error as IOError where error.errnoCode == ECONNRESET: return "the connection was reset"
        case let error as IOError where error.errnoCode == ENETUNREACH || error.errnoCode == EHOSTUNREACH: return "no route to the server"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: return tlsWords("\(cause)")
        case let error as ChannelError:
            if case .connectTimeout = error { return "no connection within the time for it" }
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout: return "no connection within the time for it"
            case .tlsHandshakeTimeout: return "the TLS handshake did not end; is this an https port?"
            case .proxyAuthenticationRequired: return "the proxy wants a user and a password"
            case .invalidProxyResponse: return "the proxy refused the connection"
            case .deadlineExceeded, .readTimeout, .writeTimeout: return "no answer within the time for it"
            case .remoteConnectionClosed: return "the server closed the connection"
            case .alreadyShutdown, .cancelled: return "the client was closed"
            default: return PrintableText.line(error.shortDescription, limit: 200)
            }
        default: break
        }
        return PrintableText.line("\(cause)", limit: 200)
    }

    private static func tlsWords(_ text: String) -> String {
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return
                "the server's certificate is not trusted (unknown authority, expired, or not yet valid); check certificate-authority in the kubeconfig"
        }
        if text.contains("failedToValidateHostname") {
            return "the server's certificate is for another name; check the address, or set tls-server-name in the kubeconfig"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "this is no TLS port; should the address be http://?"
        }
        if text.contains("CERTIFICATE_REQUIRED") || text.contains("BAD_CERTIFICATE") || text.contains("UNKNOWN_CA") {
            return "the server did not accept the client certificate"
        }
        return "TLS failed: \(PrintableText.line(text, limit: 200))"
    }
}
