internal import Glibc

/// The rows set aside, with line and reason, beside the file they come from: whole under its name, or not there.
///
/// It has the encoding, the delimiter and the quotes of that file, so that its rows can be mended and imported by the
/// same mapping.
final class RejectedFile {
  let path: String
  private let partial: String
  /// How many columns the file has, and how many of them an import has not added.
  private let columns: Int
  private let width: Int
  private let head: [String]
  private let dialect: CSVDialect
  private let encoder: TextEncoder?
  private var stream: UnsafeMutablePointer<FILE>?

  private static let added = ["import_line", "import_reason", "import_row"]

  /// Nothing is written before the first row. Columns that an earlier import added are not added once more.
  init(_ path: String, header: [String], as source: ImportMapping.Source) {
    self.path = path
    partial = "\(path).\(getpid()).partial"
    let own =
      header.suffix(Self.added.count) == Self.added[...] ? header.dropLast(Self.added.count) : header[...]
    columns = header.count
    width = own.count
    head = own + Self.added
    dialect = source.dialect
    encoder = TextEncoder(encoding: source.encoding)
  }

  deinit { discard() }

  /// Adds a row; fields it has none for stay empty. What does not fit into the header's columns stands in
  /// `import_row`, whole.
  ///
  /// - Parameter text: the row as it stands in the file, where it is malformed.
  func add(_ fields: [String], line: Int, reason: String, text: String?) throws(ServiceError) {
    if stream == nil {
      stream = fopen(partial, "wxe")
      guard stream != nil else { throw failure() }
      try write(head.map(quoted))
    }
    let padded = Array(fields.prefix(width)) + Array(repeating: "", count: max(0, width - fields.count))
    let whole = text ?? (fields.count > columns ? fields.map(quoted).joined(separator: delimiter) : "")
    // Without quotes a malformed row keeps what makes it so; a reason must not make it malformed.
    let last = dialect.quote == nil ? whole : quoted(whole)
    try write((padded + ["\(line)", reason]).map(quoted) + [last])
  }

  /// Gives the file its name, and answers it; without rows an older file of that name goes, for nothing is set
  /// aside any more.
  func finish() throws(ServiceError) -> String? {
    guard let open = stream else {
      unlink(path)
      return nil
    }
    guard fflush(open) == 0, fsync(fileno(open)) == 0, rename(partial, path) == 0 else { throw failure() }
    fclose(open)
    stream = nil
    return path
  }

  /// Leaves nothing behind.
  func discard() {
    guard let open = stream else { return }
    fclose(open)
    unlink(partial)
    stream = nil
  }

  private func write(_ fields: [String]) throws(ServiceError) {
    let line = fields.joined(separator: delimiter) + "\r\n"
    let bytes = encoder?.encode(line) ?? Array(line.utf8)
    guard let stream, fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw failure() }
  }

  private func failure() -> ServiceError {
    .invalid(
      "the rows set aside cannot be written to \(path) (\(String(cString: strerror(errno)))); accepted: --rejected "
        + "with a path that can be written")
  }

  private var delimiter: String { String(UnicodeScalar(dialect.delimiter)) }

  private func quoted(_ field: String) -> String {
    let quote = dialect.quote.map(UnicodeScalar.init)
    let marks: [UnicodeScalar?] = [UnicodeScalar(dialect.delimiter), quote, "\n", "\r"]
    // Nor may a NUL be in a row.
    var scalars = field.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }
    guard scalars.contains(where: marks.contains) else { return String(String.UnicodeScalarView(scalars)) }
    if let quote {
      scalars = [quote] + scalars.flatMap { $0 == quote ? [$0, $0] : [$0] } + [quote]
    } else {
      scalars = scalars.map { marks.contains($0) ? " " : $0 }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
