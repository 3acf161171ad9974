// Remotes as names of repositories: equal for one repository whoever opened the door, and without any secret.

import GitWire
import Testing

@Suite struct RemoteNameTests {
    @Test(arguments: [
        ("https://git.example.com/team/shop.git", "https://git.example.com/team/shop.git"),
        ("https://ci-token:s3cret@git.example.com/team/shop.git", "https://git.example.com/team/shop.git"),
        ("https://ada@Git.Example.com/team/shop.git/", "https://git.example.com/team/shop.git"),
        ("HTTPS://x-access-token:a@b@git.example.com:8443/team/shop", "https://git.example.com:8443/team/shop"),
        ("https://git.example.com/team/shop.git?token=s3cret", "https://git.example.com/team/shop.git"),
        ("ssh://git:s3cret@git.example.com:2222/team/shop.git", "ssh://git@git.example.com:2222/team/shop.git"),
        ("git@git.example.com:team/shop.git", "git@git.example.com:team/shop.git"),
        ("GIT.example.com:team/shop.git/", "git.example.com:team/shop.git"),
    ])
    func aRemoteIsNamedByItsAddress(_ url: String, _ name: String) { #expect(GitNames.remoteName(url) == name) }

    @Test(arguments: [
        "", "/srv/shop.git", "../shop.git", "./a:b", "file:///srv/shop.git", "https://", "https://git.example.com",
        "https://git.example.com/",
        "ada:s3cret@git.example.com:shop.git", "git@git.example.com:", "https://git.example.com/a\nb", "C:\\shop\u{202E}",
    ])
    func whatIsNoAddressNamesNothing(_ url: String) { #expect(GitNames.remoteName(url) == nil) }
}
