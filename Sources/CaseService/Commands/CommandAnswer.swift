public import EventStore
public import SupportCases

/// What a command did: the shape every write answers with.
public struct CommandAnswer: Hashable, Sendable {
  /// One event that was appended.
  public struct Event: Hashable, Sendable {
    /// Its id: the reference and the version, as in `CN-1002@3`; nil in a dry run of `open`.
    public var id: String?
    /// What happened.
    public var type: String
    /// Its version in the stream.
    public var version: Int
    /// Its position in the ledger; nil in a dry run.
    public var position: Int64?
    /// When it happened.
    public var occurredAt: Instant
    /// When it was recorded; nil in a dry run.
    public var recordedAt: Instant?
  }

  /// What is due next.
  public struct NextDue: Hashable, Sendable {
    /// Which clock.
    public var clock: ClockName
    /// When.
    public var dueAt: Instant
  }

  /// The case's reference; nil for a write to an organisation.
  public var reference: String?
  /// The organisation's name, for a write to one.
  public var organization: String?
  /// The incident's reference, for a write to one.
  public var incident: String?
  /// The stream's version after it.
  public var version: Int
  /// The ledger's name.
  public var ledger: String
  /// The position of the last event appended; nil if none was.
  public var position: Int64?
  /// True if this is the first answer, given again.
  public var isRepeated = false
  /// True if nothing was written.
  public var isDryRun = false
  /// What was appended, or would be.
  public var events: [Event]
  /// The severity asked for.
  public var requested: Severity?
  /// The severity assigned.
  public var assigned: Severity?
  /// Every reason for a cap.
  public var reasons: [CapReason]
  /// What is due next.
  public var nextDue: NextDue?
  /// Where the case stands; nil for an organisation.
  public var status: CaseStatus?
  /// What the person is told who opened a request; nil for any other command.
  public var opening: Opening?
  /// Why the command did not do what was wanted, though it was accepted and recorded; nil if it did.
  public var failure: FailedOutcome?
  /// The incident the command links the case to, where it is over (WW-1); nil for any other.
  public var endedIncident: EndedIncident?
  /// True if a clock moved, began or ended with it; known only where the command was just carried out.
  var changesClocks = false
  /// What the customer is told of it, in the request's language, where there is something to tell (CN-4, CN-32).
  public var customerText: CustomerText?
  /// What a command about an organisation did to the time during which something holds; nil for any other.
  public var held: SpellChange?
  /// How far the clocks were apart, where that is too far to believe the one that moments are taken from. It is told
  /// with every answer anew, and not stored.
  public var clocks: ClockSkew?
  /// What to look at again, though it was taken. It is told with every answer anew, and not stored.
  public var warnings: [String] = []
}

extension CommandAnswer {
  /// The documented shape.
  public var json: JSON {
    var all = members
    if let incident { all.append(.init("incident", .string(incident))) }
    all += opening?.members ?? []
    all += failure?.members ?? []
    all += endedIncident?.members ?? []
    if let held { all.append(.init("held", held.json)) }
    if let clocks { all.append(.init("clock_warning", clocks.json)) }
    if !warnings.isEmpty { all.append(.init("warnings", .array(warnings.map { .string($0) }))) }
    return .object(all)
  }

  private var members: [JSON.Member] {
    [
      .init("case", JSON(reference)), .init("organization", JSON(organization)),
      .init("version", .int(Int64(version))), .init("ledger", .string(ledger)),
      .init("position", position.map { .int($0) } ?? .null), .init("repeated", .bool(isRepeated)),
      .init("dry_run", .bool(isDryRun)), .init("state", JSON(status?.rawValue)),
      .init("events", .array(events.map(\.json))),
      .init(
        "severity", reference == nil && status == nil ? .null : severityJSON(requested, assigned, reasons)),
      .init("next_due", nextDue.map(\.json) ?? .null),
      .init("customer_text", customerText?.json ?? .null),
    ]
  }

