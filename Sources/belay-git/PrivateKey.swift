// As much of a private key file as an error message needs: whether it is encrypted, and whether it is an RSA key.

import FoundationEssentials

/// OpenSSH's own format, or PEM.
struct PrivateKey {
    private(set) var isEncrypted = false
    private(set) var isRSA = false

    init(_ file: [UInt8]) {
        let text = String(decoding: file, as: UTF8.self)
        isRSA = text.contains("BEGIN RSA PRIVATE KEY")
        isEncrypted = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
        guard text.contains("BEGIN OPENSSH PRIVATE KEY") else { return }
        let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard let data = Data(base64Encoded: body), data.starts(with: Self.magic) else { return }
        // After the magic: cipher, key derivation, its options, the number of keys, the public key.
        var rest = Array(data.dropFirst(Self.magic.count))[...]
        guard let cipher = Self.string(&rest), Self.string(&rest) != nil, Self.string(&rest) != nil, rest.count >= 4 else { return }
        isEncrypted = !cipher.elementsEqual("none".utf8)
        rest = rest.dropFirst(4)
        if let key = Self.string(&rest) { isRSA = Self.name(in: Array(key)) == "ssh-rsa" }
    }

    /// The kind of a public key in its wire form, `ssh-ed25519` for example.
    static func name(in key: [UInt8]) -> String? {
        var rest = key[...]
        guard let name = string(&rest), name.count <= 64, name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    private static let magic = Array("openssh-key-v1\0".utf8)

    private static func string(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= 4 else { return nil }
        let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count - 4 >= length else { return nil }
        let string = bytes.dropFirst(4).prefix(length)
        bytes = bytes.dropFirst(4 + length)
        return string
    }
}
