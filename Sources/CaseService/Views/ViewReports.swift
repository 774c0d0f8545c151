public import SupportCases

/// Where a view of a ledger stands.
public struct ViewStatus: Sendable, Hashable {
  /// The view.
  public var view: ViewName
  /// The ledger's name.
  public var ledger: String
  /// The position up to which events are in it. Views are written with the events, so it is the head.
  public var position: Int64
  /// The position of the ledger's newest event.
  public var head: Int64
  /// The digest of its rows, in hexadecimal.
  public var digest: String
  /// How many rows it has.
  public var rows: Int64
  /// When it was last made anew; nil if it never was.
  public var rebuiltAt: Instant?

  /// The documented shape.
  public var json: JSON {
    .object([
      .init("view", .string(view.rawValue)), .init("ledger", .string(ledger)),
      .init("position", .int(position)), .init("head", .int(head)), .init("digest", .string(digest)),
      .init("rows", .int(rows)), .init("rebuilt_at", JSON(rebuiltAt)),
    ])
  }
}

/// What folding the log again made of a view of a ledger, beside what is stored.
public struct ViewCheck: Sendable, Hashable {
  /// The view.
  public var view: ViewName
  /// The ledger's name.
  public var ledger: String
  /// The position both digests are of.
  public var position: Int64
  /// How many rows folding gave.
  public var rows: Int64
  /// The digest of the rows that folding gave, in hexadecimal.
  public var digest: String
  /// The digest of the rows that are stored, in hexadecimal.
  public var storedDigest: String
  /// The references of the cases whose rows differ.
  public var differences: [String]

  /// The documented shape.
  public var json: JSON { .object(members) }

  var members: [JSON.Member] {
    [
      .init("view", .string(view.rawValue)), .init("ledger", .string(ledger)),
      .init("position", .int(position)), .init("rows", .int(rows)), .init("digest", .string(digest)),
      .init("stored_digest", .string(storedDigest)),
      .init("differences", .array(differences.map { .string($0) })),
    ]
  }
}

/// How the stored rows of a view compare with the log.
public typealias VerifyReport = ViewCheck

/// What a rebuild of a view of a ledger did.
public struct RebuildReport: Sendable, Hashable {
  /// The rows made, and how those stored before compare with them.
  public var check: ViewCheck
  /// The position up to which the new rows go.
  public var position: Int64
  /// True if the new rows took the place of the old ones. They don't where rows of this version of the fold
  /// differ.
  public var isSwapped: Bool
  /// True if the rows stored before were made by another version of the fold.
  public var isNewFold: Bool
  /// True if a rebuild before was killed before its end, and this one has begun again from the first event.
  public var isBegunAgain = false

  /// The references of the cases whose rows differ from those stored before.
  public var differences: [String] { check.differences }

  /// The documented shape.
  public var json: JSON {
    .object(
      check.members.filter { $0.name != "position" } + [
        .init("position", .int(position)), .init("swapped", .bool(isSwapped)),
        .init("new_fold", .bool(isNewFold)), .init("begun_again", .bool(isBegunAgain)),
      ])
  }
}
