import CaseService
import EventStore
import Postgres
import SupportCases

// Random lives of cases, as commands of the service.
extension Dice {
  mutating func command(_ events: Int) -> CaseCommand {
    func text(_ field: PersonalText.Field) -> [PersonalText] {
      [PersonalText(field, "一些文字 \(field.rawValue)")]
    }
    switch number(0...19) {
    case 0...4: return .respond(kind: .seen, agent: "wang", channel: .email, texts: text(.message))
    case 5: return .respond(kind: .attempted, agent: "wang", channel: .phone, texts: text(.message))
    case 6: return .respond(kind: .internal, agent: "wang", channel: .portal, texts: text(.message))
    case 7, 8: return .requestInformation(agent: "wang", texts: text(.items))
    case 9, 10: return .provide(texts: text(pick([.message, .impactStatement, .resources])))
    case 11: return pick([.assign(agent: "wang"), .assign(agent: "li"), .unassign])
    case 12:
      return .classify(severity: pick([nil, .b, .c]), category: nil, issueType: "mail", texts: text(.impact))
    case 13, 14: return .escalate(severity: pick(Severity.self), tier: nil, texts: text(.impactStatement))
    case 15, 16:
      return .downgrade(
        severity: pick([.b, .c]), reason: pick([.impactChanged, .misclassified, .notCooperating]),
        evidence: number(1...(events + 1)), texts: text(.reason))
    case 17: return .contactDetails(method: .phone, texts: [PersonalText(.phone, "+86 10 5555 0100")])
    case 18:
      return pick([
        .resolve(texts: text(.summary)), .cancel(texts: text(.reason)), .close, .offerSurvey,
        .answerSurvey(score: 4, texts: text(.comment)), .object(texts: text(.reason)),
        .link(.incident, to: "IN-7"),
      ])
    default: return .reopen(texts: text(.reason))
    }
  }
}

extension Desk {
  /// Lives a random life from `start` on, a command every few minutes to days, and tells the case's reference.
  /// Refused commands are part of it.
  func live(_ dice: inout Dice, commands: Int = 14, from start: String) async throws -> String {
    let opened = try await open(
      form(
        dice.pick([nil, .a, .b, .c]), type: dice.pick([.technical, .technical, .billing]),
        statement: dice.maybe { _ in "停产" }),
      at: start)
    let reference = opened.reference ?? ""
    var moment = time(start)
    for _ in 0..<commands {
      moment = moment.adding(
        seconds: Int64(dice.pick([60, dice.number(60...7_200), dice.number(7_200...300_000)])))
      do {
        try await change(reference, dice.command(opened.version + 3), at: moment.rfc3339)
      } catch ServiceError.rejected(let rejection, _) where rejection.code != .unknownCase {
        continue
      }
    }
    return reference
  }

  /// Runs SQL as superuser and gives the first column as text.
  func sql(_ text: String) throws -> [String] {
    let connection = try database.connect()
    defer { connection.close() }
    let rows = try connection.query(text)
    return try (0..<rows.count).map { try rows.optionalText($0, 0) ?? "" }
  }

  func number(_ text: String) throws -> Int { Int(try sql("select (\(text))::text").first ?? "") ?? -1 }
}

/// The refusal a piece of work ends with; fails the caller's expectation if there is none.
func refusal(_ work: () async throws -> CommandAnswer) async throws -> ServiceError? {
  do {
    _ = try await work()
    return nil
  } catch let error as ServiceError {
    return error
  }
}
