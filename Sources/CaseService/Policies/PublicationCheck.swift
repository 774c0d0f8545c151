internal import SupportCases

extension PolicyLibrary {
  /// The version that a form publishes, read and held against everything known: nothing is published by halves.
  ///
  /// - Parameters:
  ///   - now: when it is learned of.
  ///   - lastStream: the number of the ledger's last stream.
  /// - Throws: `PolicyFileError` for what is wrong in a file, `Rejection` for what contradicts a known version.
  func preparing(_ form: PublishForm, now: Instant, lastStream: Int64) throws -> PublishedPolicy {
    let root = try DataNode(file: form.policy.name, text: form.policy.text)
    let policy = try PolicyReader.policy(root)
    let validFrom = try Self.validFrom(policy, form)
    let known = versions(of: policy.cloud)
    try checkNumber(policy, known)
    try Self.checkValidity(policy, validFrom, known)
    guard !form.appliesToExisting || validFrom <= now else {
      throw Rejection(
        .policyRefused,
        "\(policy.name) holds from \(validFrom.rfc3339) on, so it cannot judge open cases yet; publish it with "
          + "--apply new, or with --apply existing once it holds", rules: ["CK-12"])
    }
    var publication = Publication(
      version: policy.version, validFrom: validFrom, appliesToExisting: form.appliesToExisting,
      lastStream: lastStream, policy: form.policy, calendars: form.calendars)
    publication.calendars += try nextVersions(of: policy, publication)
    let read = try read(publication, cloud: policy.cloud)
    try checkLabels(read)
    try Self.checkTargets(of: policy, root)
    return read
  }

  /// A request is referred to one of those that `refer --to` knows. Asked of a new version only: one that was
  /// published before means what it says.
  private static func checkTargets(of policy: Policy, _ root: DataNode) throws(PolicyFileError) {
    let entries = try root.node(at: "categories")?.entries() ?? []
    for category in policy.categories {
      guard let target = category.referTo, ReferralTarget(rawValue: target) == nil else { continue }
      let place = entries.first { $0.key == category.category }?.value.node(at: "refer_to")
      throw (place ?? root).refusal(
        "\(target.shown) is nobody to refer to",
        accepted: ReferralTarget.allCases.map(\.rawValue).joined(separator: ", "))
    }
  }

  private static func validFrom(_ policy: Policy, _ form: PublishForm) throws(PolicyFileError) -> Instant {
    guard let stated = policy.validFrom else {
      if let given = form.validFrom { return given }
      throw PolicyFileError(
        file: form.policy.name, place: "valid_from", "the file does not say from when it holds",
        accepted: "valid_from: a time as in 2027-01-01T00:00:00Z, or --valid-from TIME")
    }
    if let given = form.validFrom, given != stated {
      throw PolicyFileError(
        file: form.policy.name, place: "valid_from",
        "it says \(stated.rfc3339), --valid-from \(given.rfc3339)",
        accepted: "one of them, or both the same")
    }
    return stated
  }

  private func checkNumber(_ policy: Policy, _ known: [Policy]) throws(Rejection) {
    let next = (known.last?.version ?? 0) + 1
    guard policy.version != next else { return }
    if let publication = publication(of: policy.name) {
      throw Rejection(
        .alreadyPublished,
        "\(policy.name) was published at \(publication.recordedAt.rfc3339) already; the next version is \(next)",
        rules: ["CK-12"])
    }
    let problem =
      policy.version < next
      ? "\(policy.name) is a version that the program ships" : "\(policy.name) is out of order"
    throw Rejection(.policyRefused, "\(problem); the next version is \(next)", rules: ["CK-12"])
  }

  private static func checkValidity(
    _ policy: Policy, _ validFrom: Instant, _ known: [Policy]
  ) throws(Rejection) {
    guard let last = known.last else { return }
    if let end = last.validUntil, validFrom < end {
      throw Rejection(
        .policyRefused,
        "\(policy.name) would hold from \(validFrom.rfc3339), while \(last.name) holds until \(end.rfc3339); "
          + "give a time from then on", rules: ["CK-12"])
    }
    if let begin = last.validFrom, validFrom <= begin {
      throw Rejection(
        .policyRefused,
        "\(policy.name) would hold from \(validFrom.rfc3339), not later than \(last.name), which holds "
          + "from \(begin.rfc3339); give a later time", rules: ["CK-12"])
    }
    if let end = policy.validUntil, end <= validFrom {
      throw Rejection(
        .policyRefused,
        "\(policy.name) would end at \(end.rfc3339), before it begins at \(validFrom.rfc3339)",
        rules: ["CK-12"])
    }
  }

