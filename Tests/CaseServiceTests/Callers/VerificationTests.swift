import EventStore
import Foundation
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

/// The verification of callers with a real hook, a real hash and a real log (WW-6).
@Suite(.timeLimit(.minutes(10))) struct VerificationTests {
  /// A program that keeps what it is given, and where it keeps it.
  struct Mailbox {
    let hook: DeliveryHook
    let file: String

    init(status: Int = 0) throws {
      let folder = try TestCluster.scratchDirectory() + "/hook-\(UUIDBytes.random())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      file = folder + "/letter"
      let program = folder + "/deliver"
      try "#!/bin/sh\ncat > '\(file)'\necho \"printed: $(cat '\(file)')\"\nexit \(status)\n"
        .write(toFile: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
      hook = DeliveryHook(program: program)
    }

    var lines: [String] {
      get throws { try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init) }
    }
    var code: String { get throws { try lines[2] } }
  }

  private func send(
    _ desk: Desk, _ reference: String, _ mailbox: Mailbox, to channel: ContactChannel = .email,
    id: UUIDBytes? = nil
  ) async throws -> CommandAnswer {
    try await desk.service.sendCallerCode(
      CommandRequest(
        .change(CaseAddress(reference), .issueCallerCode(channel: channel, salt: "", hash: "")),
        actor: desk.operatorActor, commandID: id), hook: mailbox.hook)
  }

  private func confirm(
    _ desk: Desk, _ reference: String, _ answer: String, id: UUIDBytes? = nil
  ) async throws -> CommandAnswer {
    try await desk.service.confirmCaller(
      CommandRequest(
        .change(CaseAddress(reference), .confirmCaller(proofs: [], stated: "")), actor: desk.operatorActor,
        commandID: id), answer: answer)
  }

  /// A call from a number nobody registered.
  private func called(_ desk: Desk) async throws -> String {
    try await desk.contoso(cloud: .worldwide, agreement: false)
    var form = desk.form(nil)
    form.byTelephone = true
    form.callerNumber = "+86 10 5555 0199"
    let answer = try await desk.open(form)
    #expect(answer.opening?.isUnverified == true)
    return try #require(answer.reference)
  }

  private func wrong(_ code: String) -> String { code == "000000" ? "000001" : "000000" }

  @Test func `WW-6 the code goes to the registered address only and stands nowhere`() async throws {
    try await Desk.run { desk in
      let reference = try await called(desk)
      let mailbox = try Mailbox()
      let sent = try await send(desk, reference, mailbox)
      let code = try mailbox.code
      #expect(try mailbox.lines[0] == "email" && mailbox.lines[1] == "li@contoso.cn")
      #expect(code.count == 6 && code.allSatisfy { $0.isASCII && $0.isNumber })
      let text =
        sent.json.line + (try await desk.service.history(CaseAddress(reference))).map(\.json.line).joined()
      for secret in [code, "li@contoso.cn"] { #expect(!sent.json.line.contains(secret)) }
      #expect(!text.contains("\"\(code)\""))
      let bytes = try desk.sql(
        "select coalesce(string_agg(encode(data, 'escape'), ' '), '') from dossier.events where type like 'caller%'"
      ).joined()
      #expect(!bytes.contains(code) && !bytes.contains("5555"))
      let verified = try await confirm(desk, reference, " \(code.prefix(3))-\(code.suffix(3)) ")
      #expect(verified.failure == nil && verified.events.map(\.type) == ["caller-verified"])
      let shown = try await desk.service.show(CaseAddress(reference))
      #expect(shown.view.caller?.isVerified == true && shown.clocks.first?.state == .noTarget)
      #expect(shown.clocks.first?.startedAt == shown.view.caller?.verifiedAt)
      try await consistent(desk)
    }
  }

  @Test func `WW-6 no case is linked to that of a caller who is not verified, by link or by open`()
    async throws
  {
    try await Desk.run { desk in
      let call = try await called(desk)
      let known = try #require(try await desk.open(desk.form(nil)).reference)
      var following = desk.form(nil)
      following.follows = call
      for kind in [LinkKind.duplicateOf, .follows] {
        let refused = await #expect(throws: ServiceError.self) {
          try await desk.change(known, .link(kind, to: call))
        }
        guard case .rejected(let rejection, _) = refused else {
          Issue.record("\(kind): \(refused as Any)"); continue
        }
        #expect(rejection.code == .callerNotVerified && rejection.rules == ["WW-6"])
      }
      await #expect(throws: ServiceError.self) { try await desk.open(following) }
      let mailbox = try Mailbox()
      _ = try await send(desk, call, mailbox)
      _ = try await confirm(desk, call, try mailbox.code)
      let linked = try await desk.change(known, .link(.duplicateOf, to: call))
      #expect(linked.events.map(\.type) == ["case-linked"])
      _ = try await desk.open(following)
    }
  }

  @Test func `WW-6 a wrong code is an accepted command whose outcome is a failure, and a repeat of it too`()
    async throws
  {
    try await Desk.run { desk in
      let reference = try await called(desk)
      let mailbox = try Mailbox()
      _ = try await send(desk, reference, mailbox)
      let id = UUIDBytes.random()
      let bad = wrong(try mailbox.code)
      let first = try await confirm(desk, reference, bad, id: id)
      #expect(first.failure?.code == "code-wrong" && first.failure?.rules == ["WW-6"])
      #expect(first.failure?.message.contains("4 tries are left") == true)
      let again = try await confirm(desk, reference, bad, id: id)
      #expect(again.isRepeated && again.failure == first.failure)
      #expect(try await desk.service.show(CaseAddress(reference)).view.caller?.current?.triesLeft == 4)
      await #expect(throws: ServiceError.self) {
        try await confirm(desk, reference, try mailbox.code, id: id)
      }
    }
  }

  @Test func `WW-6 answers at once are counted right, and the sixth finds no try left`() async throws {
    try await Desk.run { desk in
      let reference = try await called(desk)
      let mailbox = try Mailbox()
      _ = try await send(desk, reference, mailbox)
      let bad = wrong(try mailbox.code)
      let other = try Desk.desk(desk.database)
      let left = try await withThrowingTaskGroup(of: String?.self) { group in
        for number in 0..<12 {
          group.addTask {
            let service = number % 2 == 0 ? desk.service : other
            do {
              return try await service.confirmCaller(
                CommandRequest(
                  .change(CaseAddress(reference), .confirmCaller(proofs: [], stated: "")),
                  actor: desk.operatorActor), answer: bad
              ).failure?.code
            } catch ServiceError.rejected(let rejection, _) {
              return rejection.code.rawValue
            }
          }
        }
        return try await group.reduce(into: [String]()) { $0.append($1 ?? "verified") }
      }
      await other.stop()
      #expect(left.count { $0 == "code-wrong" } == 5 && left.count { $0 == "code-exhausted" } == 7, "\(left)")
      let history = try await desk.service.history(CaseAddress(reference))
      #expect(history.filter { $0.type == "caller-code-failed" }.count == 5)
      await #expect(throws: ServiceError.self) { try await confirm(desk, reference, try mailbox.code) }
    }
  }

  @Test func `WW-6 of two right answers at once one verifies and the other finds it done`() async throws {
    try await Desk.run { desk in
      let reference = try await called(desk)
      let mailbox = try Mailbox()
      _ = try await send(desk, reference, mailbox)
      let code = try mailbox.code
      let ends = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<6 { group.addTask { (try? await confirm(desk, reference, code)) != nil } }
        return await group.reduce(into: [Bool]()) { $0.append($1) }
      }
      #expect(ends.count { $0 } == 1)
      let history = try await desk.service.history(CaseAddress(reference))
      #expect(history.filter { $0.type == "caller-verified" }.count == 1)
    }
  }

  @Test func `WW-6 an earlier code is told apart from a wrong one`() async throws {
    try await Desk.run { desk in
      let reference = try await called(desk)
      let (first, second) = (try Mailbox(), try Mailbox())
      _ = try await send(desk, reference, first)
      _ = try await send(desk, reference, second)
      guard try first.code != second.code else { return }
      #expect(try await confirm(desk, reference, first.code).failure?.code == "code-superseded")
      #expect(try await confirm(desk, reference, second.code).failure == nil)
    }
  }

  @Test func `WW-6 a repeated send sends nothing, a dry run neither, and a failing program is told`()
    async throws
  {
    try await Desk.run { desk in
      let reference = try await called(desk)
      let mailbox = try Mailbox()
      let id = UUIDBytes.random()
      _ = try await send(desk, reference, mailbox, id: id)
      let code = try mailbox.code
      try FileManager.default.removeItem(atPath: mailbox.file)
      #expect(try await send(desk, reference, mailbox, id: id).isRepeated)
      #expect(!FileManager.default.fileExists(atPath: mailbox.file))
      let dry = CommandRequest(
        .change(CaseAddress(reference), .issueCallerCode(channel: .email, salt: "", hash: "")),
        actor: desk.operatorActor, isDryRun: true)
      #expect(try await desk.service.sendCallerCode(dry, hook: mailbox.hook).isDryRun)
      #expect(!FileManager.default.fileExists(atPath: mailbox.file))
      #expect(try await confirm(desk, reference, code).failure == nil)
      let broken = try await called2(desk)
      let failed = await #expect(throws: ServiceError.self) {
        try await send(desk, broken, try Mailbox(status: 3))
      }
      guard case .delivery(let message)? = failed else {
        Issue.record("\(String(describing: failed))")
        return
      }
      #expect(message.contains("status 3") && !message.contains("li@contoso.cn"))
    }
  }

  private func called2(_ desk: Desk) async throws -> String {
    var form = desk.form(nil)
    form.byTelephone = true
    return try #require(try await desk.open(form).reference)
  }

  @Test func `WW-6 a registered number tells who calls and needs no verification`() async throws {
    try await Desk.run { desk in
      try await desk.contoso(cloud: .worldwide, agreement: false)
      var form = desk.form(nil)
      form.administrator = ""
      form.byTelephone = true
      form.callerNumber = "010 5555 0100"
      await #expect(throws: ServiceError.self) { try await desk.open(form) }
      try await desk.organization(
        .registerAdministratorPhone(number: "+86 10 5555-0100", email: "li@contoso.cn"))
      let answer = try await desk.open(form)
      #expect(answer.opening?.isUnverified == false)
      let shown = try await desk.service.show(CaseAddress(answer.reference ?? ""))
      #expect(shown.view.caller == nil && shown.texts[.caller] == "010 5555 0100")
      #expect(shown.clocks.first?.startedAt == shown.view.openedAt)
      let reference = try await called2(desk)
      let mailbox = try Mailbox()
      _ = try await send(desk, reference, mailbox, to: .phone)
      #expect(try mailbox.lines.prefix(2) == ["phone", "+86 10 5555-0100"])
    }
  }

  @Test(arguments: ["12345", "1234567", "12345a", "", "½23456", "١٢٣"])
  func `WW-6 what cannot be a code is bad data and costs no try`(_ answer: String) async throws {
    try await Desk.run { desk in
      let reference = try await called(desk)
      _ = try await send(desk, reference, try Mailbox())
      let error = await #expect(throws: ServiceError.self) { try await confirm(desk, reference, answer) }
      guard case .invalid(let message)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(message.contains("6 digits") && (answer.isEmpty || !message.contains(answer)))
      #expect(try await desk.service.show(CaseAddress(reference)).view.caller?.current?.triesLeft == 5)
    }
  }

  @Test func `a code's hash needs its salt and the key file`() throws {
    let one = CallerSecret(
      KeyRing(KeyFile(bytes: Array(repeating: 1, count: 32)), ledger: LedgerID(rawValue: 1)))
    let other = CallerSecret(
      KeyRing(KeyFile(bytes: Array(repeating: 2, count: 32)), ledger: LedgerID(rawValue: 1)))
    let hash = try one.hash(of: "123456", salt: "00")
    #expect(try one.hash(of: "123456", salt: "00") == hash)
    #expect(try one.hash(of: "123457", salt: "00") != hash)
    #expect(try one.hash(of: "123456", salt: "01") != hash)
    #expect(try other.hash(of: "123456", salt: "00") != hash)
    #expect(Set((0..<50).map { _ in CallerSecret.salt() }).count == 50)
    #expect((0..<200).allSatisfy { _ in CallerSecret.code(digits: 6).count == 6 })
  }
}
