internal import EventStore
public import Postgres

/// A request of the tests: append some bytes to a stream.
public struct Note: Sendable {
  /// The command's id.
  public var id: UUIDBytes
  /// The stream; nil for a new one.
  public var stream: Int64?
  /// The version the stream must be at; nil for any.
  public var expected: Int?
  /// How many events it becomes.
  public var events: Int
  /// What stands in each.
  public var text: [UInt8]
  /// The name a new stream gets.
  public var name: String?
  /// The address of a person for whom `text` is sealed instead of stored in the clear.
  public var person: String?

  /// A note; without anything stated it is one event of a new stream.
  public init(
    id: UUIDBytes = .random(), stream: Int64? = nil, expected: Int? = nil, events: Int = 1,
    text: String = "note",
    name: String? = nil, person: String? = nil
  ) {
    self.id = id
    self.stream = stream
    self.expected = expected
    self.events = events
    self.text = Array(text.utf8)
    self.name = name
    self.person = person
  }

  /// The text as an event's data: a JSON object, as every event's is.
  public var data: [UInt8] { Array("{\"text\":\"".utf8) + text + Array("\"}".utf8) }

  /// What tells a repeat from another command with the same id.
  public var digest: [UInt8] { sha256(text + Array("\(stream ?? 0) \(expected ?? -1) \(events)".utf8)) }
}

/// Where a note stands.
public struct Noted: Sendable, Hashable {
  /// The stream.
  public var stream: Int64
  /// The version of its last event.
  public var version: Int
  /// The position of its last event.
  public var position: Int64
  /// It had been stored before.
  public var isRepeat = false

  var bytes: [UInt8] { Array("\(stream) \(version) \(position)".utf8) }

  init(stream: Int64, version: Int, position: Int64) {
    self.stream = stream
    self.version = version
    self.position = position
  }

  init?(stored: [UInt8]) {
    let words = String(decoding: stored, as: UTF8.self).split(separator: " ").compactMap { Int64($0) }
    guard words.count == 3 else { return nil }
    self.init(stream: words[0], version: Int(words[1]), position: words[2])
    isRepeat = true
  }
}
