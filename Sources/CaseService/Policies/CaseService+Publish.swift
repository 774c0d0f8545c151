internal import EventStore
internal import Postgres
public import SupportCases

/// What came of a publication.
public struct PublishReport: Sendable {
  /// The answer to the command.
  public var answer: CommandAnswer
  /// The version, as in `21vianet/3`.
  public var policy: String
  /// From when it holds.
  public var validFrom: Instant
  /// True if it judges open cases too.
  public var appliesToExisting: Bool
  /// The calendars that came with it, or were made from known ones for new public holidays.
  public var calendars: [String]
  /// What its publisher should look at.
  public var warnings: [String] = []
  /// How many open cases it took over now; in a dry run, how many it would.
  public var cases: Int
  /// How many of them had a due date that changed, or a clock that began or ended.
  public var changed: Int

  /// The documented shape: that of every write, and what is said of the publication.
  public var json: JSON {
    guard case .object(let members) = answer.json else { return answer.json }
    return .object(
      members + [
        .init("policy", .string(policy)), .init("valid_from", JSON(validFrom)),
        .init("apply", .string(appliesToExisting ? "existing" : "new")),
        .init("calendars", .array(calendars.map { .string($0) })),
        .init(
          "warnings", .array(warnings.map { .string($0) })),
        .init(
          "recomputed", .object([.init("cases", .int(Int64(cases))), .init("changed", .int(Int64(changed)))])),
      ])
  }
}

extension CaseService {
  /// The policies as they are known now: the shipped ones and those in the log (CK-12).
  public func currentPolicies() async throws(ServiceError) -> PolicyLibrary {
    let known = policies
    let library = try await read { connection in
      var library = known
      for ledger in try EventReader.ledgers(connection) {
        guard let cloud = Cloud(rawValue: ledger.name) else { continue }
        let count = library.publications.count { $0.policy.cloud == cloud }
        let events = try EventReader.stream(
          PolicyStream.number, ledger: ledger.ledger, from: count + 1, connection)
        for event in events {
          library = try library.adding(try PolicyEventCodec.decode(event), cloud: cloud)
        }
      }
      return library
    }
    keep(library)
    return library
  }

  /// Publishes a version of a policy and, where its publisher wants that, lets it take over the cases that are
  /// open: one event for each, and none twice. Stopped halfway, the same command goes on where it stopped.
  ///
  /// - Parameters:
  ///   - progress: told how many cases are done.
  public func publish(
    _ form: PublishForm, _ request: CommandRequest, progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ServiceError) -> PublishReport {
    let before = try await currentPolicies()
    var answer: CommandAnswer
    do throws(ServiceError) {
      answer = try await submit(request)
    } catch {
      // Given again under another id: what is left of it is finished.
      guard case .rejected(let rejection, _) = error, rejection.code == .alreadyPublished,
        let first = try await unfinished(form)
      else { throw error }
      answer = first
    }
    let library = try await currentPolicies()
    if answer.isDryRun { return try await foresee(form, answer, library) }
    guard let name = answer.events.first?.id, let publication = library.publication(of: name) else {
      throw .fault("the published version is not in the log")
    }
    var report = PublishReport(
      answer: answer, policy: name, validFrom: publication.validFrom,
      appliesToExisting: publication.appliesToExisting, calendars: publication.calendars.map(\.name),
      warnings: library.published.first { $0.policy.name == name }?.warnings(after: before) ?? [],
      cases: 0, changed: 0)
    guard publication.appliesToExisting else { return report }
    (report.cases, report.changed) = try await recompute(form.cloud, library, request, progress)
    return report
  }

  private func foresee(
    _ form: PublishForm, _ answer: CommandAnswer, _ library: PolicyLibrary
  ) async throws(ServiceError) -> PublishReport {
    let prepared: PublishedPolicy
    do {
      prepared = try library.preparing(form, now: Instant(microseconds: .max), lastStream: .max)
    } catch {
      throw ServiceError(error)
    }
    let count = form.appliesToExisting ? try await waiting(form.cloud, prepared.publication, library) : 0
    return PublishReport(
      answer: answer, policy: prepared.policy.name, validFrom: prepared.publication.validFrom,
      appliesToExisting: form.appliesToExisting, calendars: prepared.publication.calendars.map(\.name),
      warnings: prepared.warnings(after: library), cases: count, changed: 0)
  }

