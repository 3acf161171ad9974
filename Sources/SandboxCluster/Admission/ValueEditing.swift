// Small edits of objects in place, for defaults and controllers.

import StructuredData

extension Object {
    mutating func setDefault(_ key: String, _ value: @autoclosure () -> Value) {
        if self[key] == nil { self[key] = value() }
    }

    /// Edits the object under `key` in place; does nothing where there is none.
    mutating func edit(_ key: String, _ body: (inout Object) -> Void) {
        guard var child = self[key]?.object else { return }
        self[key] = .null
        body(&child)
        self[key] = .object(child)
    }

    /// Edits each object of the list under `key` in place.
    mutating func editItems(_ key: String, _ body: (inout Object) -> Void) {
        guard let items = self[key]?.array else { return }
        self[key] = .array(
            items.map { item in
                guard var object = item.object else { return item }
                body(&object)
                return .object(object)
            })
    }
}

extension Value {
    /// Edits this node in place where it is an object.
    mutating func editObject(_ body: (inout Object) -> Void) {
        guard var object = self.object else { return }
        self = .null
        body(&object)
        self = .object(object)
    }

    var isMissing: Bool { isNull || string == "" || array?.isEmpty == true || object?.isEmpty == true }
}
