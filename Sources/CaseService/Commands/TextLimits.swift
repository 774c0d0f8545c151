internal import EventStore
internal import Foundation
internal import SupportCases

/// What a text may be, for every command in one place. Errors name the field and the limit, never the value:
/// it may be personal.
enum TextLimits {
  /// Names of organisations, cases, agents, services and actors, in Unicode scalars.
  static let name = 200
  /// Titles, in Unicode scalars.
  static let title = 1_000
  /// An e-mail address, in Unicode scalars.
  static let address = 320
  /// A telephone number, in Unicode scalars.
  static let phone = 50
  /// Any other text, in bytes of UTF-8.
  static let text = 1_048_576

  /// A name: one line, not blank, no space around it; composed, so that it compares equal however it was typed.
  static func name(_ value: String, _ field: String) throws(ServiceError) -> String {
    try line(value, field, name)
    let composed = NormalForm.name(value)
    guard !composed.isEmpty, composed.trimmingCharacters(in: .whitespacesAndNewlines) == composed else {
      throw .invalid("the \(field) is blank or has space around it; give 1 to \(name) characters")
    }
    return composed
  }

  /// A name that is entered: it holds nothing that nobody sees (`NormalForm`).
  static func newName(_ value: String, _ field: String) throws(ServiceError) -> String {
    let name = try name(value, field)
    try seen(NormalForm.stranger(inName: name), field, "plain spaces between words")
    return name
  }

  /// A service, a domain or a reference that is entered, in its form; it may be left out.
  static func newLine(_ value: String?, _ field: String, _ most: Int = name) throws(ServiceError) -> String? {
    guard let value else { return nil }
    try line(value, field, most)
    try seen(NormalForm.stranger(inName: value), field, "plain spaces between words")
    return NormalForm.name(value)
  }

  /// Refuses a character that nobody sees, and names it.
  private static func seen(
    _ stranger: Unicode.Scalar?, _ field: String, _ accepted: String
  ) throws(ServiceError) {
    guard let stranger else { return }
    throw .invalid(
      "the \(field) holds \(NormalForm.named(stranger)), which nobody sees; give it without, in letters that are "
        + "seen and \(accepted)")
  }

  /// A name that stands before the slash of `ORGANIZATION/NAME`.
  static func beforeSlash(_ value: String, _ field: String) throws(ServiceError) -> String {
    let name = try name(value, field)
    guard !name.contains("/") else { throw .invalid("the \(field) holds a slash; give a name without one") }
    guard Reference(name) == nil else {
      throw .invalid("the \(field) looks like a case's reference; give another, such as one in words")
    }
    return name
  }

  /// One line of at most so many characters.
  static func line(_ value: String?, _ field: String, _ most: Int) throws(ServiceError) {
    guard let value else { return }
    // A character has one to four bytes: counts what is huge without walking through it.
    guard value.utf8.count <= most * 4, value.unicodeScalars.count <= most else {
      throw .invalid("the \(field) is too long; give at most \(most) characters")
    }
    guard !value.unicodeScalars.contains(where: { $0.isControl || $0.isLineEnd }) else {
      throw .invalid("the \(field) holds a control character; give one line of text")
    }
  }

  /// A text of any number of lines.
  static func text(_ value: String?, _ field: String) throws(ServiceError) {
    guard let value else { return }
    guard value.utf8.count <= text else {
      throw .invalid("the \(field) is too long; give at most \(text) bytes")
    }
    guard !value.unicodeScalars.contains(where: { $0.isControl && !"\n\r\t".unicodeScalars.contains($0) })
    else {
      throw .invalid("the \(field) holds a control character; line ends and tabs are the only ones taken")
    }
  }

  /// An e-mail address. One to be removed may hold what is refused where one is entered.
  static func email(_ value: String?, _ field: String, isEntered: Bool = true) throws(ServiceError) {
    guard let value else { return }
    try line(value, field, address)
    let trimmed = value.trimmingCharacters(in: .whitespaces)
    let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), parts[1] != ".",
      !trimmed.unicodeScalars.contains(" ")
    else {
      throw .invalid("the \(field) is no e-mail address; give one as in name@example.org")
    }
    if isEntered { try seen(NormalForm.stranger(inAddress: value), field, "without spaces") }
  }

  static func phone(_ value: String?, _ field: String) throws(ServiceError) {
    guard let value else { return }
    try line(value, field, phone)
    guard value.contains(where: \.isNumber) else {
      throw .invalid("the \(field) is no telephone number; give one with digits, as in +86 10 5555 0100")
    }
  }

  /// A time that RFC 3339 and the database can both write.
  static func time(_ value: Instant?, _ field: String) throws(ServiceError) {
    guard let value else { return }
    guard value.isInCalendar else {
      throw .invalid("the \(field) is out of range; give a time in the years 0001 to 9999")
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { value < 0x20 || (0x7f..<0xa0).contains(value) }

  fileprivate var isLineEnd: Bool { value == 0x2028 || value == 0x2029 }
}
