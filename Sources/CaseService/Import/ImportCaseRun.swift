internal import EventStore
internal import Postgres
internal import SupportCases

/// What all cases of an import share.
struct ImportPlan: Sendable {
  let mapping: ImportMapping
  let ids: ImportIDs
  let service: CaseService
  /// Where its commands go.
  let submit: @Sendable (CommandRequest) async throws(ServiceError) -> CommandAnswer
}

/// Brings the rows of one case in, command by command.
struct ImportCaseRun {
  private let plan: ImportPlan
  private let key: String
  private var ids: ImportIDs
  private var state: ImportCaseState?
  private var openedAt = Instant(microseconds: 0)
  private(set) var outcome = ImportOutcome()
  /// Reasons by the place of the row among the case's.
  private var reasons: [Int: [String]] = [:]
  private var yielded: Set<Int> = []

  /// Brings a case in; one that failed half way goes on where it ended when it is run again.
  ///
  /// - Throws: `ServiceError` for what is no row's fault: the database, the program.
  static func outcome(
    _ key: String, _ rows: [ImportRow], _ plan: ImportPlan
  ) async -> Result<ImportOutcome, ServiceError> {
    var run = ImportCaseRun(plan, key)
    do throws(ServiceError) {
      try await run.run(run.sorted(rows))
      return .success(run.outcome)
    } catch {
      return .failure(error)
    }
  }

  private init(_ plan: ImportPlan, _ key: String) {
    self.plan = plan
    self.key = key
    ids = plan.ids
  }

  private var mapping: ImportMapping { plan.mapping }

  private mutating func run(_ rows: [ImportRow]) async throws(ServiceError) {
    outcome.rows = rows.count
    var before: ImportRow?
    for (index, row) in rows.enumerated() {
      if mapping.ignored.contains(where: { $0.fits(row, after: before) }) { continue }
      if Task.isCancelled { outcome.isInterrupted = true }
      if outcome.isInterrupted { break }
      if state == nil, try await !open(row, index) { continue }
      try await apply(row, index, after: before)
      before = row
    }
    if state == nil, !reasons.isEmpty, !outcome.isInterrupted { setAsideRest(rows) }
    for (index, list) in reasons.sorted(by: { $0.key < $1.key }) {
      let aside = ImportReport.SetAside(
        line: rows[index].line, key: key, reason: list.joined(separator: "; "))
      outcome.setAside.append((aside, rows[index].fields, nil))
    }
    // Of a case that was stopped nobody knows yet what its other rows would have done.
    guard !outcome.isInterrupted else { return }
    outcome.ignored = rows.indices.count { reasons[$0] == nil && !yielded.contains($0) }
  }

  /// A case that could not be opened takes all its rows with it.
  private mutating func setAsideRest(_ rows: [ImportRow]) {
    for index in rows.indices where reasons[index] == nil {
      reasons[index] = ["its case was not opened"]
    }
  }

  /// Rows by the columns the mapping sorts by: numbers by value, times by moment, the rest as text; unknown first.
  private func sorted(_ rows: [ImportRow]) -> [ImportRow] {
    guard !mapping.case.sort.isEmpty else { return rows }
    let keys = rows.map { row in mapping.case.sort.map { SortKey(row, $0, mapping.time) } }
    return rows.indices.sorted { left, right in
      for (one, other) in zip(keys[left], keys[right]) where one != other { return one < other }
      return left < right
    }.map { rows[$0] }
  }

  // MARK: Opening

  /// Opens the case by a row; false if that row cannot, or a rule refuses it.
  private mutating func open(_ row: ImportRow, _ index: Int) async throws(ServiceError) -> Bool {
    let form: OpenForm
    do {
      openedAt = try time(mapping.case.openedAt, row)
      form = try mapping.form(row, key: key)
    } catch {
      reasons[index, default: []].append(error.reason)
      return false
    }
    let answer: CommandAnswer
    do {
      answer = try await opened(form, row, index)
    } catch {
      guard let reason = Self.reason(error) else { throw error }
      reasons[index, default: []].append("open: \(reason)")
      return false
    }
    count(answer, index)
    outcome.isOpened = true
    outcome.isNew = !answer.isRepeated
    let policy = plan.service.policies.policy(for: mapping.organization.cloud, at: openedAt)
    state = ImportCaseState(
      answer, wanted: form.severity, at: openedAt, assignsSeverity: policy?.assignsSeverity ?? false)
    return true
  }

