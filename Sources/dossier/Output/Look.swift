internal import CaseService
internal import SupportCases

/// How this run shows things: width, colour, time zone, and what time it is.
struct Look {
  var width: Int?
  var isColoured: Bool
  var isUTC: Bool
  var now: Instant

  init(_ options: GlobalOptions, now: Instant = .now) {
    width = Terminal.width
    isColoured =
      Terminal.outputIsTerminal && !options.noColor && environment("NO_COLOR") == nil
      && environment("TERM") != "dumb"
    isUTC = options.utc
    self.now = now
  }

  func paint(_ text: String, _ style: Style) -> String { isColoured ? style.paint(text) : text }

  /// A moment in the user's zone with its offset; empty for none.
  func time(_ moment: Instant?, seconds: Bool = false) -> String {
    moment.map { LocalTime.text($0, utc: isUTC, seconds: seconds) } ?? ""
  }

  /// A moment as JSON has it.
  func time(_ json: JSON?, seconds: Bool = false) -> String {
    time(json?.text.flatMap { Instant(rfc3339: $0) }, seconds: seconds)
  }

  /// How far a due date is away: `in 3 h 12 min`, `2 d 4 h ago`.
  func distance(to due: Instant) -> String {
    let minutes = (due.microseconds - now.microseconds) / 60_000_000
    let text = Self.duration(minutes: abs(minutes))
    return due < now ? "\(text) ago" : "in \(text)"
  }

  private static func duration(minutes: Int64) -> String {
    if minutes < 60 { return "\(minutes) min" }
    let hours = minutes / 60
    if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
  }

  /// Red once a due date has passed, yellow in its last hour.
  func urgency(of due: Instant?) -> Style {
    guard let due else { return .plain }
    if due < now { return .red }
    return due.microseconds - now.microseconds < 3_600_000_000 ? .yellow : .plain
  }
}
