/// A time during which something held: `[from, until)`.
public struct Spell<Value: Hashable & Sendable>: Hashable, Sendable {
  /// What held.
  public var value: Value
  /// From when.
  public var from: Instant
  /// Until when; nil while it holds.
  public var until: Instant?

  /// True if it held at that moment.
  public func holds(at moment: Instant) -> Bool {
    from <= moment && (until.map { moment < $0 } ?? true)
  }
}

extension Array {
  /// Something holds from a moment on, whatever was known (CK-12, ALL-3).
  ///
  /// Where it is known to hold until an end, it goes on beyond that end: a renewal. Where it is known to begin later, it
  /// lasts until then. One that holds without an end stays as it is.
  ///
  /// - Parameter rivals: what cannot hold beside it; itself among them.
  mutating func begin<Value>(
    _ value: Value, at moment: Instant, rivals: (Value) -> Bool
  ) where Element == Spell<Value> {
    if let last = lastOfRun(at: moment, where: { $0 == value }) {
      guard let end = self[last].until else { return }
      self[last].until = filter { rivals($0.value) && $0.from >= end }.map(\.from).min()
    } else {
      end(at: moment, where: rivals)
      let next = filter { rivals($0.value) && $0.from > moment }.map(\.from).min()
      append(Spell(value: value, from: moment, until: next))
    }
  }

  /// What holds at a moment ends then. What ends as it begins never held.
  mutating func end<Value>(at moment: Instant, where matches: (Value) -> Bool) where Element == Spell<Value> {
    for index in indices where matches(self[index].value) && self[index].holds(at: moment) {
      self[index].until = moment
    }
    removeAll { $0.from == $0.until }
  }

  /// The last of the spells that follow one another without a gap from the one that holds at a moment.
  private func lastOfRun<Value>(at moment: Instant, where matches: (Value) -> Bool) -> Int?
  where Element == Spell<Value> {
    var last: Int?
    var reached = moment
    while let next = indices.first(where: { matches(self[$0].value) && self[$0].holds(at: reached) }) {
      last = next
      guard let until = self[next].until else { break }
      reached = until
    }
    return last
  }

  /// The time around a moment during which something held without a gap.
  func run<Value>(at moment: Instant, where matches: (Value) -> Bool) -> Spell<Bool>?
  where Element == Spell<Value> {
    guard let last = lastOfRun(at: moment, where: matches),
      var from = first(where: { matches($0.value) && $0.holds(at: moment) })?.from
    else { return nil }
    while let before = first(where: {
      matches($0.value) && $0.from < from && $0.until.map { $0 >= from } ?? true
    }) {
      from = before.from
    }
    return Spell(value: true, from: from, until: self[last].until)
  }
}
