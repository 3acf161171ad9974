// The two streams of the program: data on standard output, all else on standard error, one status line that never gets in the way.

import Foundation
import Synchronization

/// Writes whole lines, in order, from any task. A reader that went away (`| head`) is no error; a full disk is.
package final class Console: Sendable {
    package enum Stream: Sendable { case output, error }

    private struct State {
        var outputStyle: Style
        var errorStyle: Style
        var pending: [UInt8] = []
        var status = false
        var failure: Int32 = 0
        var lastLine = ContinuousClock.now
    }

    private let state: Mutex<State>
    private let environment: [String: String]
    private let isTerminal: (input: Bool, output: Bool, error: Bool)
    /// Writes all bytes and returns 0 or an errno.
    private let write: @Sendable (Stream, [UInt8]) -> Int32
    private let readLineFromTerminal: @Sendable () -> String?

    package init(
        environment: [String: String], inputIsTerminal: Bool, outputIsTerminal: Bool, errorIsTerminal: Bool,
        write: @escaping @Sendable (Stream, [UInt8]) -> Int32, readLine: @escaping @Sendable () -> String? = { nil }
    ) {
        self.environment = environment
        isTerminal = (inputIsTerminal, outputIsTerminal, errorIsTerminal)
        self.write = write
        readLineFromTerminal = readLine
        state = Mutex(
            State(
                outputStyle: Style(.auto, environment: environment, isTerminal: outputIsTerminal),
                errorStyle: Style(.auto, environment: environment, isTerminal: errorIsTerminal)))
    }

    /// The process's own streams.
    package convenience init(environment: [String: String]) {
        self.init(
            environment: environment, inputIsTerminal: isatty(0) == 1, outputIsTerminal: isatty(1) == 1, errorIsTerminal: isatty(2) == 1,
            write: { stream, bytes in Console.writeAll(bytes, to: stream == .output ? 1 : 2) }, readLine: { Swift.readLine() })
    }

    /// What `--color` says; before anything is printed.
    package func setColor(_ choice: ColorChoice) {
        state.withLock {
            $0.outputStyle = Style(choice, environment: environment, isTerminal: isTerminal.output)
            $0.errorStyle = Style(choice, environment: environment, isTerminal: isTerminal.error)
        }
    }

    package var outputStyle: Style { state.withLock { $0.outputStyle } }
    package var errorStyle: Style { state.withLock { $0.errorStyle } }
    /// Whether a question can be asked and answered.
    package var canAsk: Bool { isTerminal.input && isTerminal.error }

    /// A line of data. The caller has sanitised what came from outside.
    package func print(_ line: String) { emit(Array((line + "\n").utf8), to: .output) }

    /// Data as it stands; nothing is added.
    package func printBytes(_ bytes: [UInt8]) { emit(bytes, to: .output) }

    /// Writes what is pending, for a reader who should see it now: a log of a run that goes on, or that is ended from outside.
    package func flush() { state.withLock { flush(&$0) } }

    /// A line of progress, a warning, an error.
    package func say(_ line: String) { emit(Array((line + "\n").utf8), to: .error) }

    package func warn(_ text: String) {
        say(errorStyle.paint("warning:", .yellow) + " " + Printable.text(text))
    }

    /// What is going on, in one line that the next output replaces; nothing without a terminal. nil takes it away.
    package func showStatus(_ text: String?) {
        state.withLock { state in
            guard state.errorStyle.redraws else { return }
            flush(&state)
            clearStatus(&state)
            guard let text else { return }
            let mark = state.errorStyle.paint(state.errorStyle.unicode ? "►" : ">", .cyan)
            _ = write(.error, Array("\(mark) \(Printable.shortened(Printable.text(text), to: 78))".utf8))
            state.status = true
        }
    }

    /// How long nothing was printed.
    package var silence: Duration { state.withLock { ContinuousClock.now - $0.lastLine } }

    /// Asks on the terminal; nil at the end of input.
    package func ask(_ question: String) -> String? {
        state.withLock { state in
            flush(&state)
            clearStatus(&state)
            _ = write(.error, Array((Printable.text(question) + " ").utf8))
        }
        return readLineFromTerminal()
    }

    /// Writes what is pending.
    /// - Throws: ``CommandFailure`` when standard output could not be written.
    package func finish() throws {
        let failure = state.withLock { state in
            flush(&state)
            clearStatus(&state)
            return state.failure
        }
        guard failure == 0 || failure == EPIPE else {
            throw CommandFailure(.failure, "cannot write the output: \(String(cString: strerror(failure)))")
        }
    }

    private func emit(_ bytes: [UInt8], to stream: Stream) {
        state.withLock { state in
            state.lastLine = .now
            switch stream {
            case .output:
                state.pending.append(contentsOf: bytes)
                if isTerminal.output || state.pending.count >= 1 << 16 { flush(&state) }
            case .error:
                flush(&state)
                clearStatus(&state)
                _ = write(.error, bytes)
            }
        }
    }

    private func flush(_ state: inout State) {
        guard !state.pending.isEmpty else { return }
        clearStatus(&state)
        if state.failure == 0 { state.failure = write(.output, state.pending) }
        state.pending.removeAll(keepingCapacity: true)
    }

    private func clearStatus(_ state: inout State) {
        guard state.status else { return }
        state.status = false
        _ = write(.error, Array("\r\u{1B}[2K".utf8))
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var descriptors = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&descriptors, 1, 1000)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
