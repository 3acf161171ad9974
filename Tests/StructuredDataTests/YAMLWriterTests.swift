// Writing YAML, and the promise that what is written reads back as the same tree.

import StructuredData
import Testing

@Suite struct YAMLWriterTests {
    @Test func writesLikeKubectl() throws {
        let value: Value = [
            "apiVersion": "v1", "kind": "Pod",
            "spec": [
                "containers": [["name": "web", "args": ["--port", "8080", "-v"], "command": []], ["name": "b"]],
                "nested": [["a", ["b"]], []],
            ],
            "data": ["text": "one\ntwo\n", "chomped": "one\n two", "kept": "one\n\n", "yes": "yes", "empty": ""],
        ]
        #expect(
            YAML.write(value) == """
                apiVersion: v1
                kind: Pod
                spec:
                  containers:
                  - name: web
                    args:
                    - --port
                    - "8080"
                    - -v
                    command: []
                  - name: b
                  nested:
                  - - a
                    - - b
                  - []
                data:
                  text: |
                    one
                    two
                  chomped: |-
                    one
                     two
                  kept: |+
                    one

                  "yes": "yes"
                  empty: ""

                """)
    }
}
