// `labels` and `commonLabels`.

import StructuredData

struct LabelTransformer: Transformer {
    private let pairs: [(key: String, value: PlacedText)]
    /// Before `standard`, which are merged into them.
    private let fields: [FieldSpec]
    private let standard: [[FieldSpec]]
    private let place: SourceLocation?

    /// With exactly these fields.
    init(pairs: [(key: String, value: PlacedText)], fields: [FieldSpec]) {
        self.pairs = pairs
        self.fields = fields
        standard = []
        place = nil
    }

    /// An entry of `labels`.
    init(_ arguments: LabelArguments, _ fields: FieldConfiguration) {
        pairs = arguments.pairs
        self.fields = arguments.fields
        place = arguments.place
        var standard = [fields.labels]
        if arguments.includesSelectors {
            standard.append(fields.commonLabels)
        } else {
            if arguments.includesTemplates { standard.append(fields.templateLabels) }
            if arguments.includesVolumeClaimTemplates { standard.append(fields.volumeClaimTemplateLabels) }
            standard.append([FieldSpec("metadata/labels", create: true)])
        }
        self.standard = standard
    }

    /// `commonLabels`.
    init(common pairs: [(key: String, value: PlacedText)], _ fields: FieldConfiguration) {
        self.init(pairs: pairs, fields: fields.commonLabels)
    }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        var specs = fields
        for list in standard {
            if specs.isEmpty { specs = list } else { try FieldSpec.merge(list, into: &specs, at: place) }
        }
        try EntryTransformer(pairs: pairs, fields: specs).transform(&set, context)
    }
}
