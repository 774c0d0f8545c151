import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@testable import CaseService

@Suite struct ViewTableTests {
  private func columns(_ desk: Desk, _ view: ViewName) throws -> [String] {
    try desk.texts(
      "select column_name || ' ' || udt_name from information_schema.columns "
        + "where table_schema = 'dossier' and table_name = '\(view.rawValue)' order by ordinal_position")
  }

  private func described<Row: ViewRow>(_: Row.Type) -> [String] {
    var names = ColumnNames()
    Row.blank.write(to: &names)
    return names.columns.map { "\($0.name) \($0.type)" }
  }

  @Test func `every column of a view's table is written, in its order and type`() async throws {
    try await Desk.run { desk in
      let found = try ViewName.allCases.map { try columns(desk, $0) }
      #expect(
        found == [described(CaseViewRow.self), described(SLAClockRow.self), described(DutyRow.self)])
    }
  }

  @Test func `the database knows of every duty its number, who holds it and which rule states it`()
    async throws
  {
    try await Desk.run { desk in
      let duties = try desk.texts(
        "select concat_ws(' ', code, duty, holder, rule) from dossier.duties order by code")
      let known = Duty.allCases.sorted { $0.code < $1.code }
      #expect(duties == known.map { "\($0.code) \($0.rawValue) \($0.holder.rawValue) \($0.rule.rawValue)" })
      let states = try desk.texts("select code || ' ' || state from dossier.duty_states order by code")
      #expect(states == DutyState.allCases.sorted { $0.code < $1.code }.map { "\($0.code) \($0.rawValue)" })
    }
  }

  @Test func `names are ranked by their bytes`() {
    func ranked<Name: RawRepresentable>(_ names: [Name], _ rank: (Name) -> Int) -> [String]
    where Name.RawValue == String {
      names.sorted { rank($0) < rank($1) }.map(\.rawValue)
    }
    #expect(ranked(ClockName.allCases, \.keyRank) == ClockName.allCases.map(\.rawValue).sorted())
  }

  @Test(arguments: CaseEventType.allCases)
  func `a type is found by its bytes, and a name near it is not`(type: CaseEventType) {
    func found(_ name: String) -> CaseEventType? {
      Array(name.utf8).withUnsafeBytes { CaseEventType(name: $0) }
    }
    #expect(found(type.rawValue) == type)
    #expect(found(type.rawValue + "s") == nil)
    #expect(found(String(type.rawValue.dropLast()) + "!") == nil)
    #expect(found("!" + type.rawValue.dropFirst()) == nil)
  }

  @Test func `a person's id is read as it is written`() {
    func read(_ text: String) -> PersonID? { Array(text.utf8).withUnsafeBytes { PersonID(uuid: $0) } }
    let id = UUIDBytes.random()
    #expect(read(id.description) == PersonID(id))
    #expect(read(id.description.uppercased()) == PersonID(id))
    #expect(read(String(id.description.dropLast())) == nil)
    #expect(read(id.description.replacing("-", with: "0")) == nil)
  }

  @Test func `interned strings are those that were read, also where two fall on one place`() {
    var interner = Interner()
    for number in 0..<5000 {
      let text = "organisation number \(number % 1700)"
      #expect(Array(text.utf8).withUnsafeBytes { interner.string($0) } == text)
    }
  }

  @Test func `versions that came out of order are folded in order`() throws {
    var arena = EventArena()
    for (index, version) in [(1, 2), (0, 1), (1, 1), (1, 3), (0, 2)] {
      var field = RowBuffer()
      field.int64("value", Int64(index * 10 + version))
      arena.append(index, version: version, field.bytes)
    }
    arena.sort(cases: 3)
    var seen: [[Int64]] = []
    for index in 0..<3 {
      var mine: [Int64] = []
      try arena.events(index) { version, fields in
        let value = fields.integer(Int64.self)
        #expect(value == Int64(index * 10 + version))
        mine.append(value)
      }
      seen.append(mine)
    }
    #expect(seen == [[1, 2], [11, 12, 13], []])
  }
}
