// The marks by which Belay knows its objects, for `render --tracking`.

import KubernetesModel
import StructuredData

enum ObjectMarks {
    /// The object with the annotations that a member carries.
    static func marked(_ object: Unstructured, of application: Application, at location: SourceLocation) -> Unstructured {
        var marked = object
        marked.setAnnotation("belay.dev/application", application.reference)
        marked.setAnnotation("belay.dev/source", location.file)
        return marked
    }
}
