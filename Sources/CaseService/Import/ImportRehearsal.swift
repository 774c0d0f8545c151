internal import EventStore
internal import Postgres
internal import SupportCases

/// Decides the commands of an import one after the other as they would be decided in earnest, each on what the ones
/// before it would have done, and rolls every transaction back.
///
/// What others write meanwhile is seen as it is in earnest. Nothing that is decided here outlives it.
final class ImportRehearsal: Sendable {
  private let pool: ConnectionPool
  private let desk: Desk

  /// A rehearsal in one ledger, on a connection of its own.
  init(_ service: CaseService, in ledger: LedgerHead) {
    pool = ConnectionPool(service.store.application, size: 1) { try Store.admit($0) }
    let (keys, policies) = (service.keys, service.policies)
    desk = Desk(ledger) {
      CaseProcessor(ledger: ledger, keys: try keys.file(), rules: RulebookCache(policies))
    }
  }

  /// As `CaseService.submit`, without a trace.
  func submit(_ request: CommandRequest) async throws(ServiceError) -> CommandAnswer {
    let request = try request.checked()
    do {
      return try await pool.withConnection { [desk] in try desk.decide(request, $0) }
    } catch {
      throw ServiceError(error)
    }
  }

  /// Disconnects.
  func stop() async { await pool.shutdown() }

  /// What the one thread of the pool works with, and nobody else.
  private final class Desk: @unchecked Sendable {
    private let ledger: LedgerHead
    private let make: @Sendable () throws -> CaseProcessor
    private var processor: CaseProcessor?

    init(_ ledger: LedgerHead, _ make: @escaping @Sendable () throws -> CaseProcessor) {
      self.ledger = ledger
      self.make = make
    }

    func decide(_ request: CommandRequest, _ connection: Connection) throws -> CommandAnswer {
      let processor = try processor ?? begun()
      let transaction = try LedgerTransaction(
        connection, ledger: ledger.ledger, commandIDs: [request.commandID])
      defer { connection.rollback() }
      guard let result = try processor.process([request], in: transaction).first else {
        throw ServiceError.fault("a rehearsed command was not answered")
      }
      return try result.get()
    }

    private func begun() throws -> CaseProcessor {
      let made = try make()
      made.rehearse()
      processor = made
      return made
    }
  }
}
