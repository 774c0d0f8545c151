internal import Postgres

/// The statements of this room, from `Schema/queries/cases`.
enum CaseSQL {
  static let now = statement("now")
  static let listCases = statement("list_cases")
  static let queueCases = statement("queue_cases")
  static let countCases = statement("count_cases")
  static let openingSeals = statement("opening_seals")

  static func statement(_ name: String) -> Statement {
    Statement("cases_" + name, text(name))
  }

  /// The text of a statement. A missing one is a fault of the build, found by every test.
  static func text(_ name: String) -> String {
    let path = "queries/cases/\(name).sql"
    guard let file = SchemaFiles.all.first(where: { $0.path.description == path }) else {
      preconditionFailure("Schema/\(path) was not embedded")
    }
    return file.text.description
  }
}
