// Where belay-git is.

import Glibc

/// Finds the program: what is given, `BELAY_GIT_PATH`, beside the running program, on `PATH`, in this order.
enum WorkerProgram {
    /// - Throws: ``GitSourceError`` with `worker` when there is none.
    static func find(_ given: String?) throws(GitSourceError) -> String {
        if let given {
            guard isProgram(given) else { throw missing("\(given) is no program that can be run") }
            return given
        }
        if let path = environmentVariable("BELAY_GIT_PATH") {
            guard isProgram(path) else { throw missing("BELAY_GIT_PATH is \(path), which is no program that can be run") }
            return path
        }
        var places: [String] = []
        if let running = realpath("/proc/self/exe", nil) {
            defer { free(running) }
            let parts = String(cString: running).split(separator: "/").dropLast()
            places.append("/" + parts.joined(separator: "/"))
        }
        // Relative directories on PATH depend on where one stands; they are left out.
        places += (environmentVariable("PATH") ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        for place in places where isProgram(place + "/belay-git") { return place + "/belay-git" }
        throw missing(
            "belay-git, which reads repositories, was not found beside \(places.first ?? "this program") nor on PATH: install it there, or set BELAY_GIT_PATH"
        )
    }

    private static func missing(_ message: String) -> GitSourceError { GitSourceError(code: .worker, message: message) }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
