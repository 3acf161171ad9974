// belay-git: reads Git repositories for its parent, one request at a time, over standard input and output. Not meant for people.

import Glibc

@main
struct Main {
    static func main() {
        if CommandLine.arguments.dropFirst().contains(where: { $0 == "--help" || $0 == "-h" }) {
            complain("started by belay; speaks frames over standard input and output")
            exit(0)
        }
        Confinement.begin()
        let channel = Channel()
        watchForHangUp(of: channel.input)
        Worker(channel: channel).run()
    }
}
