// Recorded answers of a real API server, read from the checkout.

import Foundation
import StructuredData

enum FixtureFile {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

    static func json(_ name: String) throws -> Value { try JSON.read(bytes(name)) }
}
