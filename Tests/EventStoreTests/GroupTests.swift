import Postgres
import StoreLab
import TestCluster
import Testing

@testable import EventStore

@Suite(.database(template: migratedTemplate), .timeLimit(.minutes(20))) struct `A group of requests` {
  let lab: Lab

  init() throws {
    lab = try Lab()
  }

  @Test func `is one transaction, and each caller gets its own answer`() async throws {
    let appender = lab.appender()
    let notes = (0..<100).map { Note(text: "note \($0)") }
    let results = try await lab.together(notes, appender)
    await appender.stop()
    let transactions = try lab.number("select count(distinct xmin::text) from dossier.events")
    #expect(try lab.verify() == 101)
    #expect((2...10).contains(transactions), "\(transactions) transactions")
    let connection = try lab.application()
    for (note, result) in zip(notes, results) {
      let event = try #require(
        try EventReader.stream(result.get().stream, ledger: Lab.ledger, connection).first)
      #expect(event.event.commandID == note.id)
      #expect(event.event.data == note.data)
    }
  }

  @Test func `is no larger than allowed`() async throws {
    let sizes = Box<[Int]>([])
    var hooks = NotebookHooks()
    hooks.begun = { notes, _ in sizes.change { $0.append(notes.count) } }
    let appender = lab.appender(largestGroup: 7, hooks: hooks)
    _ = try await lab.together((0..<40).map { _ in Note() }, appender)
    await appender.stop()
    #expect(sizes.value.max() == 7)
    #expect(sizes.value.reduce(0, +) == 41)
  }

  @Test func `loses nothing by a request that is refused`() async throws {
    let appender = lab.appender()
    let notes = (0..<20).map { $0 == 11 ? Note(expected: 5) : Note() }
    let results = try await lab.together(notes, appender)
    await appender.stop()
    for (number, result) in results.enumerated() {
      if number == 11 {
        #expect(throws: StoreError.wrongExpectedVersion(expected: 5, actual: 0)) { try result.get() }
      } else {
        #expect(throws: Never.self) { try result.get() }
      }
    }
    #expect(try lab.verify() == 20)
  }

  @Test func `loses nothing by requests that the database refuses`() async throws {
    let appender = lab.appender()
    _ = try await appender.submit(Note(name: "taken"))
    let notes = (0..<30).map { Note(name: [3, 17, 18].contains($0) ? "taken" : "name \($0)") }
    let results = try await lab.together(notes, appender)
    await appender.stop()
    for (number, result) in results.enumerated() {
      guard [3, 17, 18].contains(number) else {
        #expect(throws: Never.self) { try result.get() }
        continue
      }
      guard case .failure(StoreError.database(.server(.uniqueViolation, _, "stream_names_pkey", _))) = result
      else {
        Issue.record("\(result)")
        continue
      }
    }
    #expect(try lab.verify() == 29)
    #expect(try lab.number("select count(*) from dossier.commands") == 29)
  }

  @Test func `keeps the order of requests within a stream`() async throws {
    let appender = lab.appender(largestGroup: 16)
    let stream = try await appender.submit(Note()).stream
    let results = try await lab.together((0..<60).map { Note(stream: stream, text: "\($0)") }, appender)
    await appender.stop()
    #expect(try results.map { try $0.get().version } == Array(2...61))
    let events = try EventReader.stream(stream, ledger: Lab.ledger, from: 2, lab.application())
    #expect(
      events.map { String(decoding: $0.event.data, as: UTF8.self) } == (0..<60).map { "{\"text\":\"\($0)\"}" }
    )
  }

  @Test func `gives a repeated command its first answer, and refuses its id to another`() async throws {
    let appender = lab.appender()
    let note = Note(text: "once")
    let first = try await appender.submit(note)
    let again = try await appender.submit(note)
    #expect(again.isRepeat)
    #expect((again.stream, again.version, again.position) == (first.stream, first.version, first.position))
    await #expect(throws: StoreError.commandReused(note.id)) {
      try await appender.submit(Note(id: note.id, text: "other"))
    }
    // Also both in one group, and in another process's words: an appender that never saw the first.
    let twice = Note(text: "twice")
    let results = try await lab.together([twice, twice, note], appender)
    #expect(try results.map { try $0.get().isRepeat } == [false, true, true])
    let other = lab.appender()
    #expect(try await other.submit(twice).isRepeat)
    await appender.stop()
    await other.stop()
    #expect(try lab.verify() == 3)
  }

  @Test func `may be large`() async throws {
    let appender = lab.appender()
    let text = String(repeating: "x", count: 10_000)
    let results = try await lab.together((0..<256).map { _ in Note(text: text) }, appender)
    await appender.stop()
    #expect(results.allSatisfy { (try? $0.get()) != nil })
    #expect(try lab.verify() == 257)
    #expect(try lab.number("select count(distinct xmin::text) from dossier.events") <= 4)
  }

  @Test func `is refused as a whole when there is nobody to decide it, once`() async throws {
    struct Missing: Error {}
    let made = Box(0)
    let appender = Appender<Notebook>(lab.store.application, ledger: Lab.ledger) {
      made.change { $0 += 1 }
      throw Missing()
    }
    await #expect(throws: Missing.self) { try await appender.submit(Note()) }
    await appender.stop()
    #expect(made.value == 1)
  }

  @Test func `is answered with an error when the processor has not answered every request`() async throws {
    let appender = Appender<Silent>(lab.store.application, ledger: Lab.ledger) { Silent() }
    await #expect(throws: StoreError.database(.unexpectedResult("0 results for 1 requests"))) {
      try await appender.submit(UUIDBytes.random())
    }
    await appender.stop()
  }

  @Test func `is finished before the appender stops, and none is accepted afterwards`() async throws {
    for _ in 0..<20 {
      let appender = lab.appender()
      let answers = await withTaskGroup(of: Result<Noted, any Error>.self) { group in
        for number in 0..<40 {
          group.addTask {
            if number == 20 { await appender.stop() }
            do { return .success(try await appender.submit(Note())) } catch { return .failure(error) }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count == 40)
      for answer in answers {
        guard case .failure(let error) = answer else { continue }
        #expect(error as? StoreError == .stopped)
      }
      await appender.stop()
      await #expect(throws: StoreError.stopped) { try await appender.submit(Note()) }
    }
    try lab.verify()
  }

  @Test func `is stored and answered though it cannot be announced`() async throws {
    // As the server answers when its queue of notifications is full.
    try lab.superuser().execute(
      """
      create schema full_queue;
      grant usage on schema full_queue to public;
      create function full_queue.pg_notify(text, text) returns void language plpgsql as
        $$ begin raise exception using errcode = '54000', message = 'too many notifications'; end $$
      """)
    let appender = lab.appender(options: "-c search_path=full_queue,pg_catalog")
    #expect(try await appender.submit(Note(person: "a@example.com")).isRepeat == false)
    #expect(try await appender.submit(Note(events: 2, person: "a@example.com")).position == 3)
    await appender.stop()
    #expect(try lab.verify() == 3)
    #expect(try lab.number("select count(*) from dossier.persons") == 1)
  }

  @Test func `is announced at most once`() async throws {
    let listener = Listener(lab.store.application, channels: [Subscription.channel])
    var events = listener.notifications().makeAsyncIterator()
    #expect(await events.next() == .listening)
    let appender = lab.appender()
    _ = try await lab.together((0..<50).map { _ in Note() }, appender)
    // A refused group is not announced at all.
    await #expect(throws: StoreError.self) { try await appender.submit(Note(expected: 9)) }
    await appender.stop()
    let transactions = try lab.number("select count(distinct xmin::text) from dossier.events")
    try lab.superuser().execute("notify dossier, 'end'")
    var payloads: [String] = []
    while case .notification(_, let payload)? = await events.next(), payload != "end" {
      payloads.append(payload)
    }
    #expect(payloads.count <= Int(transactions))
    #expect(payloads.last == "1 51")
    listener.stop()
  }
}

/// Answers nothing.
private final class Silent: GroupProcessor {
  static func commandID(of request: UUIDBytes) -> UUIDBytes { request }

  func process(
    _ requests: [UUIDBytes], in transaction: LedgerTransaction
  ) throws -> [Result<Bool, any Error>] { [] }

  func commit(_ transaction: LedgerTransaction) throws { try transaction.post() }

  func committed() {}

  func forget() {}
}
