// Names from outside: what the API machinery accepts, and nothing more.

import KubernetesModel
import Testing

@Suite("Names")
struct NamesTests {
    private static let long63 = String(repeating: "a", count: 63)

    @Test("namespaces are RFC 1123 labels", arguments: ["a", "web-1", "0", long63, "xn--caf-dma"])
    func label(_ text: String) { #expect(Names.namespaceProblem(text) == nil) }

    @Test(
        "no labels", arguments: ["", "-a", "a-", "A", "a.b", "a_b", "a b", "é", "a\n", "a/b", "..", "a\u{0}", long63 + "a", "ａ"])
    func notLabel(_ text: String) { #expect(Names.namespaceProblem(text) != nil) }

    @Test("subdomains", arguments: ["a", "a.b", "example.com", "1.2.3", String(repeating: "a.", count: 126) + "a"])
    func subdomain(_ text: String) { #expect(Names.dnsSubdomainProblem(text) == nil) }

    @Test("no subdomains", arguments: ["", ".", "a..b", ".a", "a.", "A.b", "a.-b", "a_b.c", String(repeating: "a.", count: 127) + "a"])
    func notSubdomain(_ text: String) { #expect(Names.dnsSubdomainProblem(text) != nil) }

    @Test("path segments", arguments: ["a", "system:node", "...", "A_B c", "é", "a?b", "a#b", "a\\b", "a&force=true"])
    func segment(_ text: String) { #expect(Names.pathSegmentProblem(text) == nil) }

    @Test("no path segments", arguments: ["", ".", "..", "a/b", "/", "a%2fb", "%", "a\u{0}b", "a\r\nb", "a\u{7F}", "a\u{85}b"])
    func notSegment(_ text: String) { #expect(Names.pathSegmentProblem(text) != nil) }

    @Test("a namespace's name is a label, other names are segments")
    func byKind() {
        let namespace = GroupKind(group: "", kind: "Namespace")
        let role = GroupKind(group: "rbac.authorization.k8s.io", kind: "Role")
        #expect(Names.objectNameProblem("a.b", of: namespace) != nil)
        #expect(Names.objectNameProblem("system:a", of: role) == nil)
        #expect(Names.objectNameProblem(String(repeating: "a", count: 254), of: role) != nil)
    }

    @Test("label and annotation keys", arguments: ["a", "A.b_c-d", "example.com/a", long63, "a/" + long63])
    func key(_ text: String) {
        #expect(Names.labelKeyProblem(text) == nil)
        #expect(Names.annotationKeyProblem(text) == nil)
    }

    @Test("no keys", arguments: ["", "/", "a/", "/a", "a/b/c", "-a", "a-", "a b", "é", "a_/b", long63 + "a", "a\n", "example..com/a"])
    func notKey(_ text: String) {
        #expect(Names.labelKeyProblem(text) != nil)
        #expect(Names.annotationKeyProblem(text) != nil)
    }

    @Test("an annotation's prefix may have upper case letters, a label's not")
    func upperCasePrefix() {
        #expect(Names.annotationKeyProblem("Example.com/a") == nil)
        #expect(Names.labelKeyProblem("Example.com/a") != nil)
    }

    @Test("label values", arguments: ["", "a", "A_b.c-1", long63])
    func labelValue(_ text: String) { #expect(Names.labelValueProblem(text) == nil) }

    @Test("no label values", arguments: [" ", "-", "a-", ".a", "a b", "a/b", "é", long63 + "a", "a\n"])
    func notLabelValue(_ text: String) { #expect(Names.labelValueProblem(text) != nil) }
}
