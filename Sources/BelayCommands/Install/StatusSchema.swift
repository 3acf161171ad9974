// The schema of an Application's status, and of a DriftReport: what the controller writes and everybody may read.

import KubernetesModel

enum StatusSchema {
    private static let digest = "^[0-9a-f]{64}$"

    static let application = Schema.map(
        "What the controller last did and saw; its details are in the journal.",
        [
            "observedGeneration": .integer("The generation of the spec that this was written for."),
            "lastHandledReconcileAt": .text(
                "The last value of the annotation reconcile.belay.dev/requestedAt that was acted on.", 1024, minimum: 0),
            "lastAttemptedRevision": .revision("What the last run planned: main@sha1:…"),
            "lastAppliedRevision": .revision("What the last run that succeeded applied."),
            "pendingRevision": .revision(
                "A newer revision that waits: for the end of a pin, for belay sync, or for an approval."),
            "health": .choice(
                "The worst health of the objects.", ["healthy", "progressing", "degraded", "suspended", "missing", "unknown"]),
            "openDrift": .integer("How many objects differ from Git by somebody's hand."),
            "members": .integer("How many objects the Application has."),
            "planDigest": .text("The digest of the last plan, which belay approve names.", 64, pattern: digest),
            "counts": .map(
                "The operations of the last run.",
                [
                    "create": .integer("Made."),
                    "adopt": .integer("Existed, and were taken."),
                    "configure": .integer("Changed."),
                    "recreate": .integer("Deleted and made again."),
                    "prune": .integer("Deleted, because they left Git."),
                    "unchanged": .integer("Right already."),
                    "skip": .integer("Left alone."),
                    "blocked": .integer("Could not be touched."),
                    "failed": .integer("Were tried, and failed."),
                ]),
            "runs": .list(
                "The last runs, newest first.",
                of: .map(
                    "One run.",
                    [
                        "id": .text("As belay show takes it.", 26),
                        "revision": .revision("What it planned."),
                        "phase": .text(
                            "How far it came: planned, applying, waiting, succeeded, partial, failed, held, superseded or interrupted.", 32),
                        "trigger": .text("What started it.", 64),
                        "startedAt": .moment("When it began."),
                        "finishedAt": .moment("When it ended; absent while it is under way."),
                        "message": .text("What there is to say of it.", 1024, minimum: 0),
                    ], required: ["id", "phase"]), 10),
            "conditions": .list(
                "Ready, Reconciling, Stalled and Drifted.",
                of: .map(
                    "One condition.",
                    [
                        "type": .text("Its type.", 316),
                        "status": .choice("Its status.", ["True", "False", "Unknown"]),
                        "reason": .text("Why, in one word.", 1024, pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"),
                        "message": .text("Why, in a sentence, and what to do.", 4096, minimum: 0),
                        "lastTransitionTime": .moment("When the status last became another."),
                        "observedGeneration": .integer("The generation of the spec that this was written for."),
                    ], required: ["type", "status", "reason", "message", "lastTransitionTime"]), 16, keys: ["type"]),
        ])

    static let openCount = Schema.integer("How many episodes are open; more than are listed where there are many.")

    static let episodes = Schema.list(
        "The open episodes, the oldest first; at most 50.",
        of: .map(
            "One object that differs from Git.",
            [
                "id": .text("As belay drift shows it.", 64),
                "object": .map(
                    "The object.",
                    [
                        "group": .group("Its API group; empty is the core group."),
                        "version": .text("Its version.", 63),
                        "kind": .kind("Its kind."),
                        "namespace": .text("Its namespace; absent for objects of the cluster.", 63),
                        "name": .text("Its name.", 253),
                    ], required: ["kind", "name"]),
                "type": .choice("How it differs.", ["modified", "added", "removed", "unlabelled", "deleted"]),
                "firstSeen": .moment("When it was seen first."),
                "lastSeen": .moment("When it was seen last."),
                "fields": .list(
                    "What differs. Values of Secrets are keyed hashes.",
                    of: .map(
                        "One field.",
                        [
                            "path": .text("Where it is.", 2048),
                            "desired": .text("What Git says; absent where Git says nothing.", 4096, minimum: 0),
                            "live": .text("What was found; absent where there was nothing.", 4096, minimum: 0),
                            "manager": .text(
                                "Who wrote it, as the API server's record says; unknown where it keeps none.", 256, minimum: 0),
                            "operation": .text("How it was written: Apply or Update.", 32, minimum: 0),
                            "subresource": .text("Through which subresource, such as scale.", 64, minimum: 0),
                            "time": .moment("When that manager last wrote any of its fields."),
                        ], required: ["path"]), 100),
            ], required: ["id", "object", "type", "firstSeen"]), 50)
}
