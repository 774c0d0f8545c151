internal import EventStore
internal import Postgres
internal import SupportCases

// Telephone numbers, and who calls (WW-6).
extension CaseProcessor {
  /// Nothing is changed for a caller nobody knows: no other case is linked to theirs (WW-6).
  func checkCaller(of other: CaseView) throws(Rejection) {
    guard let check = other.caller, !check.isVerified else { return }
    throw Rejection(
      .callerNotVerified,
      "the caller of \(other.reference) is not verified, so no case is linked to it; verify-caller comes first",
      rules: ["WW-6"])
  }

  /// What a call's number tells: whether it is registered with the organisation, and whose it is.
  func call(
    _ form: OpenForm, _ organization: OrganizationState, at moment: Instant, _ transaction: LedgerTransaction
  ) throws -> (isRegistered: Bool, person: PersonID?) {
    guard let written = form.callerNumber else { return (false, nil) }
    let number = try PhoneNumber(written, country: organization.country, Places.numbering)
    // As written too: a number may have been registered before there was one form for all.
    let found = try persons([number.line, written], creating: false, transaction).values.map { PersonID($0) }
    let registered = found.lazy.compactMap { organization.registration(of: $0, at: moment) }.first
    guard let registered else { return (false, nil) }
    guard form.administrator.isEmpty else { return (true, nil) }
    let people = organization.administrators(at: moment)
    let only = people.count == 1 ? people.first : nil
    return (true, registered.holder ?? only)
  }

  /// A call that does not tell who the administrator is.
  func namelessCaller() throws(Rejection) -> PersonID {
    throw Rejection(
      .invalidInput, "the number does not tell which administrator calls; name them with --admin EMAIL",
      rules: ["WW-6", "ALL-2"])
  }

  /// Refuses a number that is none (WW-2). It is kept as it was written.
  func checkNumber(_ written: String, _ organization: OrganizationState) throws(Rejection) {
    _ = try PhoneNumber(written, country: organization.country, Places.numbering)
  }
}