  /// New public holidays change every calendar that uses them: each gets its next version, the rest of its text
  /// the same (CK-13).
  private func nextVersions(
    of policy: Policy, _ publication: Publication
  ) throws -> [PublishForm.File] {
    let read = try read(publication, cloud: policy.cloud)
    var added: [PublishForm.File] = []
    for name in Set(PolicyLoader.calendarNames(of: policy).map(\.name)).sorted() {
      guard let fresh = read.calendars.calendar(named: name)?.calendar,
        let known = calendar(labelled: fresh.label)?.calendar, fresh != known,
        fresh.weekly == known.weekly, fresh.zone == known.zone,
        let text = read.calendars.text(ofCalendar: fresh.label)
      else { continue }
      let next = text.raisingVersion(from: fresh.version)
      added.append(PublishForm.File(name: "\(name).\(fresh.version + 1).yaml", text: next))
    }
    // A calendar that was handed in under a known version with another content is the publisher's to number.
    let given = Set(
      try publication.calendars.map { file throws(PolicyFileError) in try CalendarFileKind.stem(file) })
    return added.filter { file in
      let number = file.name.dropLast(5).split(separator: ".").last.flatMap { Int($0) } ?? 0
      let name = file.name.split(separator: ".").first.map(String.init) ?? ""
      return !given.contains("\(name).\(number - 1)")
    }
  }

  /// What is known of public holidays is not forgotten by publishing an older table (CK-13).
  private func checkHolidays(_ root: DataNode, of cloud: Cloud) throws(PolicyFileError) {
    guard let place = root.node(at: "published_through"), root.node(at: "holidays") != nil else { return }
    let given = try HolidayTable(root)
    let stem = "holidays-" + given.code.lowercased()
    let known = try newestCalendars(of: cloud).withLoader { (loader) throws(PolicyFileError) in
      try loader.calendarTexts.contains { $0.name == stem } ? loader.table(ofFile: stem) : nil
    }
    guard let through = given.publishedThrough, let known = known?.publishedThrough, through < known else {
      return
    }
    throw place.refusal(
      "the holidays of \(given.code) are known through \(known) already", accepted: "\(known) or later")
  }

  /// The same label always means the same hours: due dates name it (CK-12). A version that a newer one hides would
  /// be handed in for nothing.
  private func checkLabels(_ read: PublishedPolicy) throws(PolicyFileError) {
    for file in read.publication.calendars {
      let root = try DataNode(file: file.name, text: file.text)
      try checkHolidays(root, of: read.policy.cloud)
      guard let place = root.node(at: "version"), root.node(at: "calendar") != nil else { continue }
      let source = try CalendarFile(root)
      let label = "\(source.name)/\(source.version)"
      let newest = newestCalendars(of: read.policy.cloud).calendar(named: source.name)?.calendar
      if let newest, newest.version > source.version {
        throw place.refusal(
          "\(newest.label) is known already, so nothing would count on \(label)",
          accepted: "\(newest.version + 1) or more")
      }
      guard let fresh = read.calendars.calendar(labelled: label)?.calendar,
        let known = calendar(labelled: label)?.calendar, fresh != known
      else { continue }
      throw place.refusal("\(label) is known with other hours", accepted: "\(fresh.version + 1)")
    }
    for (place, name) in PolicyLoader.calendarNames(of: read.policy) {
      guard let fresh = read.calendars.calendar(named: name)?.calendar,
        let known = calendar(labelled: fresh.label)?.calendar, fresh != known
      else { continue }
      throw PolicyFileError(
        file: read.publication.policy.name, place: place, "\(fresh.label) is known with other hours",
        accepted: "the calendar with --calendar and version: \(fresh.version + 1)")
    }
  }
}

extension String {
  /// The text of a calendar file with the next version in it.
  fileprivate func raisingVersion(from version: Int) -> String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let index = lines.firstIndex(where: { $0.hasPrefix("version:") }) {
      lines[index] = "version: \(version + 1)"
    }
    return lines.joined(separator: "\n")
  }
}

extension PublishedPolicy {
  /// What its publisher should look at: a reading that stayed as it was while the hours that it reads otherwise
  /// changed (CK-16), and a verification of callers that the version before has and this one has not (WW-6).
  func warnings(after known: PolicyLibrary) -> [String] {
    readingWarnings(after: known) + verificationWarnings(after: known)
  }

  private func verificationWarnings(after known: PolicyLibrary) -> [String] {
    guard let last = known.versions(of: policy.cloud).last(where: { $0.version < policy.version }),
      let verification = last.callerVerification
    else { return [] }
    guard let own = policy.callerVerification else {
      return [
        "\(last.name) has callers from unregistered numbers verified, \(policy.name) has no caller_verification; "
          + "give it too if that is not meant"
      ]
    }
    guard let codes = verification.codes, own.codes == nil else { return [] }
    return [
      "\(last.name) sends at most \(codes.value) codes for one case, \(policy.name) has no "
        + "caller_verification.codes and sends any number; give it too if that is not meant"
    ]
  }

  private func readingWarnings(after known: PolicyLibrary) -> [String] {
    let before = known.newestCalendars(of: policy.cloud)
    func changed(_ name: String) -> (old: ServiceCalendar, new: ServiceCalendar)? {
      guard let old = before.calendar(named: name)?.calendar,
        let new = calendars.calendar(named: name)?.calendar, old != new
      else { return nil }
      return (old, new)
    }
    return policy.readings.compactMap { reading in
      guard let own = changed(reading.of), changed(reading.calendar) == nil,
        let other = calendars.calendar(named: reading.calendar)?.calendar
      else { return nil }
      return "\(own.old.label) becomes \(own.new.label), but the reading \(reading.name) still counts on "
        + "\(other.label) (\(other.summary)); give its next version too if that is not meant"
    }
  }
}
