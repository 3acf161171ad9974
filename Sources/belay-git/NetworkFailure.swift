// libgit2's words for a failed conversation, and what a person can do about it.

import CLibgit2
import GitWire

/// Turns the error of a connect or fetch into one that says what to do.
func explain(_ error: LibraryError, _ source: WireRepository) -> WireFailure {
    let place = source.location
    if error.says("No space left on device") || error.says("Disk quota exceeded") {
        return WireFailure(.cache, "no space left for the Git cache while fetching \(place): \(error.message)")
    }
    if error.says("cannot redirect") {
        return WireFailure(.redirect, "\(place) redirects elsewhere (\(error.message)), which is refused: give the repository's own URL")
    }
    if error.code == GIT_EAUTH.rawValue {
        return WireFailure(.authentication, "\(place) refused to let us in: \(error.message)")
    }
    if error.says("too many redirects") {
        return WireFailure(.redirect, "\(place) redirects in a circle or keeps asking for credentials")
    }
    if error.isIn(GIT_ERROR_SSL) || error.code == GIT_ECERTIFICATE.rawValue { return explainTLS(error, source) }
    if let status = error.status { return explain(status: status, source) }
    if error.says("content-type") {
        return WireFailure(.notARepository, "\(place) answers, but not as a Git server (\(error.message)): is this the clone URL?")
    }
    if error.isIn(GIT_ERROR_INDEXER, GIT_ERROR_ZLIB, GIT_ERROR_ODB, GIT_ERROR_OBJECT, GIT_ERROR_REFERENCE, GIT_ERROR_REPOSITORY) {
        if error.says("too large") || error.says("exceeds") || error.says("maximum") {
            return WireFailure(.tooLarge, "\(place) sent an object that is too large: \(error.message)")
        }
        return WireFailure(.corrupt, "what \(place) sent does not fit together: \(error.message)")
    }
    if error.says("failed to resolve address") {
        return WireFailure(.unreachable, "the host of \(place) is not known: \(error.message)")
    }
    return WireFailure(.unreachable, "\(place) cannot be read: \(error.message)")
}

private func explain(status: Int, _ source: WireRepository) -> WireFailure {
    let place = source.location
    switch status {
    case 401, 403:
        return WireFailure(.authentication, "\(place) answers \(status): these credentials may not read it")
    case 404, 410:
        let hint =
            source.password == nil
            ? "; private repositories are often hidden like this from those without credentials" : " for these credentials"
        return WireFailure(.unreachable, "\(place) answers \(status): there is no such repository\(hint)")
    case 407: return WireFailure(.authentication, "the proxy on the way to \(place) asks for credentials: put them into HTTPS_PROXY")
    case 429: return WireFailure(.unreachable, "\(place) answers 429: too many requests, try again later")
    case 500...: return WireFailure(.unreachable, "\(place) answers \(status): the server has a problem, try again later")
    default: return WireFailure(.unreachable, "\(place) answers \(status), which is no Git server's answer")
    }
}

private func explainTLS(_ error: LibraryError, _ source: WireRepository) -> WireFailure {
    let place = source.location
    if error.says("not correctly signed by the trusted CA") || error.says("unable to get local issuer") || error.says("self-signed") {
        return WireFailure(
            .tls, "the certificate of \(place) is not signed by an authority that is trusted here: give the authority's with --git-ca FILE")
    }
    if error.says("Common Name") || error.says("does not match") || error.says("host name") || error.says("hostname") {
        let isAddress = source.host.contains(":") || source.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        let hint = isAddress ? "; this version of libgit2 does not match IP addresses, use the server's DNS name" : ""
        return WireFailure(.tls, "the certificate of \(place) is for another host\(hint)")
    }
    if error.says("expired") { return WireFailure(.tls, "the certificate of \(place) has expired") }
    if error.says("future") { return WireFailure(.tls, "the certificate of \(place) is not valid yet: is this machine's clock right?") }
    if error.says("fatal alert") || error.says("handshake") || error.says("protocol version") {
        return WireFailure(
            .tls,
            "\(place) refused the TLS handshake (\(error.message)); this version of libgit2 may speak TLS 1.2 at most: does the server insist on 1.3, "
                + "or on a client certificate?")
    }
    return WireFailure(.tls, "no secure connection to \(place): \(error.message)")
}

extension LibraryError {
    /// The HTTP status that was not expected.
    fileprivate var status: Int? {
        guard says("unexpected http status code") else { return nil }
        return message.split(separator: " ").last.flatMap { Int($0) }
    }
}
