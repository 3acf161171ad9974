// Tables for people: columns as wide as their widest cell, no trailing blanks.

/// Rows of cells under headings.
package struct TextTable: Sendable {
    package struct Cell: Sendable, ExpressibleByStringLiteral {
        package var text: String
        package var color: Style.Color?
        /// - Parameter text: sanitised here.
        package init(_ text: String, _ color: Style.Color? = nil) {
            self.text = Printable.text(text)
            self.color = color
        }
        package init(stringLiteral value: String) { self.init(value) }
    }

    package var headings: [String]
    package var rows: [[Cell]] = []
    package var indentation = ""

    package init(_ headings: [String], indentation: String = "") {
        self.headings = headings
        self.indentation = indentation
    }

    /// The headings and the rows, without newlines.
    package func lines(_ style: Style) -> [String] {
        var widths = headings.map { TextTable.width($0) }
        for row in rows {
            for (column, cell) in row.enumerated() where column < widths.count {
                widths[column] = max(widths[column], TextTable.width(cell.text))
            }
        }
        let heading = line(headings.map { Cell($0, .bold) }, widths, style)
        return [heading] + rows.map { line($0, widths, style) }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        var line = indentation
        var blanks = 0
        for (cell, width) in zip(cells, widths) {
            if !cell.text.isEmpty {
                line += String(repeating: " ", count: blanks) + style.paint(cell.text, cell.color)
                blanks = 0
            }
            blanks += max(0, width - (cell.text.isEmpty ? 0 : TextTable.width(cell.text))) + 2
        }
        return line
    }

    /// Columns on a terminal: East Asian wide letters and emoji take two, combining marks none.
    package static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
