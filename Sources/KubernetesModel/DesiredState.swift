// What Git says should be in the cluster: the output of Rendering and the first input of Planning.

package import StructuredData

/// One object as Git wants it, validated, with its namespace filled in, and where it stands.
package struct DesiredObject: Sendable {
    package var object: Unstructured
    package var key: ObjectKey
    package var groupVersionKind: GroupVersionKind
    package var location: SourceLocation
    /// The tree the locations were read with, and the places of its nodes, to name file:line of one field; nil where there is none.
    package var document: YAMLDocument?
    /// What of it came from a Secret by substitution.
    package var secrets: SecretPaths

    package init(
        object: Unstructured, key: ObjectKey, groupVersionKind: GroupVersionKind, location: SourceLocation, document: YAMLDocument? = nil,
        secrets: SecretPaths = SecretPaths()
    ) {
        self.object = object
        self.key = key
        self.groupVersionKind = groupVersionKind
        self.location = location
        self.document = document
        self.secrets = secrets
    }

    /// Whether the API server's words about it may show a secret.
    package var withholdsTexts: Bool { key.groupKind == .secret || !secrets.isEmpty }
}

/// All objects of one Application at one commit. Never made from a failed or partial rendering.
package struct DesiredState: Sendable {
    package var application: Application
    /// As people read it: `main@sha1:3f2c1ab…`; `dir@tree:…` where files were read as they lie.
    package var revision: String
    /// Git's tree id of the Application's path.
    package var treeID: String
    /// In the order of file and document; keys are unique.
    package var objects: [DesiredObject]
    /// What the Secrets have that variables may stand for: it is shown nowhere.
    package var secretTexts: Set<String> = []
    /// Tells the values apart that its variables stand for; nil where none come from the cluster.
    package var valuesDigest: Digest?

    package init(application: Application, revision: String, treeID: String, objects: [DesiredObject]) {
        self.application = application
        self.revision = revision
        self.treeID = treeID
        self.objects = objects
    }
}
