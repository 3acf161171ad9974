// Base64: RFC 4648's own vectors, and what is none.

import StructuredData
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func vectors(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test func allBytesAndLineBreaks() {
        let bytes = [UInt8](0...255)
        #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        #expect(Base64.decode("Zm9v\r\nYmFy\n".utf8) == Array("foobar".utf8))
        #expect(Base64.decode("Zg=\n=".utf8) == Array("f".utf8))
        #expect(Base64.decode("+/+/".utf8) == [0xFB, 0xFF, 0xBF])
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zm9", "Zm9v=", "=", "====", "Zm9v Ym", "Zm-_", "Zg==Zg==", "Zm8=v", "Zm9vé", "Z\0g="])
    func whatIsNone(_ text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }
}
