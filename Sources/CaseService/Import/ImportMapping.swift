internal import SupportCases

/// How another desk's export becomes commands: a mapping file, read.
struct ImportMapping: Sendable {
  enum Order: String, CaseIterable, Sendable {
    /// The rows of a case stand together.
    case grouped
    /// They do not; the file is held in memory.
    case any
  }

  struct Source: Sendable {
    var encoding = "utf-8"
    var dialect = CSVDialect()
    /// The names of the columns, where the file has no header.
    var columns: [String]?
    var order = Order.grouped
  }

  /// The organisation the cases belong to, made where it is missing.
  struct Organization: Sendable {
    /// Something that holds from a moment on, perhaps until another.
    struct Held: Sendable {
      var form: OrganizationForm
      var since: Instant?
      var until: Instant?
      var ending: OrganizationForm?
    }

    var name: String
    var cloud: Cloud
    var country: String
    var domain: String?
    /// When it was registered and what states no other time began; nil for the day before the first row.
    var since: Instant?
    /// Administrators, subscriptions, agreements.
    var held: [Held]
    /// The administrator requests are opened by, unless the case names another.
    var administrator: String
  }

  /// What to do with a row dated where its case cannot have it.
  enum Misdated: String, CaseIterable, Sendable {
    case setAside = "set-aside"
    /// It counts at the nearest moment it can: the opening, or the command before it.
    case nearest
  }

  /// One argument, by name.
  typealias Arguments = [String: ImportValue]

  struct Case: Sendable {
    var key: ImportTemplate
    /// The column with a row's time; nil where rows have none but the opening's.
    var at: String?
    var openedAt: String
    /// Columns the rows of a case are sorted by; empty for the file's order.
    var sort: [String]
    var beforeOpening: Misdated
    var outOfOrder: Misdated
    /// The arguments of `open`.
    var arguments: Arguments
  }

  /// A rule that makes a command of a row.
  struct Rule: Sendable {
    var name: String
    var kind: ImportCommandKind
    var when: [ImportCondition]
    /// The column with the command's time; nil for the row's.
    var at: String?
    var actor: ImportValue?
    var arguments: Arguments
  }

  /// The file's name, for refusals.
  var file: String
  var source = Source()
  var time: ImportTime
  var nulls: Set<String>
  var organization: Organization
  var actor: Actor
  var `case`: Case
  var rules: [Rule]
  var ignored: [ImportCondition]
  /// Every column the mapping names, with the place that names it.
  var columns: [(name: String, place: String)] = []

  /// Refuses a file without a column that the mapping names.
  func check(_ header: [String], of path: String) throws(ServiceError) {
    var seen: Set<String> = []
    for name in header where !seen.insert(name).inserted {
      throw .invalid(
        "\(path): the column \(name.shortened) stands twice in the header; accepted: each name once")
    }
    for (name, place) in columns where !seen.contains(name) {
      throw .invalid(
        "\(file): \(place): \(path) has no column \(name.shortened); accepted: \(header.joined(separator: ", "))"
      )
    }
  }
}

/// What a rule can make of a row.
enum ImportCommandKind: String, CaseIterable, Sendable {
  case assign, respond, attempt, note
  case requestInformation = "request-information"
  case provide, classify
  /// Becomes escalate or downgrade, whichever leads to the severity stated, or nothing.
  case severity
  case tier, resolve, reopen, close, cancel, refer

  /// The arguments that must be stated.
  var needed: [String] {
    switch self {
    case .assign: ["agent"]
    case .respond, .attempt: ["agent", "channel", "message"]
    case .note: ["agent", "message"]
    case .requestInformation, .provide: ["message"]
    case .severity: ["severity", "downgrade_reason"]
    case .tier: ["tier", "reason"]
    case .resolve: ["summary"]
    case .refer: ["to"]
    case .classify, .reopen, .close, .cancel: []
    }
  }

  /// The arguments that may be.
  var optional: [String] {
    switch self {
    case .requestInformation: ["agent", "items"]
    case .provide: ["impact_statement", "resources"]
    case .classify: ["severity", "category", "issue_type", "impact"]
    case .severity: ["impact_statement", "reason", "evidence"]
    case .reopen, .refer: ["message"]
    case .cancel: ["reason"]
    case .assign, .respond, .attempt, .note, .tier, .resolve, .close: []
    }
  }
}
