internal import CaseService
internal import Glibc
internal import Synchronization

/// How far long work has come, on a terminal's standard error: rate and time left, in one line that is rewritten.
final class ProgressLine: Sendable {
  private struct State {
    var phase = ""
    var startedAt: Int64 = 0
    var startedWith: Int64 = 0
    var shownAt: Int64 = 0
    var isShown = false
  }

  private let isSilent: Bool
  private let state = Mutex(State())

  init(_ options: GlobalOptions) { isSilent = options.quiet || !Terminal.errorIsTerminal }

  /// Shows a report, at most ten times a second.
  func show(_ progress: Progress) {
    guard !isSilent else { return }
    let now = Self.milliseconds
    let line: String? = state.withLock { state in
      if state.phase != progress.phase {
        state.phase = progress.phase
        (state.startedAt, state.startedWith) = (now, progress.done)
      }
      guard now - state.shownAt >= 100 || progress.done == progress.total else { return nil }
      (state.shownAt, state.isShown) = (now, true)
      let elapsed = Double(max(1, now - state.startedAt)) / 1000
      return Self.text(progress, rate: Double(progress.done - state.startedWith) / elapsed)
    }
    if let line { Self.write("\r\u{1B}[K" + line) }
  }

  /// Removes the line.
  func clear() {
    guard state.withLock({ $0.isShown }) else { return }
    Self.write("\r\u{1B}[K")
  }

  private static func text(_ progress: Progress, rate: Double) -> String {
    var text = "\(escaped(progress.phase)): \(progress.done)"
    if let total = progress.total { text += " of \(total)" }
    text += " \(progress.unit)"
    guard rate >= 1 else { return text }
    text += ", \(Int(rate)) a second"
    if let total = progress.total, total > progress.done {
      text += ", \(Int(Double(total - progress.done) / rate) + 1) s left"
    }
    return text
  }

  private static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(2, bytes, bytes.count)
  }

  private static var milliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
