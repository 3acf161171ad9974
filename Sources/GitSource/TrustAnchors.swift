// The certificate authorities that TLS servers are checked against.

import Foundation
import Glibc

/// The system's bundle, and one more file.
struct TrustAnchors: Sendable, Equatable {
    /// nil leaves libgit2's own default.
    var systemBundle: String?
    /// PEM.
    var more: [UInt8] = []

    /// - Parameter file: a PEM file with further authorities.
    /// - Throws: ``GitSourceError`` with `invalidConfiguration` when it cannot be read or holds no certificate.
    init(adding file: String?) throws(GitSourceError) {
        // `SSL_CERT_FILE` is what OpenSSL and Go read; machines with an authority of their own set it.
        let bundles = [
            environmentVariable("SSL_CERT_FILE"), "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/cert.pem",
        ]
        systemBundle = bundles.compactMap { $0 }.first { access($0, R_OK) == 0 }
        guard let file else { return }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw GitSourceError(code: .invalidConfiguration, message: "the certificate authority file \(file) cannot be read")
        }
        guard bytes.count <= 16 << 20, String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw GitSourceError(
                code: .invalidConfiguration, message: "\(file) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
        }
        more = Array(bytes)
    }
}
