import Foundation
import Postgres
import TestCluster
import Testing

@testable import CaseService

@Suite(.desk, .timeLimit(.minutes(20))) struct `A text` {
  /// What the last event of a case says in its message.
  private func message(_ reference: String) async throws -> String? {
    let history = try await done("history", reference, "--output", "json").json()
    return history.items.last?["data"]?["texts"]?["message"]?.text
  }

  private func respond(_ reference: String, _ text: String, _ id: String, input: String = "") async throws
    -> JSON
  {
    try await done(
      "respond", reference, "--agent", "li", "--channel", "email", "--message", text, "--command-id", id,
      "--output", "json", input: input
    ).json()
  }

  @Test func `is the same whatever ends its lines, and however it is given`() async throws {
    let reference = try await openCase()
    let id = "6f1c1df2-52a1-4f0c-9d0c-0d6a4a3b9c11"
    let first = try await respond(reference, "-", id, input: "One\r\n\r\nTwo\r\n")
    #expect(first["repeated"] != .bool(true))
    #expect(try await message(reference) == "One\n\nTwo")
    for text in ["One\n\nTwo", "One\r\rTwo", "One\r\n\nTwo\n", "\u{FEFF}One\n\r\nTwo\r"] {
      #expect(try await respond(reference, "-", id, input: text)["version"] == first["version"])
      #expect(try await respond(reference, text, id)["version"] == first["version"])
    }
  }

  @Test(arguments: [
    String(repeating: "邮件无法发送", count: 58_000), String(repeating: "QUJD", count: 262_000),
    "e" + String(repeating: "\u{301}", count: 500_000), String(repeating: "🇨🇳", count: 130_000),
    String(repeating: "a b ", count: 262_000), "." + String(repeating: "\u{200B}", count: 340_000),
  ]) func `of a megabyte is shown whole, with and without spaces`(_ text: String) async throws {
    try await registerContoso()
    var arguments = request
    arguments[try #require(arguments.firstIndex(of: "One user."))] = "-"
    let answer = try await done(more: arguments + ["--output", "json"], input: text).json()
    let shown = try await done("show", try #require(answer["case"]?.text)).out
    let wanted = text.unicodeScalars.filter { $0 != " " }.count
    #expect(shown.unicodeScalars.count > wanted)
  }

  @Test func `that turns the direction of writing or is not seen never reaches a terminal as it is`()
    async throws
  {
    let hidden =
      "\u{61C}\u{AD}\u{200B}\u{200D}\u{200E}\u{200F}\u{202A}\u{202E}\u{2060}\u{2066}\u{2069}\u{FEFF}\u{FFF9}"
      + "\u{E0041}\u{E007F}\u{180E}\u{3164}"
    func isClean(_ text: String) -> Bool {
      !text.unicodeScalars.contains { hidden.unicodeScalars.contains($0) || (0x7F...0x9F).contains($0.value) }
    }
    let reference = try await openCase(more: ["--title", "a" + hidden + "b"])
    for form in ["table", "json", "jsonl"] {
      for words in [["show", reference], ["history", reference], ["list"]] {
        #expect(isClean(try await done(more: words + ["--output", form]).out), "\(words) \(form)")
      }
      for words in [
        ["list", "--\(hidden)x"], ["show", hidden], ["frob\(hidden)"], ["list", "--severity", hidden],
      ] {
        let refused = try await dossier(more: ["--output", form] + words)
        #expect(refused.status != 0)
        #expect(isClean(refused.err + refused.out), "\(words) \(form)")
      }
    }
    // Escapes of JSON change no value.
    let json = try await done("show", reference, "--output", "json").json()
    #expect(json["texts"]?["title"]?.text ?? json["title"]?.text == "a" + hidden + "b")
  }

  @Test(arguments: ["👩‍💻 ❤️ 1️⃣", "می‌خواهم", "क्‍ष", "葛󠄀"])
  func `is shown with the joiners and selectors that its script needs`(_ title: String) async throws {
    let reference = try await openCase(more: ["--title", title])
    #expect(try await done("show", reference).lines[0].hasSuffix("  " + title))
  }

  @Test func `comes back whole from tsv through COPY, and what is absent is NULL`() async throws {
    let hostile = "\\N\n\\.\n\\\\t\ttab\\\n\\\u{202E}\u{200B}\"'\\x41\\"
    let reference = try await openCase(more: ["--description", hostile])
    let table = try await done("show", reference, "--as-of", "2026-09-21 11:00", "--output", "tsv").out
    let columns = try #require(table.split(separator: "\n").first).split(separator: "\t")
    let path = try TestCluster.scratchDirectory() + "/show-\(reference).tsv"
    try table.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let connection = try TestDatabase.required().connect()
    let names = columns.map { "\"\($0)\" text" }.joined(separator: ", ")
    try connection.execute("CREATE TEMPORARY TABLE shown (\(names)); COPY shown FROM '\(path)' (HEADER)")
    let rows = try connection.query("SELECT to_jsonb(shown)::text FROM shown")
    #expect(rows.count == 1)
    let row = try JSON(parsing: Array(try rows.text(0, 0).utf8))
    let whole = try await done("show", reference, "--as-of", "2026-09-21 11:00", "--output", "json").json()
    for name in columns.map(String.init) {
      switch whole[name] {
      case .null?: #expect(row[name] == .null, "\(name)")
      case .string(let text)?: #expect(row[name]?.text == text, "\(name)")
      case .array?, .object?:
        #expect(try JSON(parsing: Array(try #require(row[name]?.text).utf8)) == whole[name], "\(name)")
      case let other: #expect(row[name]?.text == other?.line, "\(name)")
      }
    }
    #expect(table.contains("\t\\N"))
  }
}
