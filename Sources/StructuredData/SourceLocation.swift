// Where something stands in a file, so that every message can say `deploy/api.yaml:42:7`.

/// A place in a file of the source: the path as Git has it, line and column from 1 (column in Unicode scalars).
package struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    package var file: String
    /// 0 where only the file is known.
    package var line: Int
    /// 0 where only the line is known.
    package var column: Int

    package init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, without the parts that are not known.
    package var description: String {
        if line == 0 { return file }
        return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }
}
