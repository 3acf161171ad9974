// `--timeout 5m`: always with a unit.

import ArgumentParser
import KubernetesModel
import StructuredData

struct TimeoutOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("How long a run may take, with a unit: 90s, 5m, 1h30m (default: the Application's, 5m).", valueName: "duration"),
        transform: TimeoutOption.parse)
    var timeout: Duration?

    static func parse(_ text: String) throws -> Duration {
        do throws(DurationText.Problem) {
            return try DurationText.parse(text)
        } catch {
            throw ValidationError("\(Printable.text(text)) \(error.description)")
        }
    }

    /// The Applications with the timeout that was asked for.
    func applied(to sources: [(Application, SourceSnapshot)]) -> [(Application, SourceSnapshot)] {
        guard let timeout else { return sources }
        return sources.map { application, snapshot in
            var application = application
            application.timeout = timeout
            return (application, snapshot)
        }
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
    }
}
