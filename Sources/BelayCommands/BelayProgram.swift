// The program: arguments in, exit code out. Parsing, signals, and errors as people read them.

import ArgumentParser
import Dispatch
import Foundation
import KubernetesModel
import Synchronization

/// What `main` calls.
package enum BelayProgram {
    /// Runs the verb that the process was started with and ends the process.
    package static func run() async -> Never {
        // A reader that goes away must not kill an apply halfway.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = await Interruption.watching { await run(arguments) }
        exit(status)
    }

    /// Runs one verb in the current ``Invocation``.
    /// - Returns: the exit code.
    package static func run(_ arguments: [String]) async -> Int32 {
        let console = Invocation.current.console
        var status: Int32
        do {
            try await execute(arguments)
            status = ExitStatus.success.rawValue
        } catch {
            status = report(error, arguments)
            if !(error is ExitCode) { status = trouble(status, arguments) }
        }
        do {
            try console.finish()
        } catch {
            (error as? CommandFailure)?.lines(console.errorStyle).forEach(console.say)
            if status == 0 { status = trouble(ExitStatus.failure.rawValue, arguments) }
        }
        return status
    }

    /// The exit code of a failure: where 1 says that there are differences, as diff(1) has it, trouble is 2.
    private static func trouble(_ status: Int32, _ arguments: [String]) -> Int32 {
        let answersWithOne = [DiffCommand.configuration.commandName, DriftCommand.configuration.commandName].contains(arguments.first)
        return status == ExitStatus.failure.rawValue && answersWithOne ? ExitStatus.invalid.rawValue : status
    }

    private static func execute(_ arguments: [String]) async throws {
        if try HelpTopic.answer(arguments) { return }
        var command = try await BelayCommand.asyncParseAsRoot(arguments)
        if let verb = command as? any Verb { Invocation.current.console.setColor(verb.output.color) }
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }

    /// Prints an error to standard error (help goes to standard output) and gives its exit code.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        let console = Invocation.current.console
        if Interruption.happened {
            console.say(console.errorStyle.paint("interrupted", .yellow))
            return ExitStatus.interrupted.rawValue
        }
        if let code = error as? ExitCode { return code.rawValue }
        if let failure = CommandFailure(error) {
            failure.lines(console.errorStyle).forEach(console.say)
            return failure.status.rawValue
        }
        if error is CancellationError { return ExitStatus.interrupted.rawValue }
        let code = BelayCommand.exitCode(for: error)
        let text = BelayCommand.fullMessage(for: error)
        if code.isSuccess {
            console.print(text)
            return ExitStatus.success.rawValue
        }
        // All that the parser refuses is usage; what else gets here is a failure that nobody foresaw.
        let isUsage = code == .validationFailure
        printUsageError(text, arguments, console)
        return (isUsage ? ExitStatus.invalid : ExitStatus.failure).rawValue
    }

    private static func printUsageError(_ text: String, _ arguments: [String], _ console: Console) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let first = lines.first, first.hasPrefix("Error: ") {
            let message = first.dropFirst("Error: ".count)
            lines[0] = console.errorStyle.paint("error:", .red) + " " + Printable.text(lowercasedStart(message))
        }
        if let verb = arguments.first, !verb.hasPrefix("-"), !HelpTopic.verbs.contains(verb) {
            lines = [console.errorStyle.paint("error:", .red) + " there is no verb \(Printable.text(verb))"]
            lines +=
                nearestName(to: verb, among: HelpTopic.verbs).map { ["  hint: did you mean belay \($0)?"] } ?? [
                    "  hint: belay help lists the verbs"
                ]
        }
        for line in lines { console.say(line.hasPrefix("error:") || line.contains("\u{1B}") ? line : Printable.text(line)) }
    }

    private static func lowercasedStart(_ text: Substring) -> String {
        let second = text.dropFirst().first
        guard let first = text.first, second?.isLowercase ?? false else { return String(text) }
        return first.lowercased() + text.dropFirst()
    }
}

/// What the signals that came so far ask for.
package struct InterruptionCount: Sendable {
    package enum Effect: Sendable {
        case cancel, ignore, end
    }

    private var first: ContinuousClock.Instant?

    package init() {}

    package var happened: Bool { first != nil }

    /// `timeout` and a terminal signal a process and its group: what comes within a second of the first is the same request.
    package mutating func take(at time: ContinuousClock.Instant) -> Effect {
        guard let first else {
            self.first = time
            return .cancel
        }
        return time - first < .seconds(1) ? .ignore : .end
    }
}

/// SIGINT and SIGTERM: the first cancels what is under way, so that it can end in order; a later one ends the process.
package enum Interruption {
    private static let count = Mutex(InterruptionCount())

    package static var happened: Bool { count.withLock { $0.happened } }

    static func watching(_ body: @escaping @Sendable () async -> Int32) async -> Int32 {
        let task = Task { await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                switch count.withLock({ $0.take(at: .now) }) {
                case .cancel: task.cancel()
                case .ignore: break
                case .end: _exit(ExitStatus.interrupted.rawValue)
                }
            }
            source.resume()
            return source
        }
        let status = await task.value
        for source in sources { source.cancel() }
        return status
    }
}
