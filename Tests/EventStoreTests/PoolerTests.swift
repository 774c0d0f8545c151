import EventStore
import Postgres
import StoreLab
import TestCluster
import Testing

@Suite(
  .enabled(if: Pooler.isInstalled), .database(template: migratedTemplate), .timeLimit(.minutes(5)))
struct `Through a pooler that ignores the options of the start-up` {
  @Test func `that keeps sessions the role and the appender's settings hold`() async throws {
    let lab = try Lab()
    let pooler = try Pooler("session", before: lab.database.settings)
    defer { pooler.stop() }
    let store = Store(pooler.settings)
    let appender = Appender(store.application, ledger: Lab.ledger) {
      Notebook(ledger: Lab.ledger, keys: Lab.keyFile)
    }
    #expect(try await appender.submit(Note()).position == 1)
    let found = try await appender.withConnection { connection in
      let rows = try connection.query(
        "select current_user::text, current_setting('plan_cache_mode'), current_setting('enable_seqscan')")
      return [try rows.text(0, 0), try rows.text(0, 1), try rows.text(0, 2)]
    }
    #expect(found == ["dossier_app", "force_generic_plan", "off"])
    await appender.stop()
  }

  @Test(arguments: ["transaction", "statement"]) func `that changes them it is refused`(mode: String)
    async throws
  {
    let lab = try Lab()
    let pooler = try Pooler(mode, before: lab.database.settings)
    defer { pooler.stop() }
    let appender = Appender(Store(pooler.settings).application, ledger: Lab.ledger) {
      Notebook(ledger: Lab.ledger, keys: Lab.keyFile)
    }
    await #expect(throws: StoreError.database(.pooler(.changesSessions))) {
      try await appender.submit(Note())
    }
    await appender.stop()
    #expect(throws: PostgresError.pooler(.changesSessions)) { try Store(pooler.settings).migrate() }
    #expect(try lab.number("select count(*) from dossier.events") == 0)
    // Nothing is left in a session that somebody else gets.
    let next = try Connection.open(pooler.settings)
    #expect(try next.query("select current_user::text").text(0, 0) == "postgres")
  }
}
