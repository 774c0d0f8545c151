public import Testing

/// Gives a test a database of its own in `TestDatabase.current`.
public struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
  let template: (@Sendable () async throws -> String)?

  /// For a suite: every test in it gets its own.
  public var isRecursive: Bool { true }

  /// Makes the database, runs the test, drops the database.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await TestCluster.withDatabase(template: try await template?()) { database in
      try await TestDatabase.$current.withValue(database) { try await function() }
    }
  }
}

extension Trait where Self == DatabaseTrait {
  /// A new, empty database.
  public static var database: Self { DatabaseTrait(template: nil) }

  /// A copy of the template whose name `template` returns, after it has made it where necessary.
  public static func database(template: @escaping @Sendable () async throws -> String) -> Self {
    DatabaseTrait(template: template)
  }
}

extension TestDatabase {
  /// The database of the running test; the test fails if it has no `.database` trait.
  public static func required() throws -> TestDatabase { try #require(current) }
}
