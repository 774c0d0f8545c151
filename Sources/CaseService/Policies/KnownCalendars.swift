public import SupportCases

// The calendars of the files and of everything that was published (CK-12).
extension PolicyLibrary {
  /// The newest version of a calendar, those of the log included, or nil.
  ///
  /// - Parameter moment: the moment whose knowledge of public holidays and publications counts (CK-12); nil: what is
  ///   known now.
  public func calendar(named name: String, knownAt moment: Instant? = nil) -> PreparedCalendar? {
    var newest: PreparedCalendar?
    for library in shelves(knownAt: moment) {
      let found = library.read { (loader) throws(PolicyFileError) in
        try loader.calendar(named: name, knownAt: moment)
      }
      // Of the same version the oldest: a version means the hours it was first known with.
      guard let found, found.version > newest?.version ?? 0 else { continue }
      newest = found
    }
    return newest
  }

  /// The calendar of a label such as `21vianet-billing/1`, or nil.
  ///
  /// - Parameter moment: the moment whose knowledge of public holidays counts (CK-12); nil: what is known now.
  public func calendar(labelled label: String, knownAt moment: Instant? = nil) -> PreparedCalendar? {
    guard let library = shelf(of: label) else { return nil }
    return library.read { (loader) throws(PolicyFileError) in
      try loader.calendar(labelled: label).map { found throws(PolicyFileError) in
        try loader.past(found, at: moment)
      }
    }
  }

  /// A calendar as people call it: `21vianet-billing` for the newest version, `21vianet-billing/1` or
  /// `21vianet-billing@1` for one of its versions; nil where there is none.
  ///
  /// - Parameter moment: the moment whose knowledge counts (CK-12); nil: what is known now.
  public func calendar(called text: String, knownAt moment: Instant? = nil) -> PreparedCalendar? {
    for mark: StaticString in ["/", "@"] {
      let (name, version) = text.cut(at: mark)
      guard let version else { continue }
      return calendar(labelled: "\(name)/\(version)", knownAt: moment)
    }
    return calendar(named: text, knownAt: moment)
  }

  /// The table of holidays behind a calendar, or nil.
  func holidays(of label: String) -> HolidayTable? {
    shelf(of: label)?.read { (loader) throws(PolicyFileError) in try loader.table(ofCalendar: label) }
  }

  /// The names of all calendars, sorted.
  public var calendarNames: [String] {
    let names = shelves(knownAt: nil).flatMap { library in
      library.read { (loader) throws(PolicyFileError) in loader.calendarNames }
    }
    return Set(names).sorted()
  }

  /// The versions of a calendar that are known, in order.
  public func versions(ofCalendar name: String) -> [Int] {
    let versions = shelves(knownAt: nil).flatMap { library in
      library.read { (loader) throws(PolicyFileError) in try loader.versions(ofCalendar: name) }
    }
    return Set(versions).sorted()
  }

  /// The calendars that a cloud's policy in force at a moment counts on, with all others that are known.
  func calendar(named name: String, for cloud: Cloud, at moment: Instant) -> PreparedCalendar? {
    policy(for: cloud, at: moment).flatMap { calendars(of: $0).calendar(named: name) }
      ?? calendar(named: name)
  }

  /// The libraries in which a calendar can be: the files' own, then those of the publications in the order in which
  /// they became known.
  private func shelves(knownAt moment: Instant?) -> [PolicyLibrary] {
    if published.isEmpty { return [self] }
    let known = published.filter { version in moment.map { version.publication.recordedAt <= $0 } ?? true }
      .sorted { $0.publication.recordedAt < $1.publication.recordedAt }
    return [base] + known.map(\.calendars)
  }

  /// The first library that holds a version of a calendar.
  private func shelf(of label: String) -> PolicyLibrary? {
    shelves(knownAt: nil).first { library in
      library.read { (loader) throws(PolicyFileError) in try loader.calendar(labelled: label) } != nil
    }
  }

  /// One library of every file that is known, each in its newest version: what a new file is read against.
  func gathered() throws(PolicyFileError) -> PolicyLibrary {
    // Of a table or a zone the one that was published last takes the place of those before.
    var newest: [String: PublishForm.File] = [:]
    for version in published.sorted(by: { $0.publication.recordedAt < $1.publication.recordedAt }) {
      for file in version.publication.calendars { newest[try CalendarFileKind.stem(file)] = file }
    }
    let given = newest.sorted { $0.key < $1.key }.map(\.value)
    return given.isEmpty ? base : try base.overlaying(given)
  }
}
