/// What happened to a service (WW-1). Names are permanent. It is told to everybody, so it holds nobody's data.
public enum IncidentEvent: Hashable, Sendable {
  /// It began.
  case opened(reference: String, cloud: Cloud, service: String, title: String, description: String?)
  /// Something more is known of it.
  case updated(title: String?, text: String?)
  /// The service works again.
  case resolved(text: String?)
}

/// What can be asked of an incident.
public enum IncidentCommand: Hashable, Sendable {
  /// Tell that it began.
  case open(reference: String, cloud: Cloud, service: String, title: String, description: String?)
  /// Tell more of it.
  case update(title: String?, text: String?)
  /// Tell that the service works again.
  case resolve(text: String?)
}

/// An incident as its history tells.
public struct Incident: Hashable, Sendable {
  /// Something that was told of it.
  public struct Update: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// What.
    public var text: String
  }

  /// Its reference.
  public private(set) var reference = ""
  /// The cloud it is in.
  public private(set) var cloud = Cloud.worldwide
  /// The service concerned.
  public private(set) var service = ""
  /// What it is, in a line.
  public private(set) var title = ""
  /// What it is.
  public private(set) var description: String?
  /// When it began.
  public private(set) var startedAt = Instant(microseconds: 0)
  /// What was told since, oldest first.
  public private(set) var updates: [Update] = []
  /// When the service worked again; nil while it does not.
  public private(set) var resolvedAt: Instant?
  /// The version of its newest event; 0 before the first.
  public private(set) var version = 0

  /// An incident before its first event.
  public init() {}

  /// True once it was told of.
  public var exists: Bool { version > 0 }

  /// True if it lasted at that moment.
  public func isActive(at moment: Instant) -> Bool {
    startedAt <= moment && (resolvedAt.map { moment < $0 } ?? true)
  }

  /// True if it is about that service, written with capitals, spaces or hyphens or without.
  public func concerns(service name: String) -> Bool {
    SelfHelp.normal(service) == SelfHelp.normal(name)
  }

  /// Folds one event in.
  public mutating func evolve(_ event: IncidentEvent, at moment: Instant) {
    version += 1
    switch event {
    case .opened(let reference, let cloud, let service, let title, let description):
      self.reference = reference
      self.cloud = cloud
      self.service = service
      self.title = title
      self.description = description
      startedAt = moment
    case .updated(let title, let text):
      if let title { self.title = title }
      if let text { tell(text, moment) }
    case .resolved(let text):
      if let text { tell(text, moment) }
      resolvedAt = moment
    }
  }

  private mutating func tell(_ text: String, _ moment: Instant) {
    let place = updates.firstIndex { $0.at > moment } ?? updates.endIndex
    updates.insert(Update(at: moment, text: text), at: place)
  }
}

/// Decisions about an incident's history.
public enum IncidentDecider {
  /// The events a command yields; none if it already is as asked.
  ///
  /// - Throws: `Rejection` when a rule refuses.
  public static func decide(
    _ command: IncidentCommand, _ incident: Incident, at moment: Instant, now: Instant
  ) throws(Rejection) -> [IncidentEvent] {
    guard moment <= now else {
      throw Rejection(
        .timeNotAllowed, "\(moment.rfc3339) is in the future; give a time up to \(now.rfc3339)",
        rules: ["CK-14"])
    }
    if case .open(let reference, let cloud, let service, let title, let description) = command {
      guard !service.isBlank, !title.isBlank else {
        throw Rejection(.invalidInput, "an incident needs a service and a title that are not blank")
      }
      return [
        .opened(
          reference: reference, cloud: cloud, service: service, title: title, description: description)
      ]
    }
    guard incident.exists else { throw Rejection(.unknownIncident, "no such incident", rules: ["WW-1"]) }
    guard moment >= incident.startedAt else {
      throw Rejection(
        .timeNotAllowed,
        "\(moment.rfc3339) is before \(incident.reference) began at \(incident.startedAt.rfc3339)",
        rules: ["CK-14"])
    }
    switch command {
    case .open: return []
    case .update(let title, let text):
      guard [title, text].contains(where: { $0.map { !$0.isBlank } ?? false }) else {
        throw Rejection(.invalidInput, "incident update needs --message or --title that is not blank")
      }
      if let resolvedAt = incident.resolvedAt, moment >= resolvedAt {
        throw Rejection(
          .incidentResolved,
          "\(incident.reference) was over at \(resolvedAt.rfc3339); open a new incident", rules: ["WW-1"])
      }
      return [.updated(title: title, text: text)]
    case .resolve(let text):
      return incident.resolvedAt == nil ? [.resolved(text: text)] : []
    }
  }
}
