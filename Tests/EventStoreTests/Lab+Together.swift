import Postgres
import StoreLab

@testable import EventStore

extension Lab {
  /// Submits all of them while the head is held, so that they wait together; the first makes a group of its own.
  func together(
    _ notes: [Note], _ appender: Appender<Notebook>, name: String = "appender"
  ) async throws -> [Result<Noted, any Error>] {
    let holder = try application()
    let held = try LedgerTransaction(holder, ledger: Lab.ledger, commandIDs: [])
    defer { holder.close() }
    let first = Task { try await appender.submit(Note()) }
    _ = try await waitingSession(name, try superuser())
    return try await withThrowingTaskGroup(of: (Int, Result<Noted, any Error>).self) { group in
      for (number, note) in notes.enumerated() {
        group.addTask {
          do { return (number, .success(try await appender.submit(note))) } catch {
            return (number, .failure(error))
          }
        }
        // One after the other into the queue, so that their order is known.
        try await until { appender.waitingRequests == number + 1 }
      }
      try held.commit()
      _ = try await first.value
      var results: [(Int, Result<Noted, any Error>)] = []
      for try await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
