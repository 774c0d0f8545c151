/// A way to get support: where, for whom, when, in which languages (ALL-4).
public struct Channel: Hashable, Sendable {
  /// By which means.
  public enum Means: String, CaseIterable, Sendable {
    /// In the portal or on a page.
    case online
    /// By telephone.
    case phone
    /// With other people's help.
    case community
  }

  /// What is found there.
  public enum Kind: String, CaseIterable, Sendable {
    /// Assisted support: a request to the operator.
    case request
    /// The community's forums.
    case community
    /// Help that one finds oneself.
    case selfService = "self-service"
    /// The organisation's own administrator (ALL-2).
    case administrator
    /// The general support page (WW-8).
    case supportPage = "support-page"
    /// Where to look for a number that is not known here (WW-3).
    case directory
  }

  /// Who it is for.
  public enum Audience: String, CaseIterable, Sendable {
    /// Administrators of subscribing organisations (ALL-2).
    case administrators
    /// Those who are none (WW-8, DE-5).
    case others
    /// Everyone (ALL-5).
    case everyone
  }

  /// When it answers.
  public enum Hours: Hashable, Sendable {
    /// At any time.
    case always
    /// The sources do not say.
    case unstated
    /// On a calendar, in the calendar's zone.
    case calendar(String)
    /// On a calendar's hours told in the contact's own zone (WW-4).
    case local(String)
    /// On a calendar's hours told in the organisation's own zone, by its country (CN-7, SRC-7).
    case ofOrganization(String)
  }

  /// By which means.
  public var means: Means
  /// What is found there.
  public var kind: Kind
  /// Who it is for.
  public var audience: Audience
  /// The types of request it takes.
  public var types: Set<RequestType>
  /// The severities it is for; nil: any.
  public var severities: [Severity]?
  /// The countries it is for, ISO 3166-1 alpha-3; nil: all but `exceptCountries`.
  public var countries: Set<String>?
  /// The countries it is not for.
  public var exceptCountries: Set<String>
  /// The number or address; nil where there is none to name.
  public var address: String?
  /// The languages spoken, by tag; empty: not stated.
  public var languages: [String]
  /// When it answers.
  public var hours: Hours
  /// What the caller pays, as a key of the texts.
  public var charges: String?
  /// What else is said of it, as keys of the texts.
  public var says: [String]
  /// From when it is there; nil: always.
  public var validFrom: Instant?
  /// From when it is no longer there; nil: for ever.
  public var validUntil: Instant?
  /// The rule that states it.
  public var rule: Rule
  /// Whether the sources or the operator set it.
  public var basis: Basis

  /// A channel, all values given.
  public init(
    means: Means, kind: Kind, audience: Audience, types: Set<RequestType>, severities: [Severity]?,
    countries: Set<String>?, exceptCountries: Set<String>, address: String?, languages: [String],
    hours: Hours,
    charges: String?, says: [String], validFrom: Instant?, validUntil: Instant?, rule: Rule, basis: Basis
  ) {
    self.means = means
    self.kind = kind
    self.audience = audience
    self.types = types
    self.severities = severities
    self.countries = countries
    self.exceptCountries = exceptCountries
    self.address = address
    self.languages = languages
    self.hours = hours
    self.charges = charges
    self.says = says
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.rule = rule
    self.basis = basis
  }

  /// True if it is there for somebody of a country who asks something at a moment.
  public func serves(_ question: ContactQuestion) -> Bool {
    guard types.contains(question.type), validFrom ?? question.at <= question.at,
      validUntil.map({ question.at < $0 }) ?? true
    else { return false }
    guard countries?.contains(question.country) ?? !exceptCountries.contains(question.country) else {
      return false
    }
    switch audience {
    case .everyone: return true
    case .administrators: return question.isAdministrator
    case .others: return !question.isAdministrator
    }
  }
}

/// How do I get support? (ALL-4)
public struct ContactQuestion: Hashable, Sendable {
  /// The country or region, ISO 3166-1 alpha-3.
  public var country: String
  /// What is asked for.
  public var type: RequestType
  /// When.
  public var at: Instant
  /// False for somebody who is no administrator (ALL-2).
  public var isAdministrator: Bool

  /// A question.
  public init(country: String, type: RequestType, at: Instant, isAdministrator: Bool) {
    self.country = country
    self.type = type
    self.at = at
    self.isAdministrator = isAdministrator
  }
}

/// A calendar as it stands at a moment: open or not, and what comes next (ALL-4).
public struct OpeningState: Hashable, Sendable {
  /// True while it is open.
  public var isOpen: Bool
  /// When it opens next; nil where it never closes or never opens again.
  public var opensAt: Instant?
  /// When it closes next; nil where it never closes.
  public var closesAt: Instant?

  /// How a calendar stands at a moment.
  public init(of calendar: PreparedCalendar, at moment: Instant) {
    isOpen = calendar.isOpen(at: moment)
    opensAt = calendar.nextOpening(after: moment)
    closesAt = calendar.nextClosing(after: moment)
  }
}

extension PreparedCalendar {
  /// The same hours told in another zone, prepared for the years about a moment (WW-4, CN-7).
  public func told(in zone: ZoneData, about moment: Instant) -> PreparedCalendar {
    guard zone.name != calendar.zone.name else { return self }
    let year = zone.date(at: moment).year
    return PreparedCalendar(calendar.told(in: zone), from: year - 1, through: year + 2)
  }

  /// The windows of the usual week that begins on a moment's date, as another zone's clocks show them. A window that
  /// reaches into the next day there closes at a second above 24:00.
  public func week(from moment: Instant, asSeenIn zone: ZoneData) -> [Weekday: [DayWindow]] {
    var week: [Weekday: [DayWindow]] = [:]
    let first = calendar.zone.date(at: moment)
    for offset in 0..<7 {
      let date = first.adding(days: offset)
      for window in calendar.weekly[date.weekday] ?? [] {
        let opens = zone.local(at: calendar.zone.instant(of: date, second: window.opens))
        let closes = zone.local(at: calendar.zone.instant(of: date, second: window.closes))
        let days = closes.date.daysSinceEpoch - opens.date.daysSinceEpoch
        week[opens.date.weekday, default: []].append(
          DayWindow(opens: opens.second, closes: closes.second + days * 86_400))
      }
    }
    return week.mapValues { $0.sorted { $0.opens < $1.opens } }
  }
}
