// How a stream may be written to: colours, symbols, redrawing. Decided once, from the flag, the environment and the terminal.

/// The value of `--color`.
package enum ColorChoice: String, Sendable, CaseIterable { case auto, always, never }

/// What one of the two streams can show. The default is plain text.
package struct Style: Sendable, Equatable {
    package var colors = false
    /// `→`; else `->`.
    package var unicode = true
    /// A status line may be redrawn.
    package var redraws = false
    package var isTerminal = false

    package init() {}

    /// The flag wins, then `NO_COLOR`, then `CLICOLOR_FORCE` and `FORCE_COLOR`, then a terminal that is not `dumb`.
    /// With `CI` set nothing is redrawn.
    package init(_ choice: ColorChoice, environment: [String: String], isTerminal: Bool) {
        func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
        func isForced(_ name: String) -> Bool { isSet(name) && environment[name] != "0" }
        let capable = isTerminal && environment["TERM"] != "dumb"
        self.isTerminal = isTerminal
        redraws = capable && !(isForced("CI") && environment["CI"] != "false")
        colors =
            switch choice {
            case .always: true
            case .never: false
            case .auto: isSet("NO_COLOR") ? false : isForced("CLICOLOR_FORCE") || isForced("FORCE_COLOR") || capable
            }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        // No locale at all is what containers and CI have; their logs are UTF-8.
        unicode = locale.map { $0.lowercased().contains("utf") } ?? true
    }

    package enum Color: String, Sendable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case bold = "1"
        case dim = "2"
    }

    package func paint(_ text: String, _ color: Color?) -> String {
        guard colors, let color, !text.isEmpty else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
    }

    package var arrow: String { unicode ? "→" : "->" }
}
