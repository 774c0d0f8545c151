internal import EventStore
internal import Postgres
public import SupportCases

/// How long people waited lately for the first response to such a request (WW-2).
///
/// Over the first responses that were given in the policy's last days to requests of the same cloud, type and
/// severity (assigned, else asked for), the newest thousand at most, from the start of the response clock by the wall
/// clock: the median, and the time within which nine in ten were given. Nothing is said where there were too few.
public struct WaitStatistic: Hashable, Sendable {
  /// The median, in whole seconds.
  public var medianSeconds: Int64
  /// Nine in ten were given within so many seconds.
  public var ninetiethSeconds: Int64
  /// How many first responses it rests on.
  public var responses: Int64
  /// How many days back.
  public var days: Int

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("median_seconds", .int(medianSeconds)), .init("p90_seconds", .int(ninetiethSeconds)),
      .init("responses", .int(responses)), .init("days", .int(Int64(days))), .init("rule", .string("WW-2")),
    ])
  }
}

extension CaseService {
  /// Opens a request, tells that it was received, and how long people waited lately (WW-2); in a dry run before it
  /// is sent.
  public func open(_ request: CommandRequest) async throws(ServiceError) -> CommandAnswer {
    var answer = try await submit(request)
    guard case .open(let form) = request.body, answer.opening != nil, answer.status == .open else {
      return answer
    }
    if answer.customerText == nil { answer.customerText = try await received(answer, form) }
    answer.opening?.wait = try await expectedWait(
      for: form.type, severity: answer.assigned ?? answer.requested, ledger: answer.ledger,
      at: request.occurredAt)
    return answer
  }

  /// What the sender is told: that it was received, and where an answer has a date, by when. Nothing in a dry run,
  /// and nothing to a caller nobody knows (WW-6).
  private func received(
    _ answer: CommandAnswer, _ form: OpenForm
  ) async throws(ServiceError) -> CustomerText? {
    guard let reference = answer.reference, answer.opening?.isUnverified == false else { return nil }
    let texts = CustomerTexts(ReaderLanguage(reading: form.language))
    guard let next = answer.nextDue, next.clock == .initialResponse,
      let cloud = Cloud(rawValue: answer.ledger)
    else { return texts.received(reference, due: nil) }
    let policies = try await currentPolicies()
    let zone = try policies.readerZone(
      stated: form.timeZone,
      policy: answer.events.first.flatMap { policies.policy(for: cloud, at: $0.occurredAt) },
      type: form.type, severity: answer.assigned)
    return texts.received(reference, due: zone.map { ReaderTime(texts, in: $0).moment(next.dueAt) })
  }

  /// How long people waited for the first response to such a request; nil where too few did lately.
  ///
  /// - Parameters:
  ///   - ledger: the cloud's.
  ///   - moment: up to when; nil for now.
  public func expectedWait(
    for type: RequestType, severity: Severity?, ledger name: String, at moment: Instant? = nil
  ) async throws(ServiceError) -> WaitStatistic? {
    let policies = try await currentPolicies()
    guard let cloud = Cloud(rawValue: name) else { return nil }
    return try await read { connection in
      let moment = try moment ?? Self.now(connection)
      guard let rules = policies.policy(for: cloud, at: moment)?.expectedWait,
        let ledger = try EventReader.ledgers(connection).first(where: { $0.name == name })
      else { return nil }
      let days = rules.days.value
      let rows = try connection.query(
        CaseSQL.expectedWait,
        [
          .int16(ledger.ledger.rawValue),
          .timestamp(moment.adding(seconds: -Int64(days) * 86_400).microseconds),
          .timestamp(moment.microseconds), .text(type.rawValue), .text(severity?.rawValue ?? ""),
        ])
      let count = try rows.int64(0, 0)
      guard count >= Int64(rules.least.value) else { return nil }
      return WaitStatistic(
        medianSeconds: Int64(try rows.double(0, 1).rounded()),
        ninetiethSeconds: Int64(try rows.double(0, 2).rounded()), responses: count, days: days)
    }
  }
}