  /// Reads back what `json` wrote, as it was stored with the command.
  init(stored bytes: [UInt8]) throws(CodecError) {
    let json = try JSON(parsing: bytes)
    let severity = json["severity"]
    self.init(
      reference: json["case"]?.text, organization: json["organization"]?.text,
      version: Int(json["version"]?.integer ?? 0), ledger: json["ledger"]?.text ?? "",
      position: json["position"]?.integer, isRepeated: true,
      events: (json["events"]?.items ?? []).map(Event.init),
      requested: severity?["requested"]?.text.flatMap(Severity.init(rawValue:)),
      assigned: severity?["assigned"]?.text.flatMap(Severity.init(rawValue:)),
      reasons: (severity?["reasons"]?.items ?? []).compactMap(CapReason.init),
      nextDue: json["next_due"].flatMap(NextDue.init),
      status: json["state"]?.text.flatMap(CaseStatus.init(rawValue:)),
      customerText: CustomerText(json["customer_text"]))
    incident = json["incident"]?.text
    opening = Opening(json)
    failure = FailedOutcome(json)
    endedIncident = EndedIncident(json)
    held = json["held"].flatMap(SpellChange.init)
  }
}

extension CommandAnswer.Event {
  var json: JSON {
    .object([
      .init("id", JSON(id)), .init("type", .string(type)), .init("version", .int(Int64(version))),
      .init("position", position.map { .int($0) } ?? .null), .init("occurred_at", JSON(occurredAt)),
      .init("recorded_at", JSON(recordedAt)),
    ])
  }

  init(_ json: JSON) {
    self.init(
      id: json["id"]?.text, type: json["type"]?.text ?? "", version: Int(json["version"]?.integer ?? 0),
      position: json["position"]?.integer,
      occurredAt: json["occurred_at"]?.instant ?? Instant(microseconds: 0),
      recordedAt: json["recorded_at"]?.instant)
  }
}

extension CommandAnswer.NextDue {
  var json: JSON {
    .object([
      .init("clock", .string(clock.rawValue)), .init("holder", .string(clock.holder.rawValue)),
      .init("due_at", JSON(dueAt)),
    ])
  }

  init?(_ json: JSON) {
    guard let clock = json["clock"]?.text.flatMap(ClockName.init(rawValue:)),
      let due = json["due_at"]?.instant
    else { return nil }
    self.init(clock: clock, dueAt: due)
  }
}

extension SpellChange {
  var json: JSON {
    .object([
      .init("effect", .string(effect.rawValue)), .init("from", JSON(from)), .init("until", JSON(until)),
      .init("before", JSON(before)),
    ])
  }

  init?(_ json: JSON) {
    guard let effect = json["effect"]?.text.flatMap(Effect.init(rawValue:)), let from = json["from"]?.instant
    else { return nil }
    self.init(effect: effect, from: from, until: json["until"]?.instant, before: json["before"]?.instant)
  }
}

extension CapReason {
  init?(_ json: JSON) {
    guard let code = json["code"]?.text.flatMap(Code.init(rawValue:)),
      let cap = json["cap"]?.text.flatMap(Severity.init(rawValue:)),
      let rule = json["rules"]?.items.first?.text
    else { return nil }
    self.init(code: code, cap: cap, rule: Rule(rawValue: rule))
  }
}

/// Requested, assigned and the reasons for the difference, as every shape shows them.
func severityJSON(_ requested: Severity?, _ assigned: Severity?, _ reasons: [CapReason]) -> JSON {
  .object([
    .init("requested", JSON(requested?.rawValue)), .init("assigned", JSON(assigned?.rawValue)),
    .init(
      "reasons",
      .array(
        reasons.map { reason in
          .object([
            .init("code", .string(reason.code.rawValue)), .init("cap", .string(reason.cap.rawValue)),
            .init("rules", .array([.string(reason.rule.rawValue)])),
          ])
        })),
  ])
}

extension JSON {
  /// An instant in RFC 3339, or null.
  public init(_ instant: Instant?) {
    self = instant.map { .string($0.rfc3339) } ?? .null
  }

  /// The instant a string states; nil for anything else.
  var instant: Instant? { text.flatMap { Instant(rfc3339: $0) } }
}
