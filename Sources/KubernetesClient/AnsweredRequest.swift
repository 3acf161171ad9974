// One request as metrics tell it.

/// A request that has come to its end, retries each for itself.
package struct AnsweredRequest: Sendable, Equatable {
    /// Of HTTP: `GET`, `PATCH`.
    package var method: String
    /// The status; nil: there was no answer.
    package var status: Int?
    /// Until the answer was there; of a watch, until it began.
    package var took: Duration
}
