// What the worker takes from itself before it reads anything from outside.

import CGit2Shim
import Glibc

enum Confinement {
    /// No inherited descriptors, no core files (they would hold credentials), a bounded heap, files for the owner only.
    static func begin() {
        cg2_close_from(3)
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        lower(__rlimit_resource_t(RLIMIT_CORE.rawValue), to: 0)
        lower(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), to: 1024)
        lower(__rlimit_resource_t(RLIMIT_DATA.rawValue), to: 4 << 30)
    }

    private static func lower(_ resource: __rlimit_resource_t, to value: rlim_t) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_cur, value)
        limit.rlim_max = limit.rlim_cur
        setrlimit(resource, &limit)
    }
}

/// Ends the process as soon as the other end of `descriptor` is closed, even while libgit2 waits for a server.
func watchForHangUp(of descriptor: Int32) {
    var thread = pthread_t()
    let argument = UnsafeMutableRawPointer(bitPattern: Int(descriptor) + 1)
    pthread_create(
        &thread, nil,
        { argument in
            let descriptor = Int32(truncatingIfNeeded: Int(bitPattern: argument) - 1)
            let hungUp: Int16 = 0x2000  // POLLRDHUP: for sockets; a pipe says POLLHUP unasked
            var waiting = pollfd(fd: descriptor, events: hungUp, revents: 0)
            while true {
                if poll(&waiting, 1, -1) > 0 { _exit(0) }
            }
        }, argument)
}

/// Says something on standard error, for whoever started this by hand.
func complain(_ message: String) {
    let line = Array("belay-git: \(message)\n".utf8)
    _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}
