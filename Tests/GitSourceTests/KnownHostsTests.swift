// known_hosts: whose lines they are.

import GitWire
import Testing

@testable import GitSource

@Suite("known_hosts")
struct KnownHostsTests {
    @Test(
        "Lines that name a server, and lines that do not",
        arguments: [
            ("host ssh-ed25519 AAAA", "host", 22, true), ("host,10.0.0.1 ssh-ed25519 AAAA comment", "10.0.0.1", 22, true),
            ("HOST ssh-ed25519 AAAA", "host", 22, true),
            ("host ssh-ed25519 AAAA", "host", 2222, false), ("[host]:2222 ssh-ed25519 AAAA", "host", 2222, true),
            ("[host]:2222 ssh-ed25519 AAAA", "host", 22, false),
            ("*.example.com ssh-ed25519 AAAA", "git.example.com", 22, true), ("*.example.com ssh-ed25519 AAAA", "example.com", 22, false),
            ("*.example.com,!git.example.com ssh-ed25519 AAAA", "git.example.com", 22, false), ("h?st ssh-ed25519 AAAA", "host", 22, true),
            ("# host ssh-ed25519 AAAA", "host", 22, false), ("host ssh-ed25519", "host", 22, false),
            ("\thost\tssh-ed25519\tAAAA", "host", 22, true),
            ("@cert-authority host ssh-ed25519 AAAA", "host", 22, false), ("@unknown host ssh-ed25519 AAAA", "host", 22, false),
            ("hosts ssh-ed25519 AAAA", "host", 22, false),
            ("|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 AAAA", "192.168.1.61", 22, true),
            ("|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 AAAA", "192.168.1.62", 22, false),
            ("|1|broken ssh-ed25519 AAAA", "host", 22, false),
            ("*a*a*a*a*a*a*a*a*b ssh-ed25519 AAAA", String(repeating: "a", count: 200), 22, false),
        ])
    func lines(_ line: String, _ host: String, _ port: Int, _ isNamed: Bool) {
        var hosts = KnownHosts()
        hosts.add(line + "\n", host: host, port: port)
        #expect(hosts.keys.map(\.base64) == (isNamed ? ["AAAA"] : []))
    }

    @Test("A revoked key is not among the keys, whatever other lines say")
    func revoked() {
        var hosts = KnownHosts()
        hosts.add("host ssh-ed25519 AAAA\r\n@revoked * ssh-ed25519 AAAA\r\nhost ssh-rsa BBBB\r\n", host: "host", port: 22)
        #expect(hosts.keys.map(\.base64) == ["BBBB"])
        #expect(hosts.revoked.map(\.base64) == ["AAAA"])
    }
}
