// From the YAML of an Application to its value, strictly: what is not understood is said, never ignored.

package import StructuredData

/// All that is wrong with a file of Applications; never empty.
package struct ApplicationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the order of file, line and column.
    package var findings: [Finding]
    package init(findings: [Finding]) { self.findings = findings }
    /// One finding a line.
    package var description: String { findings.map(\.description).joined(separator: "\n") }
}

extension Application {
    /// Reads all Applications of a file; nothing else may stand in it.
    ///
    /// - Parameters:
    ///   - file: as it is shown in findings.
    ///   - defaultNamespace: for Applications that name none.
    /// - Returns: at least one Application, in the order of the file, each with another namespace and name.
    /// - Throws: ``ApplicationError`` with every finding of every document.
    package static func parse(
        _ bytes: [UInt8], file: String, defaultNamespace: String = "default"
    ) throws(ApplicationError) -> [Application] {
        let documents: [YAMLDocument]
        do throws(YAMLError) {
            documents = try YAML.read(bytes, file: file)
        } catch {
            throw ApplicationError(findings: [Finding(message: error.message, location: error.location)])
        }
        if documents.isEmpty {
            throw ApplicationError(
                findings: [Finding(message: "there is no Application in this file", location: SourceLocation(file: file))])
        }
        var applications: [(application: Application, location: SourceLocation)] = []
        var findings: [Finding] = []
        for document in documents {
            do throws(ApplicationError) {
                let application = try parse(document, defaultNamespace: defaultNamespace)
                if let twin = applications.first(where: { $0.application.reference.hasSameBytes(as: application.reference) }) {
                    findings.append(
                        Finding(
                            message: "Application \(application.reference) stands in this file twice; the other one is at \(twin.location)",
                            location: document.location))
                }
                applications.append((application, document.location))
            } catch {
                findings += error.findings
            }
        }
        if !findings.isEmpty { throw ApplicationError(findings: findings.sorted()) }
        return applications.map(\.application)
    }

    /// Reads one Application (architecture section 4). Unknown fields, wrong types, values out of range and empty texts
    /// are findings; null is absent. `status` and what the server writes into `metadata` are not looked at.
    ///
    /// - Throws: ``ApplicationError`` with every finding.
    package static func parse(_ document: YAMLDocument, defaultNamespace: String = "default") throws(ApplicationError) -> Application {
        try parse(document, defaultNamespace: defaultNamespace, allowsTypedReference: false)
    }

    /// Reads back what ``value`` wrote.
    ///
    /// - Throws: ``ApplicationError``; its places name no file.
    package init(journalled value: Value) throws(ApplicationError) {
        let document = YAMLDocument(value: value, location: SourceLocation(file: "journal"), locations: NodeLocations())
        self = try Application.parse(document, defaultNamespace: "default", allowsTypedReference: true)
    }

    private static func parse(
        _ document: YAMLDocument, defaultNamespace: String, allowsTypedReference: Bool
    ) throws(ApplicationError) -> Application {
        var reader = ApplicationReader(document: document, defaultNamespace: defaultNamespace, allowsTypedReference: allowsTypedReference)
        let application = reader.application()
        if let application, reader.findings.isEmpty { return application }
        throw ApplicationError(findings: reader.findings.sorted())
    }
}
