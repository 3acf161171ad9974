// Whether to wait for the end of what the controller was asked for, and how long.

import ArgumentParser
import KubernetesModel

struct WaitOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Wait until the controller is done.")
    var wait = true

    @Option(
        help: ArgumentHelp(
            "How long to wait, with a unit: 90s, 5m, 1h30m (default: the Application's timeout, 5m).", valueName: "duration"),
        transform: TimeoutOption.parse)
    var timeout: Duration?

    /// What was asked for, else what the Application's own runs may take.
    func timeout(for application: ApplicationResource) -> Duration {
        timeout ?? (try? DurationText.parse(application.spec("timeout"))) ?? .seconds(300)
    }
}

/// Why a person stops or changes something.
struct ReasonOption: ParsableArguments {
    @Option(help: ArgumentHelp("Why; shown to everybody who asks.", valueName: "text"))
    var reason: String

    func validate() throws { try ReasonOption.check(reason) }

    static func check(_ reason: String) throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason is empty") }
        if reason.unicodeScalars.count > Application.Limits.reason {
            throw ValidationError("--reason has more than \(Application.Limits.reason) characters")
        }
    }
}
