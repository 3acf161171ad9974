// The program `belay`; everything it does is in BelayCommands.

import BelayCommands

@main
struct Main {
    static func main() async { await BelayProgram.run() }
}