  /// The answer to a publication of just this that has not reached every case yet; nil if there is none.
  private func unfinished(_ form: PublishForm) async throws(ServiceError) -> CommandAnswer? {
    let library = try await currentPolicies()
    guard
      let (policy, publication) = library.publications.last(where: {
        $0.policy.cloud == form.cloud && $0.publication.policy.text == form.policy.text
      }), publication.appliesToExisting, form.appliesToExisting,
      form.calendars.allSatisfy({ file in publication.calendars.contains { $0.text == file.text } }),
      try await waiting(form.cloud, publication, library) > 0
    else { return nil }
    let ledger = try await ledger(of: form.cloud)
    return try await read { connection in
      let count = library.publications.count { $0.policy.cloud == form.cloud }
      let events = try EventReader.stream(
        PolicyStream.number, ledger: ledger.ledger, limit: count, connection)
      guard let event = events.first(where: { $0.position == publication.position }) else { return nil }
      return CommandAnswer(
        version: event.version, ledger: ledger.name, position: event.position, isRepeated: true,
        events: [
          .init(
            id: policy.name, type: event.event.type, version: event.version, position: event.position,
            occurredAt: Instant(microseconds: event.event.occurredAt),
            recordedAt: Instant(microseconds: event.recordedAt))
        ], reasons: [])
    }
  }

  /// The versions that a version takes cases over from.
  private static func older(than publication: Publication, _ cloud: Cloud, _ library: PolicyLibrary)
    -> [String]
  {
    library.versions(of: cloud).filter { $0.version < publication.version }.map(\.name)
  }

  private func waiting(
    _ cloud: Cloud, _ publication: Publication, _ library: PolicyLibrary
  ) async throws(ServiceError) -> Int {
    let ledger = try await ledger(of: cloud)
    let names = Self.older(than: publication, cloud, library)
    return try await read { connection in
      let rows = try connection.query(
        CaseSQL.countCasesToRecompute,
        [.int16(ledger.ledger.rawValue), .textArray(names), .int64(publication.lastStream)])
      return Int(try rows.int64(0, 0))
    }
  }

  private func ledger(of cloud: Cloud) async throws(ServiceError) -> LedgerHead {
    do {
      guard let found = try await ledger(where: { $0.name == cloud.rawValue }) else {
        throw StoreError.unknownLedger(cloud.rawValue)
      }
      return found
    } catch {
      throw ServiceError(error)
    }
  }

  /// Lets the newest version published for existing cases take over every open case that it has not yet.
  private func recompute(
    _ cloud: Cloud, _ library: PolicyLibrary, _ request: CommandRequest,
    _ progress: (@Sendable (Progress) -> Void)?
  ) async throws(ServiceError) -> (cases: Int, changed: Int) {
    guard
      let publication = library.publications.last(where: {
        $0.policy.cloud == cloud && $0.publication.appliesToExisting
      })?.publication
    else { return (0, 0) }
    let ledger = try await ledger(of: cloud)
    let names = Self.older(than: publication, cloud, library)
    let total = try await waiting(cloud, publication, library)
    var (cases, changed, after) = (0, 0, Int64(0))
    var failure: ServiceError?
    while true {
      if Task.isCancelled { throw ServiceError(CancellationError()) }
      let last = after
      let batch = try await read { connection in
        let rows = try connection.query(
          CaseSQL.casesToRecompute,
          [
            .int16(ledger.ledger.rawValue), .textArray(names), .int64(publication.lastStream), .int64(last),
            .int64(256),
          ])
        return try (0..<rows.count).map { (try rows.int64($0, 0), try rows.text($0, 1)) }
      }
      guard let newest = batch.last?.0 else {
        // One case that cannot be judged keeps no other from it; given again, only such are left.
        if let failure { throw failure }
        return (cases, changed)
      }
      for outcome in try await adopt(batch.map(\.1), request) {
        switch outcome {
        case .success(let changesClocks?):
          (cases, changed) = (cases + 1, changed + (changesClocks ? 1 : 0))
        // A command can have been first; then nothing was left to do.
        case .success(nil): continue
        case .failure(let error): failure = failure ?? error
        }
      }
      after = newest
      progress?(
        Progress(phase: "recomputing \(ledger.name)", done: Int64(cases), total: Int64(total), unit: "cases"))
    }
  }

  /// Gives a group of cases to the newest version; for each whether a clock changed, nil where nothing was left.
  private func adopt(
    _ references: [String], _ request: CommandRequest
  ) async throws(ServiceError) -> [Result<Bool?, ServiceError>] {
    let requests = references.map {
      CommandRequest(.adopt($0), actor: request.actor, correlation: request.commandID)
    }
    return try await submitTogether(requests).map { outcome in
      outcome.map { answer in
        let isRecomputed = answer.events.contains { $0.type == CaseEventType.dueDatesRecomputed.rawValue }
        return isRecomputed ? answer.changesClocks : nil
      }
    }
  }
}
