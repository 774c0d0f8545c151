public import SupportCases

/// One channel as it stands for who asks, in the reader's language and time (ALL-4).
public struct ContactAnswer: Sendable {
  /// The channel.
  public var channel: Channel
  /// The number or address; for the administrator's channel the administrators, where they are known.
  public var address: String?
  /// How it stands; nil for one that is always there or whose hours are not stated.
  public var opening: OpeningState?
  /// True while it is open; nil where the hours are not stated.
  public var isOpen: Bool?
  /// The zone its hours are told in; nil where it needs none.
  public var timeZone: String?
  /// The version of the calendar.
  public var calendar: String?
  /// The hours in words, in their own zone; nil where they are not stated.
  public var hours: String?
  /// The hours in words, in the asker's zone; nil where that says nothing more.
  public var hoursHere: String?
  /// The asker's zone.
  public var timeZoneHere: String
  /// Whether it is open, and until or from when, in words and in the asker's zone.
  public var state: String?
  /// What the caller pays.
  public var charges: String?
  /// What else is to be known, what to have at hand among it.
  public var notes: [String]
  /// True if the language asked for is spoken there; nil where it is not stated or none was asked for.
  public var speaks: Bool?
  /// True if its hours rest on public holidays that are not published yet (CK-13).
  public var isProvisional = false
  /// What the channel is called.
  public var title: String

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("channel", .string(channel.means.rawValue)), .init("kind", .string(channel.kind.rawValue)),
      .init("address", JSON(address)),
      .init("languages", .array(channel.languages.map { .string($0) })), .init("time_zone", JSON(timeZone)),
      .init("hours", JSON(hours)), .init("open_now", isOpen.map { .bool($0) } ?? .null),
      .init("opens_at", JSON(opening?.opensAt)), .init("closes_at", JSON(opening?.closesAt)),
      .init("rule", .string(channel.rule.rawValue)), .init("basis", .string(channel.basis.rawValue)),
      .init(
        "severities",
        channel.severities.map { .array($0.map { .string($0.rawValue) }) } ?? .null),
      .init("calendar_version", JSON(calendar)), .init("time_zone_here", .string(timeZoneHere)),
      .init("hours_here", JSON(hoursHere)), .init("state", JSON(state)), .init("charges", JSON(charges)),
      .init("language_spoken", speaks.map { .bool($0) } ?? .null),
      .init("notes", .array(notes.map { .string($0) })), .init("provisional", .bool(isProvisional)),
    ])
  }
}

/// Who asks how to get support, and how the answer is to be told.
public struct ContactReader: Sendable {
  /// The question.
  public var question: ContactQuestion
  /// The language to answer in, as stated; nil: English.
  public var language: String?
  /// The asker's time zone by name; nil: the country's default, else the calendar's own.
  public var timeZone: String?
  /// The organisation's administrators, where they are known (ALL-2).
  public var administrators: [String]

  /// Refuses what is no e-mail address of an asker.
  ///
  /// - Throws: `ServiceError.invalid`, which does not hold it: it may be personal.
  public static func check(_ email: String) throws(ServiceError) {
    try TextLimits.email(email, "asker's e-mail address (--person)")
  }

  /// A reader.
  public init(
    _ question: ContactQuestion, language: String? = nil, timeZone: String? = nil,
    administrators: [String] = []
  ) {
    self.question = question
    self.language = language
    self.timeZone = timeZone
    self.administrators = administrators
  }
}
