// A way to wake a thread that waits for a worker.

import Glibc

/// Raised once, from anywhere; seen by `poll` on `descriptor`.
final class Interrupt: Sendable {
    let descriptor: Int32
    private let writeEnd: Int32

    /// - Returns: nil when no descriptors are left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else { return nil }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        Glibc.close(descriptor)
        Glibc.close(writeEnd)
    }

    func raise() { Glibc.shutdown(writeEnd, Int32(SHUT_RDWR)) }
}
