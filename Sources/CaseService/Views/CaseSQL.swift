internal import Postgres

/// The statements of the views, from `Schema/queries/cases`.
enum CaseSQL {
  static func statement(_ name: String) -> Statement {
    Statement("cases_" + name, text("queries/cases/\(name).sql"))
  }

  /// The text of a file of `Schema/`. A missing one is a fault of the build, found by every test.
  static func text(_ path: String) -> String {
    guard let file = SchemaFiles.all.first(where: { $0.path.description == path }) else {
      preconditionFailure("Schema/\(path) was not embedded")
    }
    return file.text.description
  }
}
