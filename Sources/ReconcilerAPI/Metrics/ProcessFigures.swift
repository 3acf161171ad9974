// What Linux knows of this process, read when Prometheus asks.

import FoundationEssentials
import Glibc

/// The metrics `process_…` under the names that all exporters use.
struct ProcessFigures: Equatable {
    /// In user and kernel mode.
    var cpuSeconds: Double
    var residentBytes: Double
    /// Seconds since 1970.
    var startTime: Double

    /// The lines for the text format; what the system does not tell is left out.
    static func text() -> String {
        var result = ""
        let figures = ProcessFigures(
            stat: read("/proc/self/stat"), system: read("/proc/stat"), ticks: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
        if let figures {
            result += metric("process_cpu_seconds_total", "counter", "CPU time spent, in seconds.", figures.cpuSeconds)
        }
        if let descriptors = openDescriptors() {
            result += metric("process_open_fds", "gauge", "Open file descriptors.", descriptors)
        }
        if let figures {
            result += metric("process_resident_memory_bytes", "gauge", "Resident memory, in bytes.", figures.residentBytes)
            result += metric("process_start_time_seconds", "gauge", "When the process began, in seconds since 1970.", figures.startTime)
        }
        return result
    }

    /// - Parameters:
    ///   - stat: `/proc/PID/stat`.
    ///   - system: `/proc/stat`, for the time of the boot.
    ///   - ticks: in a second.
    /// - Returns: nil when something is missing.
    init?(stat: String, system: String, ticks: Double, pageSize: Double) {
        // The program's name may contain blanks and parentheses: fields are counted from the last one, which ends field 2.
        guard ticks > 0, let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace)
        func field(_ number: Int) -> Double? { fields.count > number - 3 ? Double(fields[number - 3]) : nil }
        let boot = system.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
        guard let user = field(14), let kernel = field(15), let start = field(22), let pages = field(24), let boot else { return nil }
        cpuSeconds = (user + kernel) / ticks
        residentBytes = pages * pageSize
        startTime = boot + start / ticks
    }

    private static func metric(_ name: String, _ kind: String, _ help: String, _ value: Double) -> String {
        PrometheusText.header(name, kind, help) + PrometheusText.line(name, "", value)
    }

    private static func read(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// Without the one that reads the directory.
    private static func openDescriptors() -> Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
        }
        return Double(max(0, count - 1))
    }
}
