// What a failed write leads to, for every code of the client.

import KubernetesClient
import KubernetesModel
import Testing

@testable import Applying

@Suite struct RequestVerdictTests {
    @Test(arguments: [
        (ClientError.Code.unreachable, RequestVerdict.retry), (.timeout, .retry), (.tooManyRequests, .retry), (.unavailable, .retry),
        (.expired, .retry), (.conflict, .replan), (.fieldConflict, .replan), (.alreadyExists, .replan), (.notFound, .replan),
        (.kindNotServed, .fail), (.immutable, .fail), (.invalid, .fail), (.badRequest, .fail), (.permanent, .fail),
        (.forbidden, .fail), (.unauthorized, .fail), (.namespaceTerminating, .fail), (.tooLarge, .fail), (.malformedResponse, .fail),
        (.configuration, .fail),
    ])
    func ofAChange(code: ClientError.Code, verdict: RequestVerdict) {
        #expect(RequestVerdict(ClientError(code: code, message: ""), .init()) == verdict)
    }

    @Test(arguments: [
        (ClientError.Code.notFound, RequestVerdict.fail), (.immutable, .replan), (.conflict, .replan), (.fieldConflict, .replan),
    ])
    func ofACreate(code: ClientError.Code, verdict: RequestVerdict) {
        #expect(RequestVerdict(ClientError(code: code, message: ""), .init(expectsCreation: true)) == verdict)
    }

    @Test(arguments: [
        (ClientError.Code.kindNotServed, RequestVerdict.retry), (.badRequest, .retryFor(.seconds(5))), (.permanent, .retryFor(.seconds(5))),
        (.invalid, .retryFor(.seconds(5))), (.forbidden, .fail),
    ])
    func ofAFreshKind(code: ClientError.Code, verdict: RequestVerdict) {
        #expect(RequestVerdict(ClientError(code: code, message: ""), .init(kindIsFresh: true)) == verdict)
    }

    /// Another than `default` was written before its pods, or is not there at all.
    @Test(arguments: [("default", Duration.seconds(30)), ("robot", .seconds(3))])
    func aPodWaitsForItsAccount(_ account: String, _ patience: Duration) {
        let status = Status(
            code: 403, reason: "Forbidden",
            message: "pods \"web\" is forbidden: error looking up service account shop/\(account): serviceaccount \"\(account)\" not found")
        #expect(RequestVerdict(ClientError(code: .forbidden, message: "", status: status), .init()) == .retryFor(patience))
    }
}
