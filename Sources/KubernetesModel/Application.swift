// The Application: one source, one destination, and how they are kept together (applications.belay.dev/v1alpha1).

/// The parsed Application resource; the same value whether it came from a file, from flags or from the cluster.
package struct Application: Sendable, Equatable {
    package static let apiVersion = "belay.dev/v1alpha1"
    package static let kind = "Application"

    package var namespace: String
    package var name: String
    package var source: Source
    package var destination: Destination
    /// How often the controller looks at the source.
    package var interval: Duration = .seconds(60)
    /// For waiting until applied objects are healthy.
    package var timeout: Duration = .seconds(300)
    package var sync = SyncPolicy()
    package var pin: Pin?
    package var drift = DriftPolicy()
    package var health = HealthPolicy()
    package var dependsOn: [Dependency] = []
    package var suspend: Suspension?
    package var deletionPolicy = DeletionPolicy.prune

    package init(namespace: String, name: String, source: Source, destination: Destination) {
        self.namespace = namespace
        self.name = name
        self.source = source
        self.destination = destination
    }

    /// `NAMESPACE/NAME`, the value of the annotation `belay.dev/application`.
    package var reference: String { "\(namespace)/\(name)" }
}
