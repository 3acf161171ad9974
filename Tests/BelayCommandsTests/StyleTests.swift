// Who decides about colours: the flag, then NO_COLOR, then the forcing variables, then the terminal.

import BelayCommands
import Testing

@Suite struct StyleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var choice: ColorChoice
        var environment: [String: String]
        var isTerminal: Bool
        var colors: Bool
        var testDescription: String { "\(choice) \(environment) terminal \(isTerminal)" }
    }

    @Test(arguments: [
        Case(choice: .auto, environment: ["TERM": "xterm"], isTerminal: true, colors: true),
        Case(choice: .auto, environment: ["TERM": "xterm"], isTerminal: false, colors: false),
        Case(choice: .auto, environment: ["TERM": "dumb"], isTerminal: true, colors: false),
        Case(choice: .auto, environment: ["NO_COLOR": "1", "TERM": "xterm"], isTerminal: true, colors: false),
        Case(choice: .auto, environment: ["NO_COLOR": "", "TERM": "xterm"], isTerminal: true, colors: true),
        Case(choice: .auto, environment: ["CLICOLOR_FORCE": "1"], isTerminal: false, colors: true),
        Case(choice: .auto, environment: ["FORCE_COLOR": "1"], isTerminal: false, colors: true),
        Case(choice: .auto, environment: ["CLICOLOR_FORCE": "0"], isTerminal: false, colors: false),
        Case(choice: .auto, environment: ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], isTerminal: false, colors: false),
        Case(choice: .always, environment: ["NO_COLOR": "1"], isTerminal: false, colors: true),
        Case(choice: .never, environment: ["CLICOLOR_FORCE": "1", "TERM": "xterm"], isTerminal: true, colors: false),
    ])
    func colors(_ one: Case) {
        #expect(Style(one.choice, environment: one.environment, isTerminal: one.isTerminal).colors == one.colors)
    }

    @Test(arguments: [
        (["TERM": "xterm"], true, true), (["TERM": "xterm", "CI": "true"], true, false), (["TERM": "xterm", "CI": "false"], true, true),
        (["TERM": "dumb"], true, false), (["TERM": "xterm"], false, false),
    ])
    func redraws(_ environment: [String: String], _ isTerminal: Bool, _ expected: Bool) {
        #expect(Style(.auto, environment: environment, isTerminal: isTerminal).redraws == expected)
        #expect(Style(.always, environment: environment, isTerminal: isTerminal).redraws == expected)
    }

    @Test(arguments: [([:], true), (["LANG": "C"], false), (["LANG": "de_DE.UTF-8"], true), (["LANG": "C", "LC_ALL": "C.utf8"], true)])
    func symbols(_ environment: [String: String], _ unicode: Bool) {
        #expect(Style(.auto, environment: environment, isTerminal: true).arrow == (unicode ? "→" : "->"))
    }
}
