import Testing

@testable import CaseService

@Suite struct `A file that is checked` {
  private let library: PolicyLibrary
  init() throws { library = try PolicyLibrary.shipped() }

  private func text(_ name: String) throws -> String {
    try #require(PolicyLibrary.shippedFiles.calendars.first { $0.name.hasSuffix("/\(name)") }).text
  }

  private func refusal(_ texts: String...) -> String? {
    do throws(PolicyFileError) {
      _ = try library.check(calendarFiles: texts.enumerated().map { ("file-\($0.offset).yaml", $0.element) })
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `under a known number with other hours is told, as a publication tells it`() throws {
    let hours = try text("21vianet-billing.yaml")
    #expect(refusal(hours) == nil)
    let other = hours.replacing("09:00-18:00", with: "09:00-17:00")
    #expect(
      refusal(other) == "file-0.yaml:4: version: 21vianet-billing/1 is known with other hours; accepted: 2")
    #expect(refusal(other.replacing("version: 1", with: "version: 2")) == nil)
    #expect(refusal(hours.replacing("exchanged: closed", with: "exchanged: 09:00-12:00")) != nil)
  }

  @Test func `of a known zone with other offsets is told with a calendar that counts on them`() throws {
    let zone = try text("zone-asia-shanghai.yaml")
    #expect(refusal(zone) == nil)
    let other = zone + "  2030-01-01T00:00:00Z +07:00\n"
    let refused = try #require(refusal(other))
    #expect(refused.contains("zone: Asia/Shanghai is known with other offsets, and 21vianet-"), "\(refused)")
    #expect(refusal(try text("holidays-cn.yaml")) == nil)
  }

  @Test(arguments: [
    ("a: 1\nb: 2\n# c\na: 3\n", 4, "a stands twice, first in line 1"),
    ("x:\n  y:\n    k: 1\n    l:\n      k: 5\n    k: 2\n  z: 1\n", 6, "k stands twice, first in line 3"),
    ("x:\n  - k: 1\n    l: 2\n    \"k\" : 3\n", 4, "k stands twice, first in line 2"),
    ("x: 1\ny: {a: 1, b: 2, a: 3}\n", 2, "the key a stands twice;"),
    ("x:\n  'two words': 1\n  two words: 2\n", 3, "two words stands twice, first in line 2"),
    ("网: 1\n网: 2\n", 2, "first in line 1"),
    ("k:\n  a: |\n    k: text\nk: 2\n", 4, "k stands twice, first in line 1"),
  ]) func `with a key that stands twice is told its line`(text: String, line: Int, problem: String) {
    #expect {
      try DataNode(file: "own.yaml", text: text)
    } throws: { error in
      let error = error as? PolicyFileError
      return error?.line == line && error?.description.contains(problem) == true
    }
  }
}
