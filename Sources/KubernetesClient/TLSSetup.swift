// The TLS side of a connection: whom we trust, and who we say we are.

import NIOCore
import NIOSSL

/// Builds NIOSSL's configuration from PEM bytes, with errors that say which of them is bad.
enum TLSSetup {
    static func configuration(for connection: ClusterConnection) throws(ClientError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // A server in the middle of a watch does not answer a goodbye: whoever ends does not wait for it.
        configuration.shutdownTimeout = .milliseconds(100)
        if connection.insecureSkipTLSVerify {
            configuration.certificateVerification = .none
        } else if let authority = connection.certificateAuthority {
            configuration.trustRoots = .certificates(
                try certificates(authority, "the certificate authority of context \"\(connection.contextName)\""))
        }
        if let certificate = connection.clientCertificate, let key = connection.clientKey {
            try addIdentity(certificate: certificate, key: key, of: "context \"\(connection.contextName)\"", to: &configuration)
        }
        return configuration
    }

    /// - Parameter owner: for messages: whose certificate this is.
    static func addIdentity(
        certificate: [UInt8], key: [UInt8], of owner: String, to configuration: inout TLSConfiguration
    ) throws(ClientError) {
        let chain = try certificates(certificate, "the client certificate of \(owner)")
        configuration.certificateChain = chain.map { .certificate($0) }
        let text = String(decoding: key, as: UTF8.self)
        if text.contains("ENCRYPTED") {
            throw ClientError(configuration: "the client key of \(owner) is encrypted; Belay cannot ask for its passphrase")
        }
        do { configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)) } catch {
            throw ClientError(configuration: "the client key of \(owner) is no PEM private key (RSA, EC or PKCS#8)")
        }
    }

    private static func certificates(_ pem: [UInt8], _ what: String) throws(ClientError) -> [NIOSSLCertificate] {
        let found: [NIOSSLCertificate]
        do { found = try NIOSSLCertificate.fromPEMBytes(pem) } catch {
            throw ClientError(configuration: "\(what) is no PEM certificate")
        }
        if found.isEmpty { throw ClientError(configuration: "\(what) holds no PEM certificate") }
        return found
    }
}
