internal import EventStore
internal import Postgres
internal import SupportCases

extension CaseService {
  /// What is known of a case whose caller is to be verified.
  private struct Call: Sendable {
    var view: CaseView
    var digits: Int
    var email: String?
    var phone: String?
  }

  /// Makes a code for the administrator a caller claims to be, records its hash and has it delivered (WW-6).
  ///
  /// The code is recorded before it is sent: what arrives can always be given back. It is never returned, kept or
  /// written anywhere. A repeat of the command sends nothing.
  ///
  /// - Parameters:
  ///   - request: its body is the case with `issueCallerCode`, whose salt and hash are filled in here.
  /// - Throws: `ServiceError.delivery` if the hook failed: the code then counts as sent.
  public func sendCallerCode(
    _ request: CommandRequest, hook: DeliveryHook
  ) async throws(ServiceError) -> CommandAnswer {
    guard case .change(let address, .issueCallerCode(let channel, _, _), _) = request.body else {
      throw .fault("a code is sent for a case")
    }
    let call = try await call(address)
    let code = CallerSecret.code(digits: call.digits)
    let salt = CallerSecret.salt()
    let hash = try await secret(address) { (secret) throws(ServiceError) in
      try secret.hash(of: code, salt: salt)
    }
    var filled = request
    filled.body = .change(address, .issueCallerCode(channel: channel, salt: salt, hash: hash), evidence: nil)
    // Checked before anything is recorded; who was erased has no address any more.
    let registered = channel == .phone ? call.phone : call.email
    guard registered != nil || channel == .phone else {
      throw .rejected(
        Rejection(
          .noRegisteredAddress, "the administrator's address is erased; no code can be sent", rules: ["WW-6"]),
        helpers: [])
    }
    let answer = try await submit(filled)
    guard !answer.isRepeated, !answer.isDryRun, let registered else { return answer }
    let texts = CustomerTexts(ReaderLanguage(reading: call.view.language))
    let expires = try await self.call(address).view.caller?.current?.code.expiresAt
    try await hook.deliver(
      DeliveryHook.Letter(
        channel: channel.rawValue, address: registered, code: code, expiresAt: expires?.rfc3339 ?? "",
        text: "\(texts("notice.caller-code")) \(code)"))
    return answer
  }

  /// Checks the code a caller gives back (WW-6). A wrong one is an accepted command with `failure` set: that it was
  /// tried stands in the log whatever happens next.
  ///
  /// - Parameters:
  ///   - request: its body is the case with `confirmCaller`, whose proofs are filled in here.
  ///   - answer: what the caller said.
  public func confirmCaller(
    _ request: CommandRequest, answer: String
  ) async throws(ServiceError) -> CommandAnswer {
    guard case .change(let address, .confirmCaller, _) = request.body else {
      throw .fault("a code is checked for a case")
    }
    guard !request.isDryRun else {
      throw .invalid("a code is not checked for a dry run: it would not count as a try")
    }
    let call = try await call(address)
    guard let code = CallerSecret.digits(of: answer), code.count == call.digits else {
      throw .invalid("that is no code; a code has \(call.digits) digits")
    }
    // The newest, and two before it so that who reads an old message is told so.
    let salts = call.view.caller?.codes.suffix(3).map(\.code.salt) ?? []
    let (proofs, mark) = try await secret(address) { (secret) throws(ServiceError) in
      var proofs: [CallerCodeProof] = []
      for salt in salts {
        proofs.append(CallerCodeProof(salt: salt, hash: try secret.hash(of: code, salt: salt)))
      }
      return (proofs, secret.mark(of: code))
    }
    var filled = request
    filled.body = .change(address, .confirmCaller(proofs: proofs, stated: mark), evidence: nil)
    return try await submit(filled)
  }

  private func call(_ address: CaseAddress) async throws(ServiceError) -> Call {
    let (keys, policies) = (keys, try await currentPolicies())
    return try await history(of: address, at: .now) { history, _, connection in
      let view = history.state.view
      // The code was made by the rules of then; a version published since changes none that was sent.
      let issued = history.events.last { event in
        if case .callerCodeIssued = event.event { true } else { false }
      }
      let rules = policies.policy(named: issued?.policy ?? view.policy)?.callerVerification
      var call = Call(view: view, digits: rules?.digits.value ?? 6)
      guard
        let owner = try EventReader.find(
          name: view.organization, scope: NameScope.organization, connection)
      else { return call }
      var organization = OrganizationState()
      for recorded in try EventReader.stream(owner.stream, ledger: owner.ledger, connection) {
        organization.evolve(
          try EventCodec().organizationEvent(recorded),
          at: Instant(microseconds: recorded.event.occurredAt))
      }
      let names = try PersonNames(
        organization: owner.stream, ledger: owner.ledger,
        KeyRing(keys.file(for: connection), ledger: owner.ledger), connection)
      call.email = names[view.person]
      call.phone = organization.phone(of: view.person, at: try Self.now(connection)).flatMap { names[$0] }
      return call
    }
  }

  /// Works with the key file away from the ledger: hashing takes its time, and nobody shall wait for it there.
  private func secret<R: Sendable>(
    _ address: CaseAddress, _ body: @escaping @Sendable (CallerSecret) throws(ServiceError) -> R
  ) async throws(ServiceError) -> R {
    let keys = keys
    return try await read { connection in
      try body(CallerSecret(KeyRing(try keys.file(for: connection), ledger: LedgerID(rawValue: 0))))
    }
  }
}
