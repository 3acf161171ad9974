// The process's environment, read where it is needed.

import Glibc

/// The value of a variable; nil when it is unset or empty.
func environmentVariable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}

/// What errno says, for an error message.
func systemError(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
