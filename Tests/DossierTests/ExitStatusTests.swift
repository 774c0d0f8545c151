import Postgres
import TestCluster
import Testing

@Suite(.desk, .timeLimit(.minutes(20))) struct `The exit status` {
  @Test func `is 0 with a word on what was done`() async throws {
    let outcome = try await dossier(
      "organization", "register", "Contoso", "--cloud", "21vianet", "--country", "CHN")
    #expect(outcome.status == 0)
    #expect(outcome.out.contains("Contoso, version 1"))
    #expect(outcome.err.isEmpty)
  }

  @Test(arguments: [
    ["nonsense"], ["show"], ["show", "A", "B"], ["list", "--output", "xml"], ["list", "--top", "0"],
    ["list", "--top", "3", "--all"], ["open"], ["list", "--state", "lost"], ["queue", "--severity", "Z"],
    ["respond", "CN-1", "--message", "m"], ["escalate", "CN-1"], ["request-information", "CN-1"],
    ["assign", "CN-1", "--agent", "a", "--expect-version", "x"], ["database", "restart"],
    ["show", "--nonsense"],
  ]) func `is 64 with the usage for a wrong call`(_ arguments: [String]) async throws {
    let outcome = try await dossier(more: arguments)
    #expect(outcome.status == 64)
    #expect(outcome.err.hasPrefix("dossier: "))
    #expect(outcome.err.contains("Usage: dossier"))
    #expect(outcome.out.isEmpty)
  }

  @Test(arguments: [
    ["show", "CN-1", "--as-of", "yesterday"], ["show", "CN-1", "--as-of", "2026-02-30"],
    ["show", "CN-1", "--as-of", "2026-09-21 25:00"], ["assign", "CN-1", "--agent", "a", "--at", "noon"],
    ["assign", "CN-1", "--agent", "a", "--actor", "nobody"],
    ["assign", "CN-1", "--agent", "a", "--actor", "boss:li"],
    ["assign", "CN-1", "--agent", "a", "--actor", "agent:"],
    ["assign", "CN-1", "--agent", "a", "--command-id", "1"],
    ["assign", "CN-1", "--agent", "a\u{1B}[2J"], ["show", "CN-1\u{7}"], ["list", "--due-before", "soon"],
    ["organization", "register", "Contoso", "--cloud", "germany", "--country", "Germany"],
    ["organization", "register", "a/b", "--cloud", "germany", "--country", "DEU"],
  ]) func `is 65 for a value that cannot be used`(_ arguments: [String]) async throws {
    let outcome = try await dossier(more: arguments)
    #expect(outcome.status == 65)
    #expect(outcome.err.hasPrefix("dossier: "))
    #expect(outcome.err.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ["show", "CN-1"], ["show", "Nobody/printer"], ["show", "nonsense"], ["history", "XX-1"],
    ["clocks", "CN-99999"],
    ["duties", "CN-99999"], ["close", "CN-99999"], ["organization", "show", "Nobody"],
    ["organization", "agreement", "sign", "Nobody", "--kind", "advanced"],
    ["list", "--organization", "Nobody"],
    ["policy", "show", "mars/1"], request,
  ]) func `is 66 for what does not exist`(_ arguments: [String]) async throws {
    let outcome = try await dossier(more: arguments)
    #expect(outcome.status == 66, "\(outcome.err)")
    #expect(outcome.err.hasPrefix("dossier: there is no "))
  }

  @Test func `is 3 with the rules and who helps for a refusal`() async throws {
    try await registerContoso()
    var other = request
    other[4] = "li@contoso.cn"
    let outcome = try await dossier(more: other)
    #expect(outcome.status == 3)
    #expect(outcome.err.contains("[ALL-2, CN-30]"))
    #expect(outcome.err.contains("wang@contoso.cn"))
    let error = try await dossier(more: ["--output", "json"] + other).error()
    #expect(error["code"]?.text == "not-administrator")
    #expect(error["rules"]?.items.compactMap(\.text) == ["ALL-2", "CN-30"])
    #expect(error["administrators"]?.items.compactMap(\.text) == ["wang@contoso.cn"])
  }

  @Test func `is 3 for a time in the future and for a case in the wrong state`() async throws {
    let reference = try await openCase()
    #expect(try await dossier("assign", reference, "--agent", "li", "--at", "2999-01-01 00:00").status == 3)
    #expect(try await dossier("close", reference).status == 3)
    try await done("resolve", reference, "--summary", "Reinstalled.")
    try await done("close", reference)
    #expect(try await dossier("provide", reference, "--message", "More.").status == 3)
  }

  @Test func `is 3 for severity A without a right to it, with every reason`() async throws {
    let reference = try await openCase()
    let outcome = try await dossier("classify", reference, "--severity", "critical", "--output", "json")
    #expect(outcome.status == 3)
    let error = try outcome.error()
    #expect(error["code"]?.text == "severity-not-allowed")
    #expect(error["rules"]?.items.compactMap(\.text).sorted() == ["CN-14", "CN-16"])
    #expect(error["reasons"]?.items.count == 2)
  }

  @Test func `is 3 for a downgrade whose evidence shows nothing`() async throws {
    let reference = try await openCase()
    let downgrade = ["downgrade", reference, "--to-severity", "C", "--reason", "not-cooperating"]
    #expect(try await dossier(more: downgrade).status == 3)
    #expect(try await dossier(more: downgrade + ["--evidence", "1"]).status == 3)
    #expect(try await dossier(more: downgrade + ["--evidence", "99"]).status == 3)
    #expect(try await dossier("downgrade", reference, "--to-severity", "C").status == 3)
  }

  @Test func `is 75 when the version is not the expected one, before any rule`() async throws {
    let reference = try await openCase()
    let outcome = try await dossier("close", reference, "--expect-version", "7")
    #expect(outcome.status == 75)
    #expect(outcome.err.contains("7"))
    try await done("assign", reference, "--agent", "li", "--expect-version", "1")
  }

  @Test func `is 65 when a command id comes again with another body`() async throws {
    let reference = try await openCase()
    let id = UUIDBytes.random().description
    let first = try await done("assign", reference, "--agent", "li", "--command-id", id, "--output", "json")
      .json()
    let again = try await done("assign", reference, "--agent", "li", "--command-id", id, "--output", "json")
      .json()
    #expect(again["repeated"] == .bool(true))
    #expect(first["repeated"] == .bool(false))
    #expect(again["version"] == first["version"])
    #expect(again["events"] == first["events"])
    #expect(try await dossier("assign", reference, "--agent", "wu", "--command-id", id).status == 65)
  }

  @Test func `errors never show SQL or a trace, and JSON errors have a code and a message`() async throws {
    for arguments in [["show", "CN-1"], ["nonsense"], ["show", "CN-1", "--as-of", "x"]] {
      let error = try await dossier(more: arguments + ["--output", "json"]).error()
      #expect(error["code"]?.text?.isEmpty == false)
      let message = try #require(error["message"]?.text)
      #expect(!message.lowercased().contains("select "))
    }
  }
}
