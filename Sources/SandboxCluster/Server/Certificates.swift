// A certificate authority and a server certificate made at start and forgotten at the end.

import Crypto
import Foundation
import NIOCore
import SwiftASN1
import X509

struct SandboxCertificates {
    let authorityPEM: String
    let certificatePEM: String
    let privateKeyPEM: String

    /// For `localhost`, `127.0.0.1` and `::1`, valid from an hour ago for ten years.
    static func make() throws -> SandboxCertificates {
        let authorityKey = P256.Signing.PrivateKey()
        let serverKey = P256.Signing.PrivateKey()
        let start = Date(timeIntervalSinceNow: -3600)
        let end = Date(timeIntervalSinceNow: 3650 * 86_400)
        let authorityName = try DistinguishedName { CommonName("belay-sandbox-ca") }
        let authority = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(authorityKey.publicKey), notValidBefore: start, notValidAfter: end,
            issuer: authorityName, subject: authorityName, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(authorityKey.publicKey))
            }, issuerPrivateKey: .init(authorityKey))
        let name = try DistinguishedName { CommonName("belay-sandbox") }
        let server = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(serverKey.publicKey), notValidBefore: start, notValidAfter: end,
            issuer: authorityName, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                    .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
                ])
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: .init(authorityKey.publicKey)).keyIdentifier)
            }, issuerPrivateKey: .init(authorityKey))
        return SandboxCertificates(
            authorityPEM: try authority.serializeAsPEM().pemString + "\n", certificatePEM: try server.serializeAsPEM().pemString + "\n",
            privateKeyPEM: serverKey.pemRepresentation + "\n")
    }
}
