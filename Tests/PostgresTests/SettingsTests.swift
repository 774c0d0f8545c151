import TestCluster
import Testing

@testable import Postgres

@Suite struct `Connection settings` {
  @Test func `are read from a string and from a URI`() {
    let uri = ConnectionSettings(conninfo: "postgresql://ann:secret@db.example:5433/cases?application_name=x")
    #expect(uri.database == "cases")
    #expect(uri.databaseName == "cases")
    #expect(uri.user == "ann")
    #expect(uri.applicationName == "x")
    #expect(uri.safeDescription == "host=db.example port=5433 dbname=cases user=ann")
    #expect(!uri.uri.contains("secret"))
    let words = ConnectionSettings(conninfo: "host=a,b port=1,2 dbname='two words' password=secret")
    #expect(words.host == "a,b")
    #expect(words.database == "two words")
    #expect(!"\(words.safeDescription)".contains("secret"))
    #expect(ConnectionSettings(conninfo: words.uri).database == "two words")
  }

  @Test(arguments: [
    "host=x secret", "postgresql://u:secret@[bad/x", "password=secret nonsense=1", "a\0secret",
  ])
  func `that cannot be read are refused without repeating them`(_ conninfo: String) {
    let error = #expect(throws: PostgresError.self) {
      try Connection.open(ConnectionSettings(conninfo: conninfo))
    }
    guard case .cannotConnect(let reason, nil) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(!reason.contains("secret"))
    #expect(!reason.isEmpty)
  }

  @Test func `bring time-outs with them, unless others are given`() async throws {
    var settings = try await TestCluster.settings()
    let connection = try Connection.open(settings)
    #expect(connection.option("connect_timeout") == "10")
    #expect(connection.option("keepalives_idle") == "10")
    #expect(connection.option("keepalives_interval") == "5")
    #expect(connection.option("keepalives_count") == "3")
    #expect(connection.option("tcp_user_timeout") == "30000")
    #expect(connection.option("client_encoding") == "UTF8")
    #expect(try connection.query("SHOW application_name").text(0, 0) == "dossier")
    var given = ConnectionSettings(conninfo: "connect_timeout=3 application_name=mine")
    (given.host, given.port, given.user, given.database) = (
      settings.host, settings.port, settings.user, "postgres"
    )
    #expect(try Connection.open(given).option("connect_timeout") == "3")
    settings.options = "-c work_mem=1234kB"
    #expect(try Connection.open(settings).query("SHOW work_mem").text(0, 0) == "1234kB")
  }

  @Test func `may name several hosts, of which the first is dead`() async throws {
    var settings = try await TestCluster.settings()
    let live = try #require(settings.host)
    settings.host = "/nonexistent,\(live)"
    settings.port = "5432,5432"
    let connection = try Connection.open(settings)
    #expect(try connection.query("SELECT 1").count == 1)
    #expect(connection.option("host") == "/nonexistent,\(live)")
  }

  @Test func `that lead nowhere say so with the server's code`() async throws {
    var settings = try await TestCluster.settings()
    settings.password = "hunter2"
    settings.database = "hunter2 is no database"
    let missing = #expect(throws: PostgresError.self) { try Connection.open(settings) }
    #expect(missing?.state == .invalidCatalogName)
    #expect(missing?.description.contains("does not exist") == true)
    #expect(missing?.description.contains("hunter2") == false)
    #expect(missing?.isConnectionFailure == true)
    settings.database = "postgres"
    settings.user = "nobody_of_that_name"
    #expect(
      #expect(throws: PostgresError.self) { try Connection.open(settings) }?.state == .invalidAuthorization)
    settings.host = "/nonexistent"
    let dead = #expect(throws: PostgresError.self) { try Connection.open(settings) }
    #expect(dead?.state == nil)
    #expect(dead?.description.contains("\n") == false)
  }
}
