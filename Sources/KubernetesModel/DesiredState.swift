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

    package init(
        object: Unstructured, key: ObjectKey, groupVersionKind: GroupVersionKind, location: SourceLocation, document: YAMLDocument? = nil
    ) {
        self.object = object
        self.key = key
        self.groupVersionKind = groupVersionKind
        self.location = location
        self.document = document
    }
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

    package init(application: Application, revision: String, treeID: String, objects: [DesiredObject]) {
        self.application = application
        self.revision = revision
        self.treeID = treeID
        self.objects = objects
    }
}
