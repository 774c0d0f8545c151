internal import EventStore
internal import Postgres

/// Statements on the tables of the views. COPY and changes of tables take no parameters, so names of
/// views and whole numbers are put into their text; nothing else ever is.
enum ViewSQL {
  static let lock = CaseSQL.statement("views_lock")
  static let lockHead = CaseSQL.statement("views_lock_head")
  static let hold = CaseSQL.statement("views_hold")
  static let empty = CaseSQL.statement("views_empty")
  static let snapshot = CaseSQL.statement("views_snapshot")
  static let extent = CaseSQL.statement("views_extent")
  static let strays = CaseSQL.statement("views_strays")
  static let indexes = CaseSQL.statement("views_indexes")
  static let grants = CaseSQL.statement("views_grants")
  static let renames = CaseSQL.statement("views_renames")
  static let new = CaseSQL.statement("views_new")
  static let builds = CaseSQL.statement("views_builds")
  static let storeBuild = CaseSQL.statement("views_store_build")

  /// A statement about one view of one ledger.
  static func text(_ name: String, _ view: ViewName, ledger: Int16) -> String {
    fill(CaseSQL.text(name), [("view", view.rawValue), ("ledger", "\(ledger)"), ("columns", view.columns)])
  }

  /// Asks whether a view's new table has rows.
  static func hasRows(_ view: ViewName, _ ledger: Int16) -> Statement {
    Statement("", text("views_have_rows", view, ledger: ledger))
  }

  /// The COPY of the events of some streams.
  static func events(_ streams: StreamSet, ledger: Int16, position: Int64) -> String {
    fill(
      CaseSQL.text("views_events_of_\(streams.kind)"),
      [("ledger", "\(ledger)"), ("position", "\(position)")]
        + streams.values)
  }

  /// The COPY of the stored rows of some streams.
  static func rows(_ view: ViewName, _ streams: StreamSet, ledger: Int16) -> String {
    fill(text("views_rows_of_\(streams.kind)", view, ledger: ledger), streams.values)
  }

  /// Removes the rows of some cases from a view's new table.
  static func delete(_ view: ViewName, _ streams: StreamSet, ledger: Int16) -> String {
    fill(text("views_delete_rows", view, ledger: ledger), streams.values)
  }

  /// The COPY into a view's new table.
  static func copyIn(_ view: ViewName, ledger: Int16) -> String {
    "copy dossier.\(view.partition(ledger))_new (\(view.columns)) from stdin (format binary)"
  }

  private static func fill(_ text: String, _ values: [(name: String, value: String)]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = rest[rest.index(after: open)..<close]
      result += rest[..<open]
      result += values.first { $0.name == name }?.value ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

extension ViewName {
  /// The partition of a ledger. Its columns may have an order of their own.
  func partition(_ ledger: Int16) -> String { "\(rawValue)_\(ledger)" }

  /// The names of the columns in the order in which rows are written and read.
  var columns: String {
    switch self {
    case .caseView: CaseViewRow.columns.joined(separator: ", ")
    case .slaClock: SLAClockRow.columns.joined(separator: ", ")
    case .responsibilityAssignment: DutyRow.columns.joined(separator: ", ")
    }
  }
}

/// Streams of a ledger, ascending: a range or a list.
enum StreamSet: Sendable {
  case range(Range<Int64>)
  case list([Int64])

  var count: Int {
    switch self {
    case .range(let range): range.count
    case .list(let list): list.count
    }
  }

  /// The stream at a place.
  subscript(index: Int) -> Int64 {
    switch self {
    case .range(let range): range.lowerBound + Int64(index)
    case .list(let list): list[index]
    }
  }

  /// The place of a stream; nil if it is none of these.
  func index(of stream: Int64) -> Int? {
    switch self {
    case .range(let range): return range.contains(stream) ? Int(stream - range.lowerBound) : nil
    case .list(let list):
      var (low, high) = (0, list.count)
      while low < high {
        let middle = (low + high) / 2
        if list[middle] < stream { low = middle + 1 } else { high = middle }
      }
      return low < list.count && list[low] == stream ? low : nil
    }
  }

  fileprivate var kind: String {
    switch self {
    case .range: "range"
    case .list: "streams"
    }
  }

  fileprivate var values: [(name: String, value: String)] {
    switch self {
    case .range(let range): [("first", "\(range.lowerBound)"), ("end", "\(range.upperBound)")]
    case .list(let list): [("streams", "{" + list.map(String.init).joined(separator: ",") + "}")]
    }
  }
}
