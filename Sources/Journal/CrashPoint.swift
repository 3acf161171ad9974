// Places of a run at which a test ends the process as a power cut would, or holds it. In a release build they are nothing.

#if DEBUG
    import Glibc
    import Synchronization
#endif

/// In the order in which a run comes by.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// The plan is made, nothing is written anywhere.
    case planned
    /// The namespaces are there, the parent is not written yet.
    case namespacesMade
    /// The parent has the superset and the lease, the journal knows of no run.
    case leaseTaken
    /// Inside the transaction that opens the run.
    case openingRun
    /// The journal has the run and all its rows; no object is written.
    case runOpened
    /// The journal says that a request is about to be sent.
    case announced
    /// A request is about to be sent: each of them, also the second one of an object that is deleted and made anew.
    case sending
    /// A request was answered, the journal does not know how.
    case answered
    /// The journal has the result of a row.
    case recorded
    /// Everything is applied, nothing is pruned.
    case applied
    /// Everything is pruned, the parent still has the superset.
    case pruned
    /// The parent is shrunk and released, the journal's run is open.
    case released
    /// Inside the transaction that closes the run.
    case closingRun
    /// Everything is done, nothing is printed.
    case closed

    /// Ends the process with SIGKILL where `BELAY_CRASH_AT` in the environment is this point's name; with `NAME:3` at its third time.
    /// Where `BELAY_PAUSE_AT` is `NAME:FILE`, makes that file and waits until it is gone.
    package func reach() {
        #if DEBUG
            pause()
            guard let wish = CrashPoint.wish, wish.point == self else { return }
            let isDue = CrashPoint.passed.withLock { passed in
                passed += 1
                return passed == wish.time
            }
            if isDue { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
        private func pause() {
            guard let text = getenv("BELAY_PAUSE_AT") else { return }
            let parts = String(cString: text).split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0] == rawValue else { return }
            let file = String(parts[1])
            close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
            while access(file, F_OK) == 0 { usleep(10_000) }
        }

        private static let passed = Mutex(0)

        private static let wish: (point: CrashPoint, time: Int)? = {
            guard let text = getenv("BELAY_CRASH_AT") else { return nil }
            let parts = String(cString: text).split(separator: ":", maxSplits: 1)
            guard let name = parts.first, let point = CrashPoint(rawValue: String(name)) else { return nil }
            return (point, parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }()
    #endif
}
