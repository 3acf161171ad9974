// What can go wrong with the journal, in words for the person who has to act.

/// A journal that cannot be opened, read or written.
package struct JournalError: Error, Sendable, CustomStringConvertible {
    /// Stable and bounded.
    package enum Code: String, Sendable {
        /// The file or its directory cannot be made or opened.
        case cannotOpen
        /// Written by a newer Belay.
        case newerSchema
        /// Another process holds the write lock for longer than the busy timeout.
        case busy
        /// No room, or the file system is read-only: nothing may be written to the cluster either.
        case full
        /// Not a database, or a page does not check.
        case corrupt
        /// A state that would move backwards, or a row that exists already: a defect of the caller.
        case conflict
        /// An id or prefix that names more than one run.
        case ambiguous
        case failed
    }
    package var code: Code
    package var message: String
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
    package var description: String { message }
}
