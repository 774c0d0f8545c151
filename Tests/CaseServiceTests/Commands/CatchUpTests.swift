import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

/// What a process keeps in memory while others write.
@Suite(.timeLimit(.minutes(10))) struct CatchUpTests {
  @Test func `a catch-up that failed is not believed`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      let reference = try #require(try await desk.open().reference)
      let stream = Int64(
        try desk.number("select stream from dossier.case_view where reference = '\(reference)'"))
      let cache = StateCache(ledger: LedgerID(rawValue: 2))
      /// Begins on a connection of its own, does something, and gives the head back.
      func look<R>(_ body: (LedgerTransaction) throws -> R) throws -> R {
        let connection = try Connection.open(Store(desk.database.settings).application)
        defer { connection.close() }
        return try body(
          try LedgerTransaction(connection, ledger: LedgerID(rawValue: 2), commandIDs: []))
      }
      func version(_ transaction: LedgerTransaction) throws -> Int {
        try cache.caseState(stream, transaction.connection).view.version
      }
      let first = try look { transaction in
        try cache.catchUp(transaction)
        return try version(transaction)
      }
      // Another process writes to the case, and this one's next look fails on the way.
      _ = try await desk.respond(reference)
      try look { transaction in
        let admin = try desk.database.connect()
        _ = try admin.query(
          "select pg_terminate_backend($1, 10000)", [.int32(transaction.connection.serverProcess)])
        #expect(throws: (any Error).self) { try cache.catchUp(transaction) }
      }
      let second = try look { transaction in
        try cache.catchUp(transaction)
        return try version(transaction)
      }
      #expect((first, second) == (1, 2))
    }
  }

  @Test func `nothing is decided on what was posted where the log does not end as it would`() async throws {
    try await Desk.run { desk in
      try await desk.contoso()
      _ = try await desk.open()
      let cache = StateCache(ledger: LedgerID(rawValue: 2))
      let connection = try Connection.open(Store(desk.database.settings).application)
      defer { connection.close() }
      let transaction = try LedgerTransaction(connection, ledger: LedgerID(rawValue: 2), commandIDs: [])
      try cache.catchUp(transaction)
      cache.posted(to: Cursor(transaction.head + 3, HashChain.origin))
      #expect(throws: PostgresError.self) { try cache.catchUp(transaction) }
      // Once it is forgotten the log counts again.
      cache.forget()
      try cache.catchUp(transaction)
      cache.posted(to: transaction.start)
      cache.committed()
      try cache.catchUp(transaction)
    }
  }

  @Test func `a row that is lost is stored again by the next command that changes it`() async throws {
    try await Desk.worked { desk in
      let open = try desk.texts("select reference from dossier.case_view where status = 'open'")
      #expect(!open.isEmpty)
      try desk.tamper("delete from dossier.case_view where status = 'open'")
      let later = Desk(service: try Desk.desk(desk.database), database: desk.database)
      for reference in open { _ = try await later.respond(reference) }
      await later.service.stop()
      try await consistent(desk)
    }
  }
}
