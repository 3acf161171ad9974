// Spans of time as messages say them.

import StructuredData
import Testing

@Suite struct SpokenDurationTests {
    @Test(arguments: [
        (Duration.seconds(30), "30 s"), (.seconds(90), "1 m 30 s"), (.seconds(60), "1 m"), (.seconds(300), "5 m"),
        (.seconds(3600), "1 h"), (.seconds(3601), "1 h"), (.seconds(5400), "1 h 30 m"), (.milliseconds(250), "250 ms"),
        (.milliseconds(1500), "1 s"), (.zero, "0 ms"),
    ])
    func aSpanIsSaidInItsTwoLargestUnits(_ duration: Duration, _ text: String) { #expect(duration.spoken == text) }
}
