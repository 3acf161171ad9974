// How long and how many: the limits of an Application's fields. The reader and the CustomResourceDefinition's schema have them from here.

extension Application {
    /// Characters of a text, elements of a list. What the API server checks with CEL needs an upper bound to be priced.
    package enum Limits {
        /// Bytes of `metadata.name`: the inventory's ConfigMaps are called belay-NAME, and belay-NAME-N beyond the first.
        package static let name = 240
        package static let repositoryURL = 2048
        package static let path = 4096
        package static let reference = 1024
        package static let versionRange = 256
        package static let patterns = 100
        package static let pattern = 512
        /// Of one Application's substitution.
        package static let values = 200
        package static let value = 8192
        package static let valueSources = 50
        /// An object's or a Secret's name, a key of its data, an API group.
        package static let objectName = 253
        package static let namespace = 63
        package static let kind = 63
        package static let duration = 64
        package static let time = 64
        package static let reason = 1024
        package static let ignoreRules = 50
        package static let pointers = 50
        package static let pointer = 512
        package static let managers = 50
        package static let manager = 128
        package static let holds = 100
        package static let healthRules = 50
        package static let conditions = 20
        package static let conditionText = 316
        package static let dependencies = 100
        package static let pruneObjects = 0...1_000_000
        package static let prunePercent = 0...100
    }
}
