// Whole lines to standard error, from any thread.

import Glibc
import Synchronization

enum StandardError {
    private static let turn = Mutex(())

    /// Writes a line in one call; what a pipe does not take at once follows before anything else does.
    ///
    /// Where nobody reads for a second the rest is lost: a log must not stop the work.
    static let write: @Sendable ([UInt8]) -> Void = { line in
        turn.withLock { _ in write(line, to: 2) }
    }

    /// - Parameter patience: milliseconds that a reader may stand still.
    static func write(_ line: [UInt8], to descriptor: Int32, patience: Int32 = 1000) {
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&waiting, 1, patience) == 0 { return }
            } else if errno != EINTR {
                return
            }
        }
    }
}
