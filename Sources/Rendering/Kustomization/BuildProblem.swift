// What stops a kustomization from being built, with its place.

import StructuredData

/// Why nothing can be built. Thrown by every part of the build; the first one ends it.
struct BuildProblem: Error, Sendable {
    /// A sentence for people: what is wrong, and what to do.
    var message: String
    var location: SourceLocation
    /// Files or folders that have to be read first, from the repository's root; then the message is of no concern.
    var missing: Set<String> = []

    init(_ message: String, at location: SourceLocation) {
        self.message = message
        self.location = location
    }
}
