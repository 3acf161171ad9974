// What an API server answers to whoever has no right to something.

enum Refusal {
    static let answer: (status: Int, text: String, warning: String?) = (
        403,
        #"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"a test says no"}"#, nil
    )
}
