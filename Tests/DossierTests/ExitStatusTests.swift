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
    ["show", "--nonsense"], ["list", "--top", "-1"], ["list", "--top=-1"], ["watch", "--after", "-2"],
    ["assign", "CN-1", "--agent", "a", "--expect-version", "-1"],
    ["downgrade", "CN-1", "--to-severity", "C", "--reason", "misclassified", "--evidence", "zz"],
    ["downgrade", "CN-1", "--to-severity", "C", "--reason", "misclassified", "--evidence", "-3"],
    ["downgrade", "CN-1", "--to-severity", "C", "--reason", "misclassified", "--evidence", "CN-1@0"],
    ["accept", "CN-1", "zz"], ["decline", "CN-1", "@3", "--reason", "r"],
    ["retract", "CN-1", "CN-1@", "--reason", "r"],
    ["organization", "rename", "Contoso"], ["organization", "phone", "forget", "--output", "tsv"],
    ["list", "--severity", ""], ["show", "--output"],
  ]) func `is 64 for a wrong call, in one line that says which command tells more`(
    _ arguments: [String]
  ) async throws {
    let outcome = try await dossier(more: arguments)
    #expect(outcome.status == 64)
    #expect(outcome.err.hasPrefix("dossier: "))
    #expect(outcome.err.split(separator: "\n").count == 1, "\(outcome.err)")
    #expect(outcome.err.contains("--help'") || outcome.err.contains("; accepted: "), "\(outcome.err)")
    #expect(outcome.out.isEmpty)
  }

  @Test(arguments: [
    (["list", "--top", "-1"], "--top -1 shows nothing; give a number from 1"),
    (
      ["close", "CN-1", "--expect-version", "-4"],
      "--expect-version -4 is no version; versions start at 1"
    ),
    (
      ["downgrade", "CN-1", "--to-severity", "C", "--evidence", "zz"],
      "zz is no event; name it by its version, as in 3, or by its id, as in CN-1002@3"
    ),
    (["accept", "CN-1", "later"], "later is no event"),
  ]) func `is 64 with the value that was wrong, and what would be accepted`(
    _ arguments: [String], _ words: String
  ) async throws {
    let outcome = try await dossier(more: arguments + ["--output", "json"])
    #expect(outcome.status == 64)
    #expect(try outcome.error()["message"]?.text?.contains(words) == true, "\(outcome.err)")
  }

  @Test(arguments: [
    (["frobnicate", "--output", "json"], "'dossier frobnicate'; 'dossier --help' lists them"),
    (["--output", "json", "frobnicate"], "'dossier frobnicate'; 'dossier --help' lists them"),
    (["organization", "phone", "forget", "--output", "json"], "accepted: register, remove"),
    (["--output=json", "organization", "phone", "forget", "Contoso"], "'dossier organization phone forget'"),
  ]) func `is 64 for a command that is none, which is named, in the form asked for`(
    _ arguments: [String], _ words: String
  ) async throws {
    let outcome = try await dossier(more: arguments)
    #expect(outcome.status == 64 && outcome.out.isEmpty)
    let message = try outcome.error()["message"]?.text
    #expect(message?.hasPrefix("there is no command ") == true && message?.contains(words) == true)
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
    ["policy", "show", "mars/1"], request, ["incident", "resolve", "CNI-99999"], ["incident", "update", "x"],
    ["show", ""],
  ]) func `is 66 for what does not exist`(_ arguments: [String]) async throws {
    let outcome = try await dossier(more: arguments)
    #expect(outcome.status == 66, "\(outcome.err)")
    #expect(outcome.err.hasPrefix("dossier: there is no "))
  }

  @Test func `is 66 for an event or incident that there is not, whoever names it`() async throws {
    let reference = try await openCase()
    for command in [
      ["retract", reference, "99", "--reason", "r"], ["accept", reference, "99"],
      ["decline", reference, "99", "--reason", "r"], ["accept", reference, "CN-1@1"],
      ["retract", reference, "CN-1@1", "--reason", "r"],
      ["downgrade", reference, "--to-severity", "C", "--reason", "impact-changed", "--evidence", "99"],
    ] {
      let error = try await dossier(more: command + ["--output", "json"])
      #expect(error.status == 66, "\(command): \(error.err)")
      #expect(try error.error()["code"]?.text == "unknown-event", "\(command)")
    }
    for command in [
      ["link", reference, "--incident", "CNI-99999"], ["link", reference, "--incident", "nothing"],
      ["link", reference, "--incident", "WWI-1000"], ["incident", "resolve", "CNI-99999"],
      ["incident", "update", "nothing", "--message", "m"],
    ] {
      let error = try await dossier(more: command + ["--output", "json"])
      #expect(error.status == 66, "\(command): \(error.err)")
      #expect(try error.error()["code"]?.text == "unknown-incident", "\(command)")
    }
    // It is there, and no proposal: a rule refuses.
    #expect(try await dossier("accept", reference, "1").status == 3)
  }

  @Test func `CK-14 is 3 for a look into the future, as for a write there`() async throws {
    let reference = try await openCase()
    for command in [
      ["show", reference], ["clocks", reference], ["duties", reference], ["history", reference], ["list"],
      ["queue"], ["organization", "show", "Contoso"], ["incident", "list"],
    ] {
      let outcome = try await dossier(more: command + ["--as-of", "2999-01-01"])
      #expect(outcome.status == 3 && outcome.err.contains("is in the future"), "\(command): \(outcome.err)")
    }
    #expect(try await dossier("list", "--known-at", "2999-01-01").status == 3)
    #expect(try await dossier("timers", "run", "--at", "2999-01-01").status == 3)
  }

  @Test(arguments: [
    (["show", "CN-1", "--as-of", ""], "--as-of '' is no time"),
    (["assign", "CN-1", "--agent", "a", "--actor", ""], "--actor '' is no ROLE:NAME"),
    (["assign", "CN-1", "--agent", "a", "--command-id", " "], "--command-id ' ' is no UUID"),
    (["show", ""], "there is no case ''"), (request + ["--language", ""], "'' is no language"),
    (["replay", "--policy", ""], "there is no policy ''"), (["calendar", "zone", ""], "'' is no time zone"),
    (["policy", "show", ""], "there is no policy ''"),
    (["contact", "--cloud", "germany", "--country", "", "--type", "billing"], "'' is no country"),
  ]) func `an empty value is seen in the message`(_ arguments: [String], _ words: String) async throws {
    let outcome = try await dossier(more: arguments)
    #expect([65, 66].contains(outcome.status) && outcome.err.contains(words), "\(outcome.err)")
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