  /// What opening the case is answered, now or the first time.
  private mutating func opened(
    _ form: OpenForm, _ row: ImportRow, _ index: Int
  ) async throws(ServiceError) -> CommandAnswer {
    do throws(ServiceError) {
      return try await opened(form)
    } catch .store(.commandReused) {
      // A later row of the case states what holds later.
      if isOpening(row) { reasons[index, default: []].append("open: \(Self.otherwise())") }
      var request = opening(form)
      request.takesFirstAnswer = true
      return try await plan.submit(request)
    }
  }

  /// Where its name is taken, it may be by itself: it came in when ids were made otherwise.
  private mutating func opened(_ form: OpenForm) async throws(ServiceError) -> CommandAnswer {
    do throws(ServiceError) {
      return try await plan.submit(opening(form))
    } catch .invalid(let reason) {
      ids = ids.former
      do throws(ServiceError) {
        return try await plan.submit(opening(form))
      } catch .invalid {
        ids = plan.ids
        throw .invalid(reason)
      }
    }
  }

  private func opening(_ form: OpenForm) -> CommandRequest {
    CommandRequest(
      .open(form), actor: mapping.actor, commandID: ids.step("open", of: key), occurredAt: openedAt,
      correlation: ids.correlation)
  }

  /// Whether a row tells how the case was opened, and not what became of it later.
  private func isOpening(_ row: ImportRow) -> Bool {
    guard let column = mapping.case.at, let moment = try? time(column, row) else { return true }
    return moment <= openedAt
  }

  /// Why a row is set aside whose command is in already, with other words.
  private static func otherwise(_ agent: String? = nil) -> String {
    "the file said something else when it was imported before"
      + (agent.map { ", the agent \($0.shortened)" } ?? "") + "; what was imported then stays"
  }

  /// The agent that an event names; nil if it is the one of the command, or neither has one.
  private func otherAgent(
    _ answer: CommandAnswer, _ command: CaseCommand, _ state: ImportCaseState
  ) async throws(ServiceError) -> String? {
    guard let stated = command.agent else { return nil }
    let versions = Set(answer.events.map(\.version))
    let named = try await plan.service.history(.reference(state.reference))
      .filter { versions.contains($0.version) }.compactMap { $0.data["agent"]?.text }
    return named.first { $0 != stated }
  }

  // MARK: Rules

  /// Gives the commands of a row in the order of their times, those of one moment in the mapping's order.
  private mutating func apply(_ row: ImportRow, _ index: Int, after before: ImportRow?)
    async throws(ServiceError)
  {
    for (rule, moment) in due(row, index, after: before) {
      if Task.isCancelled {
        outcome.isInterrupted = true
        return
      }
      guard let state, rule.when.allSatisfy({ $0.fits(state.standing) }) else { continue }
      do {
        guard let (command, evidence) = try rule.command(row, state) else { continue }
        try check(command, state)
        let at = try allowed(moment)
        try await give(command, evidence, rule, row, index, at: at)
      } catch let problem as RowProblem {
        reasons[index, default: []].append("\(rule.name): \(problem.reason)")
      } catch {
        throw ServiceError(error)
      }
    }
  }

