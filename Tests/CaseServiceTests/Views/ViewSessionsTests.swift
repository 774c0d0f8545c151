import EventStore
import Postgres
import SupportCases
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(10))) struct ViewSessionsTests {
  @Test func `a session is lent again, and one that the server ended meanwhile is opened anew`() async throws
  {
    try await Desk.run { desk in
      let settings = Store(desk.database.settings).application
      let sessions = ViewSessions(StopSign())
      func process() async throws -> Int32 {
        try await sessions.borrow(1, as: settings) { try await $0[0].run { $0.serverProcess } }
      }
      let first = try await process()
      #expect(try await process() == first)
      // It waits for the process to be gone.
      try desk.tamper("select pg_terminate_backend(\(first), 5000)")
      #expect(try await process() != first)
      await sessions.close()
    }
  }

  @Test func `what a part of the work left open is rolled back, and a session that failed is not lent again`()
    async throws
  {
    try await Desk.run { desk in
      let settings = Store(desk.database.settings).application
      let sessions = ViewSessions(StopSign())
      let first = try await sessions.borrow(1, as: settings) { lent in
        try await lent[0].run { connection in
          try connection.execute("begin")
          return connection.serverProcess
        }
      }
      await #expect(throws: PostgresError.self) {
        try await sessions.borrow(1, as: settings) { lent in
          try await lent[0].run { connection in
            #expect(connection.serverProcess == first && !connection.inTransaction)
            try connection.execute("select 1 / 0")
          }
        }
      }
      let next = try await sessions.borrow(1, as: settings) { try await $0[0].run { $0.serverProcess } }
      #expect(next != first)
      await sessions.close()
    }
  }
}
