/// Another way to count business days that the sources admit (CK-2, CK-16).
public struct CountingReading: Hashable, Sendable {
  /// The reading's name, as in `end-of-day`.
  public var name: String
  /// How it counts.
  public var counting: Counting
  /// The rule that leaves the choice.
  public var rule: Rule

  /// A reading.
  public init(name: String, counting: Counting, rule: Rule) {
    self.name = name
    self.counting = counting
    self.rule = rule
  }
}

/// One way to read a policy as a whole: which calendar stands for which, and how business days are counted
/// (CK-16).
public struct Reading: Hashable, Sendable {
  /// `service-day` for the policy's own, else the names of what it reads otherwise, joined by `+`.
  public var name: String
  /// How business days are counted.
  public var counting: Counting
  /// The calendars that others stand for.
  public var calendars: [String: String]
  /// The rules that leave the choice; none for the policy's own reading.
  public var rules: [Rule]

  /// The policy's own reading.
  public static let own = Reading(
    name: Counting.serviceDay.rawValue, counting: .serviceDay, calendars: [:], rules: [])

  /// True if all that it reads otherwise can make a difference to a clock: another calendar where the clock is counted
  /// on that which it stands for, another way to count business days where there are some to count. What it reads
  /// otherwise to no effect leaves it the same as a reading without that.
  public func concerns(_ counted: [(unit: Target.Unit, calendar: String)]) -> Bool {
    (counting == .serviceDay || counted.contains { $0.unit == .businessDay })
      && calendars.keys.allSatisfy { name in counted.contains { $0.calendar == name } }
  }

  /// Both readings at once.
  fileprivate func with(_ name: String, _ rule: Rule, _ change: (inout Reading) -> Void) -> Reading {
    var reading = self
    reading.name = rules.isEmpty ? name : "\(self.name)+\(name)"
    reading.rules += rules.contains(rule) ? [] : [rule]
    change(&reading)
    return reading
  }
}

extension Policy {
  /// Every reading of this policy, its own first: each calendar that can stand for another, each way to count,
  /// and whatever of them can hold at once. The choices are independent of each other, so a verdict under all
  /// readings has to ask for all of them.
  ///
  /// - Parameter calendars: only readings of these calendars; nil: of all.
  public func allReadings(of calendars: Set<String>? = nil) -> [Reading] {
    var readings = [Reading.own]
    var seen: Set<String> = []
    for other in self.readings where calendars?.contains(other.of) ?? true {
      guard seen.insert(other.of).inserted else { continue }
      let choices = self.readings.filter { $0.of == other.of }
      readings += readings.flatMap { reading in
        choices.map { choice in
          reading.with(choice.name, choice.rule) { $0.calendars[choice.of] = choice.calendar }
        }
      }
    }
    return readings
      + countings.flatMap { choice in
        readings.map { $0.with(choice.name, choice.rule) { $0.counting = choice.counting } }
      }
  }

  /// The readings that can make a difference to a request of this type.
  public func allReadings(for type: RequestType) -> [Reading] {
    allReadings(of: Set((hours[type] ?? [:]).values))
  }

  /// The reading of a name such as `end-of-day`, or of several joined by `+` in any order; or nil.
  public func reading(named name: String) -> Reading? {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false).sorted()
    return allReadings().first { $0.name.split(separator: "+").sorted() == parts }
  }

  /// The names that readings are made of, the policy's own first.
  public var readingNames: [String] {
    [Reading.own.name] + readings.map(\.name) + countings.map(\.name)
  }

  /// How many readings those named combine to, counted without making them.
  public var readingCount: Int {
    let perCalendar = Dictionary(grouping: readings, by: \.of).values.map { $0.count + 1 }
    return perCalendar.reduce(countings.count + 1) { min($0, 1 << 20) * $1 }
  }

  /// The most readings that those named may combine to: each is decided anew for an explanation.
  public static let mostReadings = 64
}

extension Rulebook {
  /// The same policy under a reading (CK-16).
  public func reading(_ reading: Reading) -> Rulebook {
    guard reading != .own else { return self }
    let book = self
    return Rulebook(policy: policy) { name in
      book.calendar(named: reading.calendars[name] ?? name)?.counting(reading.counting)
    }
  }
}

/// Where a clock stands under every reading that the sources admit (CK-16).
public enum Verdict: String, CaseIterable, Sendable {
  /// What was owed was done in time, however the rules are read.
  case met = "met_under_every_reading"
  /// Late under some readings and not under others.
  case arguable
  /// Late however the rules are read.
  case breached = "breached_under_every_reading"
  /// Not due yet under any reading.
  case running = "running_under_every_reading"
  /// Ended before it was due under any reading.
  case cancelled = "cancelled_under_every_reading"
  /// There is nothing to be late for.
  case noTarget = "no_target"

  /// The verdict over a clock's state under each reading; nil where a reading has no such cycle.
  public init(_ states: [ClockState?]) {
    if states.contains(.breached) {
      self = states.allSatisfy { $0 == .breached } ? .breached : .arguable
    } else if states.contains(.running) {
      self = .running
    } else if states.contains(.met) {
      self = .met
    } else {
      self = states.contains(.cancelled) ? .cancelled : .noTarget
    }
  }
}