  /// The rules whose columns fit, with their times.
  private mutating func due(
    _ row: ImportRow, _ index: Int, after before: ImportRow?
  ) -> [(rule: ImportMapping.Rule, at: Instant)] {
    var due: [(rule: ImportMapping.Rule, at: Instant)] = []
    for rule in mapping.rules where rule.when.allSatisfy({ $0.fits(row, after: before) }) {
      do {
        // A column of its own that is empty says that it has not happened.
        if let column = rule.at, row[column] == nil { continue }
        due.append((rule, try time(rule.at ?? mapping.case.at ?? mapping.case.openedAt, row)))
      } catch {
        let reason = error.reason
        if reasons[index]?.contains(reason) != true { reasons[index, default: []].append(reason) }
      }
    }
    return due.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  private func time(_ column: String, _ row: ImportRow) throws(RowProblem) -> Instant {
    guard let text = row[column] else { throw RowProblem("\(column) is empty; it is the time") }
    return try mapping.time.instant(text, column: column)
  }

  /// The moment a command can have, by the mapping's rules for rows that are misdated.
  private func allowed(_ moment: Instant) throws(RowProblem) -> Instant {
    let last = state?.lastAt ?? openedAt
    if moment >= last { return moment }
    if moment < openedAt {
      guard mapping.case.beforeOpening == .nearest else {
        throw RowProblem("\(moment.rfc3339) is before the case was opened at \(openedAt.rfc3339)")
      }
      return last
    }
    guard mapping.case.outOfOrder == .nearest else {
      throw RowProblem("\(moment.rfc3339) is before the command before it at \(last.rfc3339)")
    }
    return last
  }

  /// Refuses by the state the case was in then, which is the same in every run.
  private func check(_ command: CaseCommand, _ state: ImportCaseState) throws(RowProblem) {
    guard !command.acceptedStatuses.contains(state.standing.status) else { return }
    let accepted = command.acceptedStatuses.map(\.rawValue).joined(separator: " or ")
    throw RowProblem(
      "\(command.name) needs a case that is \(accepted); it was \(state.standing.status.rawValue) then")
  }

  private mutating func give(
    _ command: CaseCommand, _ evidence: String?, _ rule: ImportMapping.Rule, _ row: ImportRow, _ index: Int,
    at moment: Instant
  ) async throws {
    guard var state else { return }
    let step = state.step(command.name, at: moment)
    let request = CommandRequest(
      .change(.reference(state.reference), command, evidence: evidence), actor: try actor(rule, row),
      commandID: ids.step(step, of: key), occurredAt: moment, expectedVersion: state.version,
      correlation: ids.correlation)
    defer { self.state = state }
    do {
      let answer = try await submit(request, state)
      state.accept(command, answer, at: moment)
      count(answer, index)
    } catch let problem as RowProblem {
      state.refuse(command)
      throw problem
    } catch ServiceError.store(.commandReused) {
      var first = request
      first.takesFirstAnswer = true
      let answer = try await plan.submit(first)
      state.accept(first: answer, insteadOf: command, at: moment)
      count(answer, index)
      throw RowProblem(Self.otherwise(try await otherAgent(answer, command, state)))
    } catch let error as ServiceError {
      guard let reason = Self.reason(error) else { throw error }
      state.refuse(command)
      throw RowProblem(reason)
    }
  }

  private func actor(_ rule: ImportMapping.Rule, _ row: ImportRow) throws(RowProblem) -> Actor {
    guard let text = try rule.actor?.needed(row) else { return mapping.actor }
    guard let actor = Actor(text) else {
      throw RowProblem("actor is \(text.shortened); accepted: ROLE:NAME, as in agent:Li")
    }
    return actor
  }

  /// Submits at the version the case had after the command before. Where it has moved on, the command is given all
  /// the same. If later steps of this import are in, it is decided first on the case as it was: one that was
  /// refused then is refused again, and one that was mended since is entered late (CK-14).
  private func submit(
    _ request: CommandRequest, _ state: ImportCaseState
  ) async throws -> CommandAnswer {
    do throws(ServiceError) {
      return try await plan.submit(request)
    } catch {
      guard case .store(.wrongExpectedVersion) = error else { throw error }
      let later = try await plan.service.history(.reference(state.reference)).contains { entry in
        entry.version > state.version && UUIDBytes(entry.commandID).map { ids.isStep($0, of: key) } ?? false
      }
      var request = request
      request.expectedVersion = nil
      if later {
        var then = request
        (then.isDryRun, then.decidedAtVersion) = (true, state.version)
        _ = try await plan.submit(then)
      }
      return try await plan.submit(request)
    }
  }

  private mutating func count(_ answer: CommandAnswer, _ index: Int) {
    yielded.insert(index)
    outcome.count(answer)
  }

  /// Why a row is set aside; nil for what is no row's fault.
  private static func reason(_ error: ServiceError) -> String? {
    switch error {
    case .rejected(let rejection, _):
      let rules =
        rejection.rules.isEmpty ? "" : " (\(rejection.rules.map(\.rawValue).joined(separator: ", ")))"
      return rejection.message + rules
    case .invalid(let reason), .notFound(let reason): return reason
    case .store(.commandReused): return otherwise()
    case .codec, .policy, .store, .clock, .fault, .delivery: return nil
    }
  }
}

extension CaseCommand {
  /// The agent it names.
  fileprivate var agent: String? {
    switch self {
    case .assign(let agent), .respond(_, let agent, _, _): agent
    case .requestInformation(let agent, _): agent
    case .open, .classify, .provide, .escalate, .downgrade, .resolve, .reopen, .close, .cancel, .refer,
      .handOver, .contactDetails, .unassign, .accept, .decline, .object, .offerSurvey, .answerSurvey, .link,
      .issueCallerCode, .confirmCaller, .noteIncidentResolved:
      nil
    }
  }
}

/// What a column is sorted by.
private enum SortKey: Comparable {
  case unknown
  case number(Double)
  case time(Instant)
  case text(String)

  init(_ row: ImportRow, _ column: String, _ time: ImportTime) {
    guard let text = row[column] else {
      self = .unknown
      return
    }
    if let number = Double(text) {
      self = .number(number)
    } else if let instant = try? time.instant(text, column: column) {
      self = .time(instant)
    } else {
      self = .text(text)
    }
  }
}
