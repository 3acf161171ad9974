// Frames in from standard input, frames out to what standard output was.

import GitWire
import Glibc

/// Owns both descriptors. Standard output itself is pointed at standard error, so that nothing but frames can reach the parent.
final class Channel {
    let input: Int32 = 0
    private let output: Int32
    private var reader = FrameReader()

    init() {
        let copy = fcntl(1, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { exit(1) }
        output = copy
        dup2(2, 1)
    }

    /// The next frame; nil when the parent has gone.
    func receive() throws(WireError) -> Frame? {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if let frame = try reader.next() { return frame }
            let count = chunk.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
            if count > 0 {
                reader.append(chunk[..<count])
            } else if count == 0 || errno != EINTR {
                return nil
            }
        }
    }

    /// Sends a message; ends the process when nobody listens.
    func send(_ response: WireResponse) throws(WireError) {
        let bytes = try response.frame.encoded()
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { write(output, $0.baseAddress?.advanced(by: sent), $0.count - sent) }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                _exit(0)
            }
        }
    }
}
