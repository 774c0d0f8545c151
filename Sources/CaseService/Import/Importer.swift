internal import EventStore
internal import SupportCases

/// One run of an import: a look through the file, the organisation, then the cases.
struct Importer {
  private let options: ImportOptions
  private let mapping: ImportMapping
  private let service: CaseService
  private let submit: @Sendable (CommandRequest) async throws(ServiceError) -> CommandAnswer
  private let file: ImportFile
  private let progress: (@Sendable (Progress) -> Void)?
  private var report: ImportReport
  private var rejected: RejectedFile
  private var total: Int64 = 0

  init(
    _ mapping: ImportMapping, _ options: ImportOptions, service: CaseService,
    submit: @escaping @Sendable (CommandRequest) async throws(ServiceError) -> CommandAnswer,
    progress: (@Sendable (Progress) -> Void)?
  ) throws(ServiceError) {
    self.options = options
    self.progress = progress
    file = try ImportFile(options.file)
    self.mapping = mapping
    self.service = service
    self.submit = submit
    let organization = mapping.organization
    report = ImportReport(
      file: options.file, mapping: options.mapping, organization: organization.name,
      ledger: organization.cloud.rawValue)
    report.isDryRun = options.isDryRun
    rejected = RejectedFile(
      options.rejectedFile ?? "\(options.file).rejected.csv", besides: file, header: [], as: mapping.source)
  }

  private func plan() throws(ServiceError) -> ImportPlan {
    let organization = mapping.organization
    do {
      let ids = ImportIDs(
        ledger: organization.cloud.rawValue, organization: organization.name, keys: try service.keys.file())
      return ImportPlan(mapping: mapping, ids: ids, service: service, submit: submit)
    } catch {
      throw ServiceError(error)
    }
  }

  mutating func run() async throws(ServiceError) -> ImportReport {
    let first = try look()
    let plan = try plan()
    if let first, !Task.isCancelled {
      _ = try await service.currentPolicies()
      var organization = OrganizationSetup(plan, firstRow: first)
      try await organization.run()
      report.add(organization.outcome)
    }
    try await bringIn(plan)
    if report.isInterrupted {
      rejected.discard()
    } else if !options.isDryRun {
      report.rejectedFile = try rejected.finish()
    }
    return report
  }

  /// Reads the file once before anything is appended: the header, the number of rows, the earliest time. A file that
  /// is still being written, or is not the mapping's, is refused here.
  private mutating func look() throws(ServiceError) -> Instant? {
    var rows = try ImportRows(file, mapping)
    rejected = RejectedFile(
      rejected.path, besides: file, header: rows.columns.names, as: mapping.source)
    var earliest: Instant?
    while let record = try rows.next() {
      total += 1
      if total % 4096 == 0, Task.isCancelled { break }
      guard record.problem == nil else { continue }
      let row = ImportRow(line: record.line, fields: record.fields, columns: rows.columns)
      guard let text = row[mapping.case.openedAt],
        let moment = try? mapping.time.instant(text, column: mapping.case.openedAt)
      else { continue }
      earliest = min(earliest ?? moment, moment)
    }
    // Before anything is appended: what cannot be brought in must have a place to go.
    if !options.isDryRun { try rejected.open() }
    return earliest
  }

  // MARK: Cases

  /// Brings the cases in, many side by side; what became of them is reported in the order of the file.
  private mutating func bringIn(_ plan: ImportPlan) async throws(ServiceError) {
    var units = ImportUnits(try ImportRows(file, mapping), mapping, size: file.size)
    var order = OrderedOutcomes()
    let inFlight = max(1, options.casesInFlight)
    let failure = await withTaskGroup(
      of: Ended.self, returning: ServiceError?.self
    ) { group in
      var running = 0
      var number = 0
      var failure: ServiceError?
      do throws(ServiceError) {
        while !Task.isCancelled, let unit = try units.next() {
          switch unit {
          case .setAside(let outcome): try take(order.add(number, outcome))
          case .rows(let key, let rows):
            if running == inFlight, let ended = await group.next() {
              running -= 1
              try take(order.add(ended.number, try ended.result.get()))
            }
            running += 1
            group.addTask { [number] in
              Ended(number: number, result: await ImportCaseRun.outcome(key, rows, plan))
            }
          }
          number += 1
        }
        if Task.isCancelled { report.isInterrupted = true }
      } catch {
        failure = error
        group.cancelAll()
      }
      while let ended = await group.next() {
        do throws(ServiceError) {
          try take(order.add(ended.number, try ended.result.get()))
        } catch {
          failure = failure ?? error
          group.cancelAll()
        }
      }
      return failure
    }
    if let failure {
      rejected.discard()
      throw failure
    }
  }

  private mutating func take(_ outcomes: [ImportOutcome]) throws(ServiceError) {
    for outcome in outcomes {
      report.add(outcome)
      if outcome.isInterrupted { report.isInterrupted = true }
      for (row, fields, text) in outcome.setAside where !options.isDryRun {
        try rejected.add(fields, line: row.line, reason: row.reason, text: text)
      }
    }
    guard !outcomes.isEmpty else { return }
    progress?(
      Progress(phase: "importing \(options.file)", done: Int64(report.rows), total: total, unit: "rows"))
  }
}

/// A case that has ended: its place in the file and what became of it.
private struct Ended: Sendable {
  var number: Int
  var result: Result<ImportOutcome, ServiceError>
}

/// Outcomes come as cases end, and are told in the order in which the cases began.
private struct OrderedOutcomes {
  private var early: [Int: ImportOutcome] = [:]
  private var next = 0

  /// Those that can be told now.
  mutating func add(_ number: Int, _ outcome: ImportOutcome) -> [ImportOutcome] {
    early[number] = outcome
    var ready: [ImportOutcome] = []
    while let outcome = early.removeValue(forKey: next) {
      ready.append(outcome)
      next += 1
    }
    return ready
  }
}
