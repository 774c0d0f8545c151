// Callers from a number that is not registered (WW-6, CK-3).
extension CaseDecider {
  /// Until the caller is verified nothing is shown to or changed for them.
  func requireVerifiedCaller(for command: CaseCommand) throws(Rejection) {
    guard let check = state.view.caller, !check.isVerified, !command.mayPrecedeVerification else { return }
    throw Rejection(
      .callerNotVerified,
      "\(command.name) has to wait: the caller of \(state.view.reference) is not verified; only verify-caller, "
        + "an internal note and cancel are possible before",
      rules: ["WW-6"])
  }

  mutating func issueCode(_ channel: ContactChannel, salt: String, hash: String) throws(Rejection) {
    let (check, rules) = try requireOpenCheck("send")
    guard channel == .email || channel == .phone else {
      throw Rejection(
        .invalidInput, "a code goes by email or phone, not by \(channel.rawValue)", rules: ["WW-6"])
    }
    guard channel == .email || context.organization.phone(of: state.view.person, at: at) != nil else {
      throw Rejection(
        .noRegisteredAddress,
        "no telephone number is registered for the administrator; send the code by email", rules: ["WW-6"])
    }
    if let most = rules.codes?.value, check.codes.count >= most {
      throw Rejection(
        .codesExhausted,
        "\(check.codes.count) codes were sent for \(state.view.reference), and policy \(policy.name) allows "
          + "\(most); cancel the case: the administrator can open one online or call from a registered number",
        rules: ["WW-6"])
    }
    emit(
      .callerCodeIssued(
        CallerCode(
          channel: channel, salt: salt, hash: hash,
          expiresAt: at.adding(seconds: Int64(rules.minutes.value) * 60), tries: rules.tries.value)))
  }

  mutating func confirmCaller(_ proofs: [CallerCodeProof]) throws(Rejection) {
    let check = try requireOpenCheck("confirm").check
    guard let (code, triesLeft) = check.current else {
      throw Rejection(
        .codeMissing, "no code was sent yet for \(state.view.reference); send one first", rules: ["WW-6"])
    }
    guard triesLeft > 0 else {
      throw Rejection(
        .codeExhausted, "\(code.tries) wrong answers were given to this code; send a new one",
        rules: ["WW-6"])
    }
    guard at <= code.expiresAt else {
      throw Rejection(
        .codeExpired, "the code was good until \(code.expiresAt.rfc3339); send a new one", rules: ["WW-6"])
    }
    guard proofs.contains(where: { $0.salt == code.salt }) else {
      throw Rejection(
        .codeSuperseded, "a newer code was sent a moment ago; ask for that one", rules: ["WW-6"])
    }
    if code.matches(proofs) {
      emit(.callerVerified(clocks: verificationChanges()))
      return
    }
    let isEarlier = check.codes.dropLast().contains { $0.code.matches(proofs) }
    emit(.callerCodeFailed(reason: isEarlier ? .superseded : .wrong, triesLeft: triesLeft - 1))
  }

  /// The verification under way, with the policy's numbers.
  private func requireOpenCheck(
    _ action: String
  ) throws(Rejection) -> (check: CallerCheck, rules: CallerVerification) {
    guard let check = state.view.caller, let rules = policy.callerVerification else {
      throw Rejection(
        .notAChange, "\(state.view.reference) has no caller to verify; its person is known", rules: ["WW-6"])
    }
    if let moment = check.verifiedAt {
      throw Rejection(
        .callerVerifiedAlready,
        "the caller of \(state.view.reference) was verified at \(moment.rfc3339); a code is good once",
        rules: ["WW-6"])
    }
    // How long a code is good is measured by the program's own clock, never by a stated time.
    guard at == context.now else {
      throw Rejection(
        .timeNotAllowed, "verify-caller \(action) happens when it is given; leave --at out",
        rules: ["WW-6", "CK-3"])
    }
    guard context.organization.isAdministrator(state.view.person, at: at) else {
      throw Rejection(
        .notAdministrator, "the person the case names is no administrator any more; cancel the case",
        rules: ["WW-6", "ALL-2"])
    }
    return (check, rules)
  }
}

extension CaseCommand {
  /// What may be done before the caller is verified: nothing that tells or changes anything for them (WW-6).
  var mayPrecedeVerification: Bool {
    switch self {
    case .issueCallerCode, .confirmCaller, .cancel, .noteIncidentResolved: true
    case .respond(let kind, _, _, _): kind == .internal
    case .open, .classify, .assign, .requestInformation, .provide, .escalate, .downgrade, .resolve, .reopen,
      .close, .refer, .handOver, .contactDetails, .unassign, .accept, .decline, .object, .offerSurvey,
      .answerSurvey, .link:
      false
    }
  }
}
