internal import Synchronization

/// What customers read, in one language: refusals, referrals, notices, surveys and channels as data.
///
/// ```swift
/// let texts = CustomerTexts(.german)
/// texts("notice.case-received", ["case": "DE-1002"])
/// ```
public struct CustomerTexts: Sendable {
  /// The language.
  public let language: ReaderLanguage
  private let entries: [String: String]

  /// The texts shipped with the program, in a language.
  public init(_ language: ReaderLanguage) {
    self.language = language
    entries = Self.shelf.withLock { shelf in
      if let known = shelf[language] { return known }
      let read = Self.shipped(language)
      shelf[language] = read
      return read
    }
  }

  /// The text of a key such as `survey.thanks`, with what stands in braces replaced by its value. An unknown key,
  /// which tests see to, is its own text.
  public func callAsFunction(
    _ key: String, _ values: KeyValuePairs<String, String> = [:]
  ) -> String {
    guard let text = entries[key] else { return key }
    return Self.fill(text, values)
  }

  /// The text of a key; nil where there is none.
  public subscript(_ key: String) -> String? { entries[key] }

  /// Every key, sorted.
  public var keys: [String] { entries.keys.sorted() }

  /// What a published English text says in this language: the text of `key` if its English is that very text,
  /// else the English itself, because the English decides.
  public func rendering(of english: String, under key: String) -> CustomerText {
    let knowsIt = CustomerTexts(.english)[key] == english
    guard knowsIt, let text = entries[key] else { return CustomerText(language: .english, text: english) }
    return CustomerText(language: language, text: text)
  }

  private static let shelf = Mutex<[ReaderLanguage: [String: String]]>([:])

  /// The texts are part of the program and proven by its tests.
  private static func shipped(_ language: ReaderLanguage) -> [String: String] {
    let file = "texts/\(language.rawValue).yaml"
    guard let found = SchemaFiles.all.first(where: { $0.path.description == file }) else {
      fatalError("\(file) is not part of the program")
    }
    do {
      return try entries(file: file, text: found.text.description, of: language)
    } catch {
      fatalError(error.description)
    }
  }

  /// Reads a file of texts: sections of keys, each with its text.
  static func entries(
    file: String, text: String, of language: ReaderLanguage
  ) throws(PolicyFileError) -> [String: String] {
    let root = try DataNode(file: file, text: text)
    var entries: [String: String] = [:]
    for (section, node) in try root.entries() {
      if section == "language" {
        guard try node.text() == language.rawValue else {
          throw node.refusal("\(try node.text()) is another language", accepted: language.rawValue)
        }
        continue
      }
      for (key, value) in try node.entries() { entries["\(section).\(key)"] = try value.text() }
    }
    return entries
  }

  /// The text with what stands in braces replaced, in one pass: a value that holds braces stays as it is.
  static func fill(_ text: String, _ values: KeyValuePairs<String, String>) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = rest[rest.index(after: open)..<close]
      result += rest[..<open]
      result += values.first { $0.key == name }?.value ?? String(rest[open...close])
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// The names in braces of a text, in order.
  static func placeholders(of text: String) -> [String] {
    var names: [String] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      names.append(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return names
  }
}

/// A text for a customer, with the language it is in.
public struct CustomerText: Hashable, Sendable {
  /// The language; nil for a person's own words, whose language nobody stated.
  public var language: ReaderLanguage?
  /// The text.
  public var text: String

  /// A text.
  public init(language: ReaderLanguage?, text: String) {
    self.language = language
    self.text = text
  }

  /// The documented shape: `{"language", "text"}`; the language is null for a person's own words.
  public var json: JSON {
    .object([.init("language", JSON(language?.rawValue)), .init("text", .string(text))])
  }

  /// Reads back what `json` wrote; nil for anything else.
  public init?(_ json: JSON?) {
    guard let language = json?["language"]?.text.flatMap(ReaderLanguage.init(rawValue:)),
      let text = json?["text"]?.text
    else { return nil }
    self.init(language: language, text: text)
  }
}
