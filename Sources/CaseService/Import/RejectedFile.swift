internal import Glibc

/// The rows set aside, with line and reason, beside the file they come from: whole under its name, or not there.
///
/// It has the encoding, the delimiter and the quotes of that file, so that its rows can be mended and imported by the
/// same mapping.
final class RejectedFile {
  let path: String
  /// Where it is written until it is whole. One that a killed import left behind is taken over.
  private var partial = ""
  /// The file the rows come from. Who may read it may read them here, and nobody else.
  private let source: ImportFile
  /// How many columns the file has, and how many of them an import has not added.
  private let columns: Int
  private let width: Int
  private let head: [String]
  private let dialect: CSVDialect
  private let encoder: TextEncoder?
  private var stream: UnsafeMutablePointer<FILE>?
  private var hasRows = false

  private static let added = ["import_line", "import_reason", "import_row"]

  /// Nothing is written before it is opened. Columns that an earlier import added are not added once more.
  init(_ path: String, besides file: ImportFile, header: [String], as format: ImportMapping.Source) {
    self.path = path
    source = file
    let own =
      header.suffix(Self.added.count) == Self.added[...] ? header.dropLast(Self.added.count) : header[...]
    columns = header.count
    width = own.count
    head = own + Self.added
    dialect = format.dialect
    encoder = TextEncoder(encoding: format.encoding)
  }

  deinit { discard() }

  /// Makes sure that rows can be written.
  func open() throws(ServiceError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      errno = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EEXIST
      throw failure()
    }
    guard !source.isAt(path) else {
      throw .invalid("\(path) is the file that is imported; accepted: --rejected with another path")
    }
    // Two imports of one file at a time have a place each.
    for number in 1...64 {
      partial = number == 1 ? "\(path).partial" : "\(path).\(number).partial"
      if let descriptor = try claim() {
        stream = fdopen(descriptor, "w")
        return
      }
    }
    errno = EBUSY
    throw failure()
  }

  /// Opens the partial file for this process alone; nil if another holds it. The lock ends with its process.
  private func claim() throws(ServiceError) -> Int32? {
    while true {
      let descriptor = Glibc.open(partial, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
      guard descriptor >= 0 else { throw failure() }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        return nil
      }
      var (opened, named) = (stat(), stat())
      // Who held it until now may have given it its name, or removed it.
      if fstat(descriptor, &opened) == 0, lstat(partial, &named) == 0, opened.st_ino == named.st_ino {
        guard opened.st_mode & S_IFMT == S_IFREG, fchmod(descriptor, 0o600) == 0,
          ftruncate(descriptor, 0) == 0
        else {
          close(descriptor)
          throw failure()
        }
        return descriptor
      }
      close(descriptor)
    }
  }

  /// Adds a row; fields it has none for stay empty. What does not fit into the header's columns stands in
  /// `import_row`, whole.
  ///
  /// - Parameter text: the row as it stands in the file, where it is malformed.
  func add(_ fields: [String], line: Int, reason: String, text: String?) throws(ServiceError) {
    if !hasRows { try write(head.map(quoted)) }
    hasRows = true
    let padded = Array(fields.prefix(width)) + Array(repeating: "", count: max(0, width - fields.count))
    let whole = text ?? (fields.count > columns ? fields.map(quoted).joined(separator: delimiter) : "")
    // Without quotes a malformed row keeps what makes it so; a reason must not make it malformed.
    let last = dialect.quote == nil ? whole : quoted(whole)
    try write((padded + ["\(line)", reason]).map(quoted) + [last])
  }

  /// Gives the file its name, and answers it; without rows an older file of that name goes, for nothing is set
  /// aside any more.
  func finish() throws(ServiceError) -> String? {
    guard let open = stream, hasRows else {
      discard()
      unlink(path)
      return nil
    }
    guard fflush(open) == 0, share(fileno(open)), fsync(fileno(open)) == 0, rename(partial, path) == 0
    else { throw failure() }
    fclose(open)
    stream = nil
    return path
  }

  /// Opens it to those who may read the file the rows come from. Where its group cannot be given, to its owner.
  private func share(_ descriptor: Int32) -> Bool {
    let mask = umask(0o077)
    umask(mask)
    var mode = source.access.mode & ~mask | 0o600
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    if status.st_gid != source.access.group, fchown(descriptor, uid_t.max, source.access.group) != 0 {
      mode &= 0o606
    }
    return fchmod(descriptor, mode) == 0
  }

  /// Leaves nothing behind.
  func discard() {
    guard let open = stream else { return }
    // While the lock is held: afterwards another may be writing there.
    unlink(partial)
    fclose(open)
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
