// Which field a refusal of the API server names, in each of its spellings.

import KubernetesModel
import StructuredData
import Testing

@Suite struct RejectedFieldTests {
    @Test(arguments: [
        ("spec.ports[1].targetPort", "spec.ports[1].targetPort"),
        ("data[tls.crt]", #"data["tls.crt"]"#),
        (#".spec.template.spec.containers[name="web"].imagee"#, "spec.template.spec.containers[name=web].imagee"),
        (#".spec.ports[port=80,protocol="TCP"].name"#, "spec.ports[port=80,protocol=TCP].name"),
        ("metadata", "metadata"),
    ])
    func spelling(_ text: String, _ path: String) {
        #expect(FieldPath(serverField: text)?.description == path)
    }

    @Test(arguments: ["", ".", "spec.ports[0"]) func noField(_ text: String) {
        #expect(FieldPath(serverField: text) == nil)
    }

    @Test(
        arguments: [
            (
                #"failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string"#,
                "spec.replicas"
            ),
            (
                #"failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="web"].imagee: field not declared in schema"#,
                "spec.template.spec.containers[name=web].imagee"
            ),
            (
                #"Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicaz""#,
                "spec.replicaz"
            ),
            ("admission webhook \"w\" denied the request: no", nil),
        ] as [(String, String?)])
    func words(_ message: String, _ path: String?) {
        #expect(Status(code: 500, reason: "", message: message).rejectedField?.description == path)
    }

    @Test func causesComeFirst() {
        let causes = [
            Status.Cause(reason: "FieldValueInvalid", message: "must be more", field: ""),
            Status.Cause(reason: "FieldValueInvalid", message: "must be more", field: "spec.replicas"),
        ]
        #expect(Status(code: 422, reason: "Invalid", message: "x", causes: causes).rejectedField == FieldPath(fields: "spec", "replicas"))
    }
}
