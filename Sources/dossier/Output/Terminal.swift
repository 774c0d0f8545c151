@preconcurrency internal import Glibc
internal import Synchronization

/// Standard output and error, and what is known of the terminal behind them.
enum Terminal {
  /// What is printed at once is written at once, even into a pipe: a follower sees it, and whoever reads its first line
  /// alone has not cut it off.
  static func prepare() {
    setvbuf(stdout, nil, _IOFBF, 65536)
    // Of what was recorded a word is due, also when nobody reads it: writing fails instead of ending the program. A
    // handler, unlike ignoring, is not handed on to the programs that this one starts.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, passOver) }
    tzset()
  }

  /// Writes lines for people to standard output, without anything that could drive a terminal.
  static func print(_ text: String) { line(escaped(text, as: .page), stdout) }

  /// Writes a value to standard output. What is not seen is written as `\u200b`, into a file or pipe too: the
  /// value is the same, and a reader can show it.
  static func print(json text: String) { line(escaped(text, as: .json), stdout) }

  /// Writes what is to arrive byte by byte to standard output; only a terminal gets it with escapes.
  static func print(exact text: String) { line(outputIsTerminal ? escaped(text, as: .page) : text, stdout) }

  /// Writes a line for people to standard error.
  static func complain(_ text: String) { line(escaped(text, as: .page), stderr) }

  /// Writes a value to standard error.
  static func complain(json text: String) { line(escaped(text, as: .json), stderr) }

  /// Writes a line to standard error without waiting for anybody, should it be stuck.
  static func complainAtOnce(_ text: String) {
    var descriptor = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
    guard poll(&descriptor, 1, 0) == 1 else { return }
    let bytes = Array((escaped(text, as: .page) + "\n").utf8)
    _ = Glibc.write(2, bytes, bytes.count)
  }

  /// Writes a part of a value to standard output.
  static func put(json text: String) { write(escaped(text, as: .json), stdout) }

  /// Writes a part of what is to arrive byte by byte to standard output.
  static func put(exact text: String) { write(outputIsTerminal ? escaped(text, as: .page) : text, stdout) }

  /// True if everything printed has arrived.
  static func flush() -> Bool {
    if ferror(stdout) == 0, fflush(stdout) == 0 { return true }
    keepError(errno)
    endQuietlyIfUnread()
    return false
  }

  static var lastError: String { String(cString: strerror(firstError.withLock { $0 })) }

  /// Why output was lost, the first time: what comes after it changes `errno`.
  private static let firstError = Mutex<Int32>(0)

  /// A reader who has seen enough ends the program quietly, unless it has recorded something.
  private static func endQuietlyIfUnread() {
    guard firstError.withLock({ $0 }) == EPIPE, Underway.recorded == nil else { return }
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
  }

  private static func keepError(_ number: Int32) {
    firstError.withLock { if $0 == 0 { $0 = number } }
  }

  static var outputIsTerminal: Bool { isatty(1) == 1 }
  static var errorIsTerminal: Bool { isatty(2) == 1 }

  /// Columns of the terminal; nil when the output goes elsewhere and is not cut.
  static var width: Int? {
    if outputIsTerminal {
      var size = winsize()
      if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    }
    if let stated = environment("COLUMNS").flatMap({ Int($0) }), stated > 0 { return stated }
    return outputIsTerminal ? 80 : nil
  }

  private static func line(_ text: String, _ file: UnsafeMutablePointer<FILE>?) {
    write(text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n", file)
  }

  private static func write(_ text: String, _ file: UnsafeMutablePointer<FILE>?) {
    var text = text
    text.withUTF8 { bytes in
      let count = fwrite(bytes.baseAddress, 1, bytes.count, file)
      let isWritten = fflush(file) == 0 && count == bytes.count && ferror(file) == 0
      guard !isWritten, file == stdout else { return }
      keepError(errno)
      endQuietlyIfUnread()
    }
  }
}

/// Does nothing: the call that failed tells.
private func passOver(_ signal: Int32) {}
