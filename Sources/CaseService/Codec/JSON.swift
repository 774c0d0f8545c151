/// A JSON value whose objects keep their order.
public enum JSON: Sendable, Equatable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A whole number.
  case int(Int64)
  /// Any other number.
  case double(Double)
  /// A string.
  case string(String)
  /// A list.
  case array([JSON])
  /// Named values in the order they are written.
  case object([Member])

  /// One named value of an object.
  public struct Member: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: JSON

    /// A named value.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// A string, or null.
  public init(_ text: String?) {
    self = text.map { .string($0) } ?? .null
  }

  /// The value of that name in an object; nil if there is none.
  public subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string; nil for anything else.
  public var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The whole number; nil for anything else.
  public var integer: Int64? {
    if case .int(let value) = self { return value }
    return nil
  }

  /// The values of a list; empty for anything else.
  public var items: [JSON] {
    if case .array(let items) = self { return items }
    return []
  }

  /// One line of JSON in UTF-8.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }

  /// One line of JSON.
  public var line: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON {
  /// Lines of JSON indented by two spaces.
  public var pretty: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  private func write(to text: inout String, indent: Int) {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .array(let items) where !items.isEmpty:
      text += "[\n"
      for (index, item) in items.enumerated() {
        text += inner
        item.write(to: &text, indent: indent + 2)
        text += index + 1 < items.count ? ",\n" : "\n"
      }
      text += outer + "]"
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      for (index, member) in members.enumerated() {
        text += inner + JSON.string(member.name).line + ": "
        member.value.write(to: &text, indent: indent + 2)
        text += index + 1 < members.count ? ",\n" : "\n"
      }
      text += outer + "}"
    case .null, .bool, .int, .double, .string, .array, .object: text += line
    }
  }
}
