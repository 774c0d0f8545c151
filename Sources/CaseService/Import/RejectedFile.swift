internal import Glibc

/// The rows set aside, with line and reason, beside the file they come from: whole under its name, or not there.
final class RejectedFile {
  let path: String
  private let partial: String
  private let width: Int
  private let head: [String]
  private var stream: UnsafeMutablePointer<FILE>?

  /// Nothing is written before the first row.
  init(_ path: String, header: [String]) {
    self.path = path
    partial = "\(path).\(getpid()).partial"
    width = header.count
    head = header + ["import_line", "import_reason", "import_row"]
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
      try write(head)
    }
    let padded = Array(fields.prefix(width)) + Array(repeating: "", count: max(0, width - fields.count))
    let whole = text ?? (fields.count > width ? fields.map(Self.quoted).joined(separator: ",") : "")
    try write(padded + ["\(line)", reason, whole])
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
    let line = fields.map(Self.quoted).joined(separator: ",") + "\r\n"
    guard let stream, fputs(line, stream) >= 0 else { throw failure() }
  }

  private func failure() -> ServiceError {
    .invalid(
      "the rows set aside cannot be written to \(path) (\(String(cString: strerror(errno)))); accepted: --rejected "
        + "with a path that can be written")
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
    // A NUL would end the C string; it is shown as U+FFFD.
    let text = String(String.UnicodeScalarView(field.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
