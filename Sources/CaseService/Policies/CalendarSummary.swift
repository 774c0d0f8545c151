internal import SupportCases

/// Weekdays in a row that have the same windows.
struct WeeklyRun: Sendable, Hashable {
  var first: Weekday
  var last: Weekday
  var windows: [DayWindow]
}

extension WeeklyRun {
  /// The open weekdays, those in a row with the same windows together.
  static func runs(of weekly: [Weekday: [DayWindow]]) -> [WeeklyRun] {
    var runs: [WeeklyRun] = []
    for day in Weekday.allCases {
      guard let windows = weekly[day], !windows.isEmpty else { continue }
      if let run = runs.last, run.windows == windows, run.last.rawValue + 1 == day.rawValue {
        runs[runs.count - 1].last = day
      } else {
        runs.append(WeeklyRun(first: day, last: day, windows: windows))
      }
    }
    return runs
  }
}

extension ServiceCalendar {
  /// True where public holidays close it.
  var usesHolidays: Bool { holidaysPublishedThrough != nil || yearly.contains { $0.windows == nil } }

  /// The hours in a few words: `monday-friday 09:00-18:00 Asia/Shanghai, closed on public holidays`.
  var summary: String {
    let hours = WeeklyRun.runs(of: weekly).map { run in
      let days =
        run.first == .monday && run.last == .sunday
        ? "daily" : run.first == run.last ? "\(run.first)" : "\(run.first)-\(run.last)"
      return "\(days) \(run.windows.map(\.clock).joined(separator: " "))"
    }
    let known = holidaysPublishedThrough.map { " (known through \($0))" } ?? ""
    let holidays = usesHolidays ? ", closed on public holidays\(known)" : ""
    let place = isLocal && !isTold ? "the organisation's own zone, else \(zone.name)" : zone.name
    return "\(hours.joined(separator: ", ")) \(place)\(holidays)"
  }
}

extension DayWindow {
  /// The window as calendar files write it, `09:00-24:00`.
  var clock: String {
    func time(_ second: Int) -> String {
      let (hour, minute) = (second / 3600, second / 60 % 60)
      return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }
    return "\(time(opens))-\(time(closes))"
  }
}
