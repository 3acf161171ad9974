// A server that takes connections and says nothing: what a dead machine behind a living load balancer looks like.

import Glibc

/// Listens on a free loopback port for as long as it lives.
package final class SilentServer {
    private let descriptor: Int32
    private var accepted: [Int32] = []
    package let port: Int

    package init() throws {
        port = try FreePort.next()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0, listen(descriptor, 16) == 0 else { throw TestSupportError("cannot listen on port \(port): errno \(errno)") }
    }

    deinit {
        for connection in accepted { close(connection) }
        close(descriptor)
    }

    /// How many have come so far.
    package var connections: Int {
        while case let connection = accept(descriptor, nil, nil), connection >= 0 { accepted.append(connection) }
        return accepted.count
    }

    /// What they have sent so far, each connection's first bytes.
    package var received: [String] {
        _ = connections
        return accepted.map { connection in
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }
}
