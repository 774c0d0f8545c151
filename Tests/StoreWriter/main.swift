import EventStore
import Glibc
import Postgres
import StoreLab

// A process of its own that writes. Arguments: a connection URI, then
//   race STREAM WRITERS    for every line N of the input each writer appends, expecting version N - 1; one line an answer
//   flood TASKS            appends three events at a time to streams of their own until it is killed; one line for
//                          each command it was told is stored
let arguments = CommandLine.arguments
guard arguments.count >= 4, let count = Int(arguments.last ?? "") else { exit(64) }
let settings = Store(ConnectionSettings(conninfo: arguments[1])).application
let ledger = LedgerID(rawValue: 1)
let keyFile = KeyFile(bytes: [UInt8](repeating: 7, count: 32))

@Sendable func tell(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(1, bytes, bytes.count)
}

/// Appends without looking at the version first: the log itself has to refuse it.
@Sendable func appendBlindly(_ stream: Int64, _ version: Int) throws -> Bool {
  let connection = try Connection.open(settings)
  let id = UUIDBytes.random()
  do {
    let transaction = try LedgerTransaction(connection, ledger: ledger, commandIDs: [id])
    _ = transaction.append(
      EventData(
        type: "noted", schemaVersion: 1, occurredAt: transaction.now, actor: "blind", commandID: id,
        policy: "",
        data: Array("{}".utf8)), stream: stream, version: version)
    try transaction.commit()
    return true
  } catch PostgresError.server(.uniqueViolation, _, "events_version_key", _) {
    return false
  }
}

@Sendable func answer(_ body: () async throws -> Bool) async -> String {
  do {
    return try await body() ? "won" : "lost"
  } catch StoreError.wrongExpectedVersion {
    return "lost"
  } catch {
    return "failed: \(error)"
  }
}

switch arguments[2] {
case "race":
  guard let stream = Int64(arguments[3]) else { exit(64) }
  let appenders = (0..<count).map { _ in
    Appender(settings, ledger: ledger) { Notebook(ledger: ledger, keys: keyFile) }
  }
  while let line = readLine(), let version = Int(line) {
    await withTaskGroup(of: Void.self) { group in
      for (number, appender) in appenders.enumerated() {
        group.addTask {
          tell(
            await answer {
              if number == 0 { return try appendBlindly(stream, version) }
              _ = try await appender.submit(Note(stream: stream, expected: version - 1))
              return true
            })
        }
      }
    }
  }
  for appender in appenders { await appender.stop() }
default:
  let appender = Appender(settings, ledger: ledger) { Notebook(ledger: ledger, keys: keyFile) }
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<count {
      group.addTask {
        while true {
          let note = Note(events: 3, name: UUIDBytes.random().description)
          do {
            _ = try await appender.submit(note)
            tell(note.id.description)
          } catch {
            tell("failed: \(error)")
            return
          }
        }
      }
    }
  }
}
