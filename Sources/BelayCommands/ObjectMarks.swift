// The marks by which Belay knows its objects, for `render --tracking`.

import KubernetesModel
import Planning
import StructuredData

enum ObjectMarks {
    /// The object with the label and the annotations that a member carries.
    static func marked(_ object: Unstructured, of application: Application, at location: SourceLocation) -> Unstructured {
        var marked = object
        marked.setLabel(Tracking.partOf, ApplySet.id(of: application))
        marked.setAnnotation(Tracking.application, application.reference)
        marked.setAnnotation(Tracking.source, location.file)
        return marked
    }
}
