// One running belay-git: started, asked, timed out and killed. It never outlives this object, and never becomes a zombie.

import GitWire
import Glibc

/// Why an exchange came to no answer. The process is gone afterwards.
enum WorkerFault: Error, Equatable {
    /// It ended by itself or was killed by somebody else: `exit 1`, `signal 9`.
    case ended(String)
    /// Nothing was heard for the time allowed, or the whole took too long.
    case timeout
    case interrupted
    case garbled(String)
}

/// How long an answer may take.
struct Patience {
    /// Without a word from the worker.
    var idle: Duration
    var total: Duration
}

/// A child process and the socket to it. Used by one thread at a time.
final class WorkerProcess {
    private let process: pid_t
    private let socket: Int32
    private let cache: String
    private var reader = FrameReader()
    private var hasEnded = false
    /// What the worker said last that it does.
    private(set) var phase = WirePhase.reading

    /// - Parameter cache: the cache directory, from which leftovers of a killed child are removed.
    /// - Throws: ``GitSourceError`` with `worker`.
    init(program: String, cache: String) throws(GitSourceError) {
        self.cache = cache
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw GitSourceError(code: .worker, message: "no socket for \(program): \(systemError())")
        }
        defer { close(ends[1]) }
        // A program that was written a moment ago is busy while another process, forked meanwhile, still holds its writer.
        var (child, status) = Self.spawn(program, ends[1])
        for _ in 0..<50 where status == ETXTBSY {
            usleep(20_000)
            (child, status) = Self.spawn(program, ends[1])
        }
        guard status == 0 else {
            close(ends[0])
            throw GitSourceError(code: .worker, message: "\(program) cannot be started: \(systemError(status))")
        }
        process = child
        socket = ends[0]
    }

    deinit { end() }

    private static func spawn(_ program: String, _ descriptor: Int32) -> (pid_t, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: an interrupt from the keyboard is for the parent, which ends the child in its own time.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var child = pid_t()
        let status = withCStrings([program]) { arguments in
            withCStrings(environment()) { variables in posix_spawn(&child, program, &actions, &attributes, arguments, variables) }
        }
        return (child, status)
    }

    /// Only what the worker needs: no `GIT_*`, no credentials of ours, nothing that makes libgit2 look elsewhere.
    private static func environment() -> [String] {
        let names = [
            "PATH", "HOME", "LD_LIBRARY_PATH", "TZ", "LANG", "LC_ALL", "SSH_AUTH_SOCK", "RES_OPTIONS", "LOCALDOMAIN", "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy",
        ]
        return names.compactMap { name in environmentVariable(name).map { "\(name)=\($0)" } } + ["SWIFT_BACKTRACE=enable=no"]
    }

    // MARK: Asking

    /// Sends a request and takes its answer.
    /// - Parameter receive: gets every message but the last and those about progress.
    /// - Returns: the last message.
    func exchange(
        _ request: WireRequest, _ patience: Patience, _ interrupt: Interrupt, receive: (WireResponse) -> Void
    ) throws(WorkerFault) -> WireResponse {
        do throws(WorkerFault) {
            phase = .reading
            let end = ContinuousClock.now.advanced(by: patience.total)
            try send(request, until: end, interrupt)
            while true {
                let response = try next(patience.idle, until: end, interrupt)
                if response.isLast { return response }
                if case .progress(let phase, _) = response { self.phase = phase } else { receive(response) }
            }
        } catch {
            end()
            throw error
        }
    }

    private func send(_ request: WireRequest, until end: ContinuousClock.Instant, _ interrupt: Interrupt) throws(WorkerFault) {
        let bytes: [UInt8]
        do throws(WireError) {
            bytes = try request.frame.encoded()
        } catch {
            throw .garbled(error.description)
        }
        var sent = 0
        while sent < bytes.count {
            try wait(for: Int16(POLLOUT), until: end, interrupt)
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(socket, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
            } else if errno == EPIPE {
                // It has gone; what it said before tells why.
                return
            } else if errno != EAGAIN && errno != EINTR {
                throw .ended(reap())
            }
        }
    }

    private func next(_ idle: Duration, until end: ContinuousClock.Instant, _ interrupt: Interrupt) throws(WorkerFault) -> WireResponse {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var limit = min(end, ContinuousClock.now.advanced(by: idle))
        while true {
            do throws(WireError) {
                if let frame = try reader.next() { return try WireResponse(frame) }
            } catch {
                throw .garbled(error.description)
            }
            try wait(for: Int16(POLLIN), until: limit, interrupt)
            let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
            if count > 0 {
                reader.append(chunk[..<count])
                limit = min(end, ContinuousClock.now.advanced(by: idle))
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                throw .ended(reap())
            }
        }
    }

    private func wait(for event: Int16, until limit: ContinuousClock.Instant, _ interrupt: Interrupt) throws(WorkerFault) {
        while true {
            let left = limit - ContinuousClock.now
            guard left > .zero else { throw .timeout }
            var waiting = [
                pollfd(fd: socket, events: event, revents: 0), pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let milliseconds =
                left.components.seconds >= 3600
                ? 3_600_000 : left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            let ready = poll(&waiting, 2, Int32(milliseconds))
            if ready < 0 { continue }
            if waiting[1].revents != 0 { throw .interrupted }
            if waiting[0].revents != 0 { return }
        }
    }

    // MARK: Ending

    /// Kills the process if it still runs, and reaps it.
    func end() { reap() }

    /// - Returns: how it ended. A process that is already ending keeps its own reason.
    @discardableResult
    private func reap() -> String {
        guard !hasEnded else { return "already gone" }
        hasEnded = true
        close(socket)
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return "gone" }
        }
        removeLeftovers()
        let signal = status & 0x7F
        return signal == 0 ? "exit \((status >> 8) & 0xFF)" : "signal \(signal)"
    }

    private func removeLeftovers() {
        let home = "\(cache)/ssh-\(process)"
        unlink(home + "/.ssh/known_hosts")
        rmdir(home + "/.ssh")
        rmdir(home)
    }
}

/// Calls `body` with a null-terminated list of C strings.
private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    var copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    copies.append(nil)
    return body(copies)
}
