public import SupportCases

/// What to import, and how.
public struct ImportOptions: Sendable {
  /// The file.
  public var file: String
  /// The mapping: a path, or the name of a shipped one.
  public var mapping: String
  /// The organisation's name, instead of the mapping's.
  public var organization: String?
  /// Its cloud, instead of the mapping's.
  public var cloud: Cloud?
  /// Who imports, instead of the mapping's actor.
  public var actor: Actor?
  /// Where rows set aside are written. Defaults to the file's path with `.rejected.csv` after it.
  public var rejectedFile: String?
  /// True to decide all of it and write nothing, no file either. Defaults to false.
  public var isDryRun = false
  /// How many cases are brought in side by side. Defaults to 256.
  public var casesInFlight: Int

  /// An import of a file by a mapping.
  public init(
    file: String, mapping: String, organization: String? = nil, cloud: Cloud? = nil, actor: Actor? = nil,
    rejectedFile: String? = nil, casesInFlight: Int = 256
  ) {
    self.file = file
    self.mapping = mapping
    self.organization = organization
    self.cloud = cloud
    self.actor = actor
    self.rejectedFile = rejectedFile
    self.casesInFlight = casesInFlight
  }
}

extension CaseService {
  /// Brings a file of another desk in, with its original times, through the same rules as typed commands.
  ///
  /// Running it again appends nothing: every step has an id that is the same in every run. One that was stopped, by
  /// cancelling its task or by a crash, goes on that way too. Rows that cannot be used are set aside; cases of
  /// different keys are brought in side by side, the commands of one in order.
  ///
  /// - Throws: `ServiceError.notFound` for a missing file or mapping, `ServiceError.invalid` for a mapping or file that
  ///   cannot be used at all, and what the database reports.
  public func importCSV(
    _ options: ImportOptions, progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> ImportReport {
    var mapping = try Self.mapping(named: options.mapping)
    if let name = options.organization { mapping.organization.name = name }
    if let cloud = options.cloud { mapping.organization.cloud = cloud }
    if let actor = options.actor { mapping.actor = actor }
    guard options.isDryRun else {
      var importer = try Importer(mapping, options, service: self, submit: submit, progress: progress)
      return try await importer.run()
    }
    return try await rehearse(mapping, options, progress)
  }

  /// Reports what an import would do.
  private func rehearse(
    _ mapping: ImportMapping, _ options: ImportOptions, _ progress: (@Sendable (Progress) -> Void)?
  ) async throws(ServiceError) -> ImportReport {
    let cloud = mapping.organization.cloud.rawValue
    guard let ledger = try await ledgers().first(where: { $0.name == cloud }) else {
      throw .store(.unknownLedger(cloud))
    }
    _ = try await currentPolicies()
    let rehearsal = ImportRehearsal(self, in: ledger)
    do throws(ServiceError) {
      var importer = try Importer(
        mapping, options, service: self, submit: rehearsal.submit, progress: progress)
      let report = try await importer.run()
      await rehearsal.stop()
      return report
    } catch {
      await rehearsal.stop()
      throw error
    }
  }

  /// The names of the mappings shipped with the program.
  public static var shippedMappings: [String] {
    SchemaFiles.all.map { $0.path.description }.filter { $0.hasPrefix("mappings/") && $0.hasSuffix(".yaml") }
      .map { String($0.dropFirst("mappings/".count).dropLast(".yaml".count)) }.sorted()
  }

  /// A mapping by its path, or by the name of a shipped one.
  static func mapping(named name: String) throws(ServiceError) -> ImportMapping {
    if let shipped = SchemaFiles.all.first(where: { $0.path.description == "mappings/\(name).yaml" }) {
      return try MappingReader.mapping(file: "\(name).yaml", text: shipped.text.description)
    }
    let text: String
    do {
      text = try ImportFile.text(name)
    } catch .notFound {
      throw .notFound(
        "there is no mapping \(name.shown); accepted: the path of a mapping, or \(shippedMappings.joined(separator: ", "))"
      )
    }
    return try MappingReader.mapping(file: name, text: text)
  }
}
