// What libgit2 asks while it talks to a server: credentials, whether to trust a key, whether to go on.

import CLibgit2
import FoundationEssentials
import GitWire
import Glibc

/// The answers for one connection. Lives as long as the calls that carry it as their payload.
final class RemoteCallbacks {
    private let source: WireRepository
    private let channel: Channel
    /// Why a callback said no, in words for people; stands before libgit2's own.
    private(set) var failure: WireFailure?
    private(set) var unknownHostKey: UnknownHostKey?
    var maximumReceived: Int64 = .max
    private var answers = 0
    private var lastProgress: Int64 = 0

    init(_ source: WireRepository, channel: Channel) {
        self.source = source
        self.channel = channel
    }

    /// The table for libgit2, with this object as its payload.
    func callbacks() -> git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, url, user, allowed, payload in
            RemoteCallbacks.from(payload)?.credential(out, url, user, allowed) ?? GIT_EAUTH.rawValue
        }
        callbacks.certificate_check = { certificate, _, _, payload in
            RemoteCallbacks.from(payload)?.verdict(on: certificate) ?? GIT_ECERTIFICATE.rawValue
        }
        callbacks.transfer_progress = { progress, payload in
            guard let progress else { return 0 }
            return RemoteCallbacks.from(payload)?.received(Int64(clamping: progress.pointee.received_bytes)) ?? -1
        }
        callbacks.sideband_progress = { _, _, payload in RemoteCallbacks.from(payload)?.received(nil) ?? -1 }
        return callbacks
    }

    private static func from(_ payload: UnsafeMutableRawPointer?) -> RemoteCallbacks? {
        payload.map { Unmanaged<RemoteCallbacks>.fromOpaque($0).takeUnretainedValue() }
    }

    private func refuse(_ code: git_error_code, _ failure: WireFailure) -> Int32 {
        if self.failure == nil { self.failure = failure }
        git_error_set_str(Int32(GIT_ERROR_CALLBACK.rawValue), failure.message)
        return code.rawValue
    }

    // MARK: Credentials

    private typealias CredentialSlot = UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?

    private func credential(_ out: CredentialSlot, _ url: UnsafePointer<CChar>?, _ user: UnsafePointer<CChar>?, _ allowed: UInt32) -> Int32
    {
        let asked = url.map { String(cString: $0) } ?? ""
        guard source.isSameServer(as: asked) else {
            return refuse(
                GIT_EAUTH, WireFailure(.redirect, "\(source.location) was redirected to another server; credentials are not sent there"))
        }
        let allows = { (type: git_credential_t) in allowed & type.rawValue != 0 }
        if allows(GIT_CREDENTIAL_USERNAME) { return git_credential_username_new(out, source.username ?? "git") }
        answers += 1
        guard answers <= 1 else { return refuse(GIT_EAUTH, rejected()) }
        let user = user.map { String(cString: $0) } ?? source.username ?? "git"
        if source.isSSH, allows(GIT_CREDENTIAL_SSH_KEY) {
            if let file = source.sshKeyFile { return keyCredential(out, user, file) }
            if getenv("SSH_AUTH_SOCK") != nil { return git_credential_ssh_key_from_agent(out, user) }
        }
        if allows(GIT_CREDENTIAL_USERPASS_PLAINTEXT), let password = source.password {
            return git_credential_userpass_plaintext_new(out, source.username ?? user, password)
        }
        return refuse(GIT_EAUTH, missing(allowed))
    }

    private func keyCredential(_ out: CredentialSlot, _ user: String, _ file: String) -> Int32 {
        guard let bytes = contents(of: file) else {
            return refuse(
                GIT_EAUTH, WireFailure(.invalidConfiguration, "the ssh key \(file) cannot be read: \(String(cString: strerror(errno)))"))
        }
        if PrivateKey(bytes).isEncrypted {
            return refuse(
                GIT_EAUTH,
                WireFailure(
                    .invalidConfiguration, "the ssh key \(file) is encrypted: load it into ssh-agent with ssh-add and leave out --ssh-key"))
        }
        return git_credential_ssh_key_memory_new(out, user, nil, String(decoding: bytes, as: UTF8.self), nil)
    }

    private func rejected() -> WireFailure {
        if source.isSSH {
            let rsa = source.sshKeyFile.flatMap { contents(of: $0) }.map { PrivateKey($0).isRSA } ?? true
            let hint = rsa ? "; RSA keys cannot be used with this version of libssh2 and current servers, take an ed25519 key" : ""
            return WireFailure(
                .authentication, "\(source.location) refused the ssh key\(source.sshKeyFile.map { " \($0)" } ?? " of ssh-agent")\(hint)")
        }
        return WireFailure(
            .authentication,
            "\(source.location) refused the credentials of user \(source.username ?? ""): check that the password or token is right and not expired"
        )
    }

    private func missing(_ allowed: UInt32) -> WireFailure {
        if source.isSSH {
            return WireFailure(.authentication, "\(source.location) wants an ssh key: give one with --ssh-key FILE or run ssh-agent")
        }
        if allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue == 0 {
            return WireFailure(.authentication, "\(source.location) takes neither a password nor a token (no Basic authentication)")
        }
        return WireFailure(
            .authentication,
            "\(source.location) asks for credentials: set BELAY_GIT_USERNAME and BELAY_GIT_PASSWORD, or BELAY_GIT_TOKEN "
                + "(many servers also answer so when there is no such repository)")
    }

    // MARK: Trust

    private func verdict(on certificate: UnsafeMutablePointer<git_cert>?) -> Int32 {
        guard let certificate else { return GIT_ECERTIFICATE.rawValue }
        switch certificate.pointee.cert_type {
        case GIT_CERT_X509:
            // The library's verdict stands.
            return GIT_PASSTHROUGH.rawValue
        case GIT_CERT_HOSTKEY_LIBSSH2:
            return certificate.withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) { verdict(on: $0.pointee) }
        default:
            return GIT_ECERTIFICATE.rawValue
        }
    }

    private func verdict(on key: git_cert_hostkey) -> Int32 {
        guard key.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let start = key.hostkey else {
            return refuse(GIT_ECERTIFICATE, WireFailure(.hostKey, "\(source.location) showed no host key"))
        }
        let blob = Data(bytes: start, count: key.hostkey_len)
        let shown = blob.base64EncodedString()
        if source.hostKeys.contains(where: { $0.base64 == shown }) { return 0 }
        let hash = withUnsafeBytes(of: key.hash_sha256) { Data($0) }
        var fingerprint = hash.base64EncodedString()
        while fingerprint.hasSuffix("=") { fingerprint.removeLast() }
        unknownHostKey = UnknownHostKey(
            key: WireRepository.HostKey(type: PrivateKey.name(in: Array(blob)) ?? "unknown", base64: shown), sha256: fingerprint)
        git_error_set_str(Int32(GIT_ERROR_SSH.rawValue), "unknown host key")
        return GIT_ECERTIFICATE.rawValue
    }

    // MARK: Progress

    /// Tells the parent twice a second at most that the server is alive. - Parameter bytes: all so far; nil when only words came.
    private func received(_ bytes: Int64?) -> Int32 {
        if let bytes, bytes > maximumReceived {
            return refuse(
                GIT_EUSER,
                WireFailure(.tooLarge, "\(source.location) sends more than \(maximumReceived >> 20) MiB: the repository is too large"))
        }
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let milliseconds = Int64(now.tv_sec) &* 1000 &+ Int64(now.tv_nsec) / 1_000_000
        guard milliseconds - lastProgress >= 500 else { return 0 }
        lastProgress = milliseconds
        return (try? channel.send(.progress(.receiving, received: bytes ?? 0))) == nil ? -1 : 0
    }
}
