// Addresses: which are read, which are refused, and that no refusal repeats a secret.

import Testing

@testable import GitSource

@Suite("Repository addresses")
struct RepositoryAddressTests {
    static let policy = RepositoryPolicy(allowsLocal: true)

    @Test(
        "Remote addresses and what they mean",
        arguments: [
            ("https://git.example.com/team/app.git", "git.example.com", 443, "https://git.example.com:443/team/app.git"),
            ("HTTPS://Git.Example.com:8443/a", "git.example.com", 8443, "https://git.example.com:8443/a"),
            ("https://[::1]:8443/a", "::1", 8443, "https://::1:8443/a"),
            ("https://host/a%20b.git", "host", 443, "https://host:443/a%20b.git"),
            ("ssh://git@host/a.git", "host", 22, "ssh://host:22/a.git"),
            ("ssh://git@host:2222/~ada/a.git", "host", 2222, "ssh://host:2222/~ada/a.git"),
            ("git@github.com:team/app.git", "github.com", 22, "ssh://github.com:22/./team/app.git"),
            ("host:app", "host", 22, "ssh://host:22/./app"),
        ])
    func remote(_ text: String, _ host: String, _ port: Int, _ canonical: String) throws {
        let address = try RepositoryAddress(text, policy: Self.policy)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.canonical == canonical)
        #expect(!address.isLocal)
    }

    @Test("Local addresses", arguments: ["/", ".", "/usr/", "file:///usr", "file://localhost/usr", "file:///%75sr", "..", "./../."])
    func local(_ text: String) throws {
        #expect(try RepositoryAddress(text, policy: Self.policy).isLocal)
        let error = #expect(throws: GitSourceError.self) { try RepositoryAddress(text, policy: RepositoryPolicy(allowsLocal: false)) }
        #expect(error?.code == .invalidURL)
    }

    @Test(
        "Addresses that are refused, without repeating what may be a secret",
        arguments: [
            "https://ada:canary@host/a.git", "https://canary@host/a.git", "https://ada:can@ary@host/a.git", "ssh://git:canary@host/a.git",
            "ssh://git:canary@host:22/a",
            "git:canary@host:a.git", "https://host/a.git?token=canary", "https://host/a.git#canary", "http://ada:canary@host/a",
            "canary://host/a".replacing("canary", with: "x"),
            "git://host/a.git", "http://host/a.git", "ftp://host/a", "ext::sh -c canary", "https://", "https:///a", "https://host",
            "https://host/", "https://host:0/a", "https://host:70000/a",
            "https://host:+1/a", "https://-oProxyCommand=canary/a", "ssh://-oProxyCommand=canary/a", "-oProxyCommand=canary:a",
            "ssh://host/-canary".replacing("/-", with: "/$("),
            "host:-canary", "ssh://host/a'b", "host:a;b", "host:a b", "https://host/a b", "https://host/../a", "https://h\u{F6}st/a",
            "https://host/a\n", "https://host/a\u{0}",
            "https://169.254.169.254/latest", "https://[fe80::1]/a", "https://0.0.0.0/a", "https://0/a", "https://2852039166/a",
            "https://[::ffff:169.254.169.254]/a",
            "https://[::1/a", "https://host_\u{0}/a", "ssh://@host/a", "ssh://us er@host/a", "[host:22]:a", "", "file://host/a",
            "https://\(String(repeating: "a", count: 5000))/a",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: GitSourceError.self) { try RepositoryAddress(text, policy: Self.policy) }
        #expect(error?.code == .invalidURL || error?.code == .notARepository, "\(String(describing: error))")
        #expect(error?.message.contains("canary") == false)
    }

    @Test("Plain HTTP where it is allowed")
    func plain() throws {
        let address = try RepositoryAddress("http://localhost:80/a", policy: RepositoryPolicy(allowsLocal: false, allowsPlainHTTP: true))
        #expect(address.canonical == "http://localhost:80/a")
    }

    @Test("Credentials of different kinds have different caches, renewed passwords the same")
    func keys() throws {
        let https = try RepositoryAddress("https://host/a", policy: Self.policy)
        var ada = GitCredentials()
        ada.username = "ada"
        ada.password = "one"
        var renewed = ada
        renewed.password = "two"
        var bob = ada
        bob.username = "bob"
        var tenant = ada
        tenant.identity = "tenant"
        #expect(CacheDirectory.key(https, ada) == CacheDirectory.key(https, renewed))
        let keys = [GitCredentials(), ada, bob, tenant].map { CacheDirectory.key(https, $0) }
        #expect(Set(keys).count == 4)
        let same = try RepositoryAddress("https://HOST:443/a", policy: Self.policy)
        #expect(CacheDirectory.key(https, ada) == CacheDirectory.key(same, ada))
        #expect(keys.allSatisfy { $0.count == 40 })
    }
}
