// Who is running an Application on this machine: a claim dies with its process, so an open run without one is dead.

import Foundation

/// The exclusive right to run one Application with one journal; ends with `release`, with the value, or with the process.
package final class RunClaim: Sendable {
    private let descriptor: Int32
    /// Whether nobody else can hold the same claim; false where the file system knows no locks.
    package let isExclusive: Bool

    fileprivate init(descriptor: Int32, isExclusive: Bool) {
        self.descriptor = descriptor
        self.isExclusive = isExclusive
    }

    deinit { if descriptor >= 0 { Foundation.close(descriptor) } }
}

extension Journal {
    /// Claims an Application for this process, so that a run of it that stands open in the journal is known to be dead.
    ///
    /// The claim is a lock of one byte of `FILE.lock` (which byte follows from the Application's name), held by an open file
    /// description: another process, and another claim of this one, is refused until it ends.
    /// - Returns: nil when somebody else holds it.
    /// - Throws: ``JournalError`` `cannotOpen`.
    package func claim(_ application: String) throws -> RunClaim? {
        guard let path else { return RunClaim(descriptor: -1, isExclusive: true) }
        let descriptor = Foundation.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError(
                code: .cannotOpen, message: "cannot open the journal's lock \(path).lock: \(String(cString: strerror(errno)))")
        }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(Journal.lockByte(of: application))
        lock.l_len = 1
        if fcntl(descriptor, Journal.setOpenFileDescriptionLock, &lock) == 0 { return RunClaim(descriptor: descriptor, isExclusive: true) }
        if errno == EAGAIN || errno == EACCES {
            Foundation.close(descriptor)
            return nil
        }
        return RunClaim(descriptor: descriptor, isExclusive: false)
    }

    /// F_OFD_SETLK of <fcntl.h>, which the importer leaves out.
    private static let setOpenFileDescriptionLock: Int32 = 37

    /// A 62-bit hash of the name (FNV-1a): the same in every process.
    private static func lockByte(of application: String) -> UInt64 {
        application.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 2
    }
}
