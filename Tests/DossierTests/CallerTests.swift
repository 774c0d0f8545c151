import Foundation
import Subprocess
import TestCluster
import Testing

@testable import CaseService

/// Telephone calls and service health, through the command line.
@Suite(.desk, .timeLimit(.minutes(10))) struct CallerTests {
  private func register() async throws {
    try await done("organization", "register", "Contoso", "--cloud", "worldwide", "--country", "USA")
    try await done("organization", "admin", "add", "Contoso", "wang@contoso.cn")
    try await done("organization", "subscription", "start", "Contoso", "--kind", "paid")
  }

  private let call = [
    "open", "--organization", "Contoso", "--type", "technical", "--service", "Outlook", "--title", "Slow",
    "--description", "Very.", "--contact-method", "email", "--email", "wang@contoso.cn", "--phone",
    "+1 425 555 0123", "--output", "json",
  ]

  private func hook() throws -> (program: String, letter: String) {
    let folder = try TestCluster.scratchDirectory() + "/cli-hook-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let program = folder + "/deliver"
    try "#!/bin/sh\ntest $# = 0 || exit 9\ncat > '\(folder)/letter'\ncat '\(folder)/letter'\n".write(
      toFile: program, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    return (program, folder + "/letter")
  }

  @Test func `WW-6 a caller is verified with a code that no output shows`() async throws {
    try await register()
    let opened = try await done(more: call + ["--caller", "(425) 555-0199", "--admin", "wang@contoso.cn"])
      .json()
    #expect(opened["caller_verified"] == .bool(false))
    let reference = try #require(opened["case"]?.text)
    let early = try await dossier("resolve", reference, "--summary", "x", "--output", "json")
    #expect(early.status == 3)
    #expect(try early.error()["code"]?.text == "caller-not-verified")
    #expect(try early.error()["rules"]?.items.compactMap(\.text) == ["WW-6"])

    let unnamed = try await dossier("verify-caller", reference, "send", "--output", "json")
    #expect(unnamed.status == 78)
    #expect(try unnamed.error()["code"]?.text == "delivery-hook")
    #expect(
      try await dossier("verify-caller", reference, "send", "--delivery-hook", "/etc/passwd").status == 78)
    #expect(try await done("history", reference, "--output", "json").json().items.count == 2)

    let (program, letter) = try hook()
    let sent = try await dossier(
      "verify-caller", reference, "send", environment: ["DOSSIER_DELIVERY_HOOK": program])
    #expect(sent.status == 0, "\(sent.err)")
    let lines = try String(contentsOfFile: letter, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.count == 5 && lines[0] == "email" && lines[1] == "wang@contoso.cn")
    let code = lines[2]
    for text in [sent.out, sent.err] { #expect(!text.contains(code) && !text.contains("wang@")) }

    let bad = code == "000000" ? "111111" : "000000"
    let wrong = try await dossier(
      "verify-caller", reference, "confirm", "--pin", bad, "--output", "json")
    #expect(wrong.status == 3)
    #expect(try wrong.error()["code"]?.text == "code-wrong")
    #expect(try wrong.json()["outcome"]?["code"]?.text == "code-wrong")
    #expect(!wrong.err.contains(bad) && !wrong.out.contains(bad))
    #expect(try await dossier("verify-caller", reference, "confirm", "--pin", "12").status == 65)

    let right = try await done("verify-caller", reference, "confirm", input: code + "\n")
    #expect(right.out.contains("caller-verified") && !right.out.contains(code))
    let replayed = try await dossier("verify-caller", reference, "confirm", "--pin", code)
    #expect(replayed.status == 3 && replayed.err.contains("good once"))
    try await done("respond", reference, "--agent", "li", "--channel", "phone", "--message", "Hello.")
    let shown = try await done("show", reference, "--output", "json").json()
    #expect(shown["caller"]?["verified"] == .bool(true))
    #expect(shown["clocks"]?.items.first?["started_at"] == shown["caller"]?["verified_at"])
    #expect(shown["opened_at"] == shown["caller"]?["unverified_since"])
  }

  /// A case whose caller is not verified.
  private func unverified() async throws -> String {
    try await register()
    let arguments = call + ["--caller", "(425) 555-0199", "--admin", "wang@contoso.cn"]
    return try #require(try await done(more: arguments).json()["case"]?.text)
  }

  @Test func `WW-6 who reads a case is told that its caller is not verified, and what may not be told`()
    async throws
  {
    let reference = try await unverified()
    let shown = try await done("show", reference).out
    #expect(shown.contains("not verified: tell nothing about the organization or its cases (WW-6)"))
    let json = try await done("show", reference, "--output", "json").json()["caller"]
    #expect(json?["verified"] == .bool(false))
  }

  @Test func `WW-6 a code is not tried for nothing`() async throws {
    let reference = try await unverified()
    for action in [["send"], ["confirm", "--pin", "123456"]] {
      let dry = try await dossier("verify-caller", reference, "--dry-run", more: action)
      #expect(dry.status == 64 && dry.err.contains("takes no --dry-run"), "\(dry.err)")
    }
    #expect(try await done("history", reference, "--output", "json").json().items.count == 2)
  }

  @Test func `WW-6 a verification that has begun goes on when a version without one is published`()
    async throws
  {
    let reference = try await unverified()
    let shipped = try #require(
      PolicyLibrary.shippedFiles.policies.first { $0.name.hasSuffix("worldwide-2.yaml") })
    var lines = shipped.text.replacing("version: 2\n", with: "version: 3\n").split(
      separator: "\n", omittingEmptySubsequences: false)
    if let start = lines.firstIndex(where: { $0.hasPrefix("caller_verification:") }) {
      let end =
        lines[(start + 1)...].firstIndex { !$0.hasPrefix(" ") && !$0.hasPrefix("#") } ?? lines.endIndex
      lines.removeSubrange(start..<end)
    }
    let path = try TestCluster.scratchDirectory() + "/worldwide-3-\(UUID().uuidString).yaml"
    let text = lines.joined(separator: "\n").replacing(
      #/valid_from: .*/#, with: "valid_from: 2026-10-01T00:00:00Z")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try await done("policy", "publish", path, "--apply", "existing")
    let (program, letter) = try hook()
    try await done("verify-caller", reference, "send", "--delivery-hook", program)
    let code = try String(contentsOfFile: letter, encoding: .utf8).split(separator: "\n").map(String.init)[2]
    try await done("verify-caller", reference, "confirm", "--pin", code)
    // From now on the new version judges the case.
    try await done("respond", reference, "--agent", "li", "--channel", "phone", "--message", "Hello.")
    #expect(
      try await done("show", reference, "--output", "json").json()["policy_version"]?.text == "worldwide/3")
  }

  @Test func `WW-6 a delivery that fails ends with 69, and after the policy's codes the next is refused`()
    async throws
  {
    let reference = try await unverified()
    for _ in 1...5 {
      let failed = try await dossier(
        "verify-caller", reference, "send", "--delivery-hook", "/bin/false", "--output", "json")
      #expect(failed.status == 69)
      #expect(try failed.error()["code"]?.text == "delivery-failed")
    }
    let sixth = try await dossier(
      "verify-caller", reference, "send", "--delivery-hook", "/bin/true", "--output", "json")
    #expect(sixth.status == 3)
    #expect(try sixth.error()["code"]?.text == "codes-exhausted")
    #expect(try await done("history", reference, "--output", "json").json().items.count == 7)
  }

  @Test func `WW-6 ctrl-C while a code is delivered says that the code counts as sent`() async throws {
    let reference = try await unverified()
    let (program, letter) = try hook()
    // Tells that it runs through a pipe, then waits to be stopped.
    try #require(mkfifo(letter + "-runs", 0o600) == 0)
    try "#!/bin/sh\ncat > /dev/null\necho > '\(letter)-runs'\nexec sleep 600\n".write(
      toFile: program, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    let result = try await Subprocess.run(
      .path(.init(Desk.program)),
      arguments: .init(["verify-caller", reference, "send", "--delivery-hook", program, "--output", "json"]),
      environment: try Desk.environment(Desk.named()), input: .none, output: .discarded, error: .sequence
    ) { execution in
      // Waits until the program opens its end.
      let end = open(letter + "-runs", O_RDONLY)
      try #require(end >= 0, "\(String(cString: strerror(errno)))")
      close(end)
      try execution.send(signal: .interrupt)
      var text = ""
      for try await line in execution.standardError.strings() { text += line }
      return text
    }
    #expect(result.terminationStatus == .exited(130))
    let error = try JSON(parsing: Array(result.closureResult.utf8))["error"]
    #expect(error?["code"]?.text == "delivery-stopped")
    #expect(error?["message"]?.text?.contains("counts as sent") == true)
    let types = try await done("history", reference, "--output", "json").json().items.compactMap {
      $0["type"]?.text
    }
    #expect(types.last == "caller-code-issued")
  }

  @Test func `WW-6 a number is removed, and calls from it are verified again`() async throws {
    try await register()
    try await done("organization", "phone", "register", "Contoso", "+1 425 555 0100")
    try await done("organization", "phone", "remove", "Contoso", "(425) 555-0100")
    let opened = try await done(
      more: call + ["--caller", "+1 425 555 0100", "--admin", "wang@contoso.cn"]
    ).json()
    #expect(opened["caller_verified"] == .bool(false))
    let again = try await dossier("organization", "phone", "remove", "Contoso", "(425) 555-0100")
    #expect(again.status == 3 && again.err.contains("organization show") && !again.err.contains("555"))
    #expect(try await dossier("organization", "phone", "remove", "Contoso", "nonsense").status == 65)
    #expect(try await dossier("organization", "user", "remove", "Contoso", "no@contoso.cn").status == 3)
    let shown = try await done("organization", "show", "Contoso", "--output", "json").json()
    #expect(shown["phones"] == .array([]))
    #expect(shown["phone_registrations"]?.items.first?["holds"] == .bool(false))
  }

  @Test func `WW-6 a registered number needs none, and garbage is refused without repeating it`() async throws
  {
    try await register()
    try await done(
      "organization", "phone", "register", "Contoso", "+1 425 555 0100", "--admin", "wang@contoso.cn")
    let known = try await done(more: call + ["--caller", "1 (425) 555-0100"]).json()
    #expect(known["caller_verified"] == .null)
    let unknown = try await dossier(more: call + ["--caller", "1 (425) 555-0199"])
    #expect(unknown.status == 65 && unknown.err.contains("--admin"))
    for garbage in ["not a number 1", "+999 123 4567", "555", "+1 425 555 010", "1-800-FLOWERS"] {
      let outcome = try await dossier(more: call + ["--admin", "wang@contoso.cn", "--caller", garbage])
      #expect(outcome.status == 65 && (garbage.count < 5 || !outcome.err.contains(garbage)), "\(garbage)")
    }
    let both = try await dossier(more: call + ["--admin", "wang@contoso.cn", "--caller", "li@contoso.cn"])
    #expect(both.status == 64)
  }

  @Test func `WW-1 service health from the first word to the cases that are told`() async throws {
    try await register()
    let opened = try await done(
      "incident", "open", "--cloud", "worldwide", "--service", "outlook", "--title", "Mail is slow",
      "--output",
      "json"
    ).json()
    let incident = try #require(opened["incident"]?.text)
    #expect(opened["case"] == .null && opened["version"]?.integer == 1)
    let dry = try await done(more: call + ["--admin", "wang@contoso.cn", "--dry-run"]).json()
    #expect(dry["incidents"]?.items.first?["incident"]?.text == incident)
    let linked = try await done(more: call + ["--admin", "wang@contoso.cn", "--incident", incident]).json()
    #expect(linked["incidents"]?.items.first?["linked"] == .bool(true))
    let unknown = try await dossier(
      more: call + ["--admin", "wang@contoso.cn", "--incident", "WWI-77"])
    #expect(unknown.status == 66)
    #expect(try unknown.error()["code"]?.text == "unknown-incident")
    try await done("incident", "update", incident, "--message", "We look into it.")
    let late = try await dossier("incident", "update", incident, "--expect-version", "1", "--message", "x")
    #expect(late.status == 75)
    let resolved = try await done("incident", "resolve", incident, "--message", "Done.", "--output", "json")
      .json()
    #expect(resolved["cases_told"]?.integer == 1)
    let reference = try #require(linked["case"]?.text)
    let last = try await done("history", reference, "--output", "json").json().items.last
    #expect(last?["type"]?.text == "linked-incident-resolved" && last?["data"]?["incident"]?.text == incident)
    #expect(last?["cause"]?.integer == resolved["position"]?.integer)
    #expect(try await done("incident", "list", "--output", "json").json() == .array([]))
    let past = try await done("incident", "list", "--resolved", "--output", "json").json()
    #expect(past.items.first?["updates"]?.items.count == 2)
    #expect(try await dossier("incident", "resolve", "WWI-99").status == 66)
    #expect(try await dossier("incident", "update", incident, "--message", "more").status == 3)
    #expect(try await done("replay").status == 0)
    #expect(try await done("views", "verify").status == 0)
  }

  @Test func `WW-2 an online request confirms both addresses, and needs that of the preferred method`()
    async throws
  {
    try await register()
    let answer = try await dossier(more: call + ["--admin", "wang@contoso.cn"])
    let reference = try #require(try answer.json()["case"]?.text)
    let contact = try await done("show", reference, "--output", "json").json()["contact"]
    #expect(contact?["email"]?.text == "wang@contoso.cn" && contact?["phone"]?.text != nil)
    let email = try #require(call.firstIndex(of: "--email"))
    let refused = try await dossier(
      more: call[..<email] + call[(email + 2)...] + ["--admin", "wang@contoso.cn"])
    #expect(refused.status == 65)
  }

  @Test func `WW-2 the expected wait is told before sending, and null where too few were answered`()
    async throws
  {
    try await register()
    let arguments = call + ["--admin", "wang@contoso.cn"]
    #expect(try await done(more: arguments + ["--dry-run"]).json()["expected_wait"] == .null)
    for _ in 0..<5 {
      let reference = try #require(try await done(more: arguments).json()["case"]?.text)
      try await done("respond", reference, "--agent", "li", "--channel", "email", "--message", "Hello.")
    }
    let wait = try await done(more: arguments + ["--dry-run"]).json()["expected_wait"]
    #expect(wait?["responses"]?.integer == 5 && wait?["rule"]?.text == "WW-2" && wait?["days"]?.integer == 30)
    #expect(try await done(more: arguments + ["--output", "table"]).out.contains("nine in ten up to"))
  }
}
