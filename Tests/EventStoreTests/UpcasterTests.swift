import EventStore
import Testing

@Suite struct `An upcaster` {
  private var upcaster: Upcaster {
    var upcaster = Upcaster()
    upcaster.add("opened", from: 1) { $0 + [1] }
    upcaster.add("opened", from: 2) { $0 + [2] }
    upcaster.add("closed", from: 1) { _ in throw Broken() }
    return upcaster
  }

  struct Broken: Error {}

  @Test(arguments: [Int16(1), 2, 3]) func `brings an old shape to the newest, step by step`(_ version: Int16)
    throws
  {
    let newest = try upcaster.upcast("opened", version: version, [0])
    #expect(newest.version == 3)
    #expect(newest.data == [0] + (UInt8(version)..<3))
  }

  @Test func `leaves a version and a type it does not know as they are, for the reader to refuse`() throws {
    for (type, version) in [("opened", 9), ("unknown", 1), ("opened", 0)] as [(String, Int16)] {
      let same = try upcaster.upcast(type, version: version, [7])
      #expect(same.version == version)
      #expect(same.data == [7])
    }
  }

  @Test func `tells what a step finds wrong, and whether it has any`() {
    #expect(throws: Broken.self) { try upcaster.upcast("closed", version: 1, []) }
    #expect(Upcaster().isEmpty)
    #expect(!upcaster.isEmpty)
  }
}
