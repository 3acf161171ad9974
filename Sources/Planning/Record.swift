// What is remembered of a member between runs.

package import StructuredData

/// What the last write or dry-run of a member answered: its uid, the digest of what was desired, and the digest of what we own in it.
///
/// A record that was packed for a parent ConfigMap keeps 16 bytes of each digest, so two records are compared by these.
package struct Record: Sendable {
    package var uid: String
    package var desired: Digest
    package var live: Digest
    package init(uid: String, desired: Digest, live: Digest) {
        self.uid = uid
        self.desired = desired
        self.live = live
    }

    /// The same of an object that no digest proves from now on: something in it is not as in Git, and stays so.
    package var unproven: Record { Record(uid: uid, desired: desired, live: Record.nothing) }
    var isUnproven: Bool { matches(live: Record.nothing) }
    private static let nothing = Digest(of: [UInt8]())

    package func matches(uid other: String) -> Bool { Self.packed(uid: uid) == Self.packed(uid: other) }
    package func matches(uid: String, desired: Digest) -> Bool { matches(uid: uid) && Self.same(self.desired, desired) }
    package func matches(desired digest: Digest) -> Bool { Self.same(desired, digest) }
    package func matches(live: Digest) -> Bool { Self.same(self.live, live) }

    private static func same(_ left: Digest, _ right: Digest) -> Bool { left.bytes.prefix(16) == right.bytes.prefix(16) }
}

extension Record: Equatable {
    package static func == (left: Record, right: Record) -> Bool {
        left.matches(uid: right.uid, desired: right.desired) && left.matches(live: right.live)
    }
}
