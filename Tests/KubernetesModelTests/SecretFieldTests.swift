// What may be told of the field that an API server's error about a Secret names.

import KubernetesModel
import Testing

@Suite struct SecretFieldTests {
    @Test(arguments: [
        ("data", "data"), ("data[tls.crt]", "data[tls.crt]"), ("data.token", "data.token"), ("data[other]", "data"),
        ("stringData.aGVsbG8=", "stringData"), ("metadata.labels", "metadata"), ("type", "type"), ("", nil), ("s3cr3t", nil),
        ("s3cr3t.data", nil), ("<nil>", nil),
    ])
    func onlyNamesAreTold(_ field: String, _ told: String?) {
        #expect(SecretField.plain(field, keys: ["tls.crt", "token"]) == told)
    }

    @Test func withoutKeysNoKeyIsTold() {
        #expect(SecretField.plain("data[tls.crt]", keys: []) == "data")
    }
}
