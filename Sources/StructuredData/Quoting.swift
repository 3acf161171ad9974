// Text from outside inside of a message: short, on one line, and without anything that a terminal would act on.

/// The text in double quotes, control and other unprintable characters escaped, at most 80 scalars.
package func quotedForPeople(_ text: String) -> String { "\"" + shortened(text) + "\"" }

/// The text with control and other unprintable characters escaped, at most 80 scalars.
func shortened(_ text: String) -> String {
    var shown = ""
    for (position, scalar) in text.unicodeScalars.enumerated() {
        if position == 80 { return shown + "…" }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown
}
