public import SupportCases

/// The addresses that texts name, from the sources (WW-1, WW-8, DE-6).
enum TextAddress {
  static let supportPage = Cloud.supportPage
  static let healthPage = "https://go.microsoft.com/fwlink/p/?linkid=842900"
  static let privacyPage = "https://go.microsoft.com/fwlink/p/?LinkId=512132"
}

extension CustomerTexts {
  /// What a customer is told whose command a rule refused, in the language of the request; nil where the refusal
  /// is for the operator's staff only (ALL-2, WW-8, DE-5, CN-14 to CN-17, CK-10, ALL-1).
  ///
  /// - Parameter helpers: the organisation's administrators by name, where they are known.
  public static func guidance(for rejection: Rejection, helpers: [String] = []) -> CustomerText? {
    let texts = CustomerTexts(ReaderLanguage(reading: rejection.audience?.language))
    guard var text = texts.refusal(rejection) else { return nil }
    if !helpers.isEmpty {
      text += " " + texts("refusal.administrators", ["names": helpers.joined(separator: ", ")])
    }
    return CustomerText(language: texts.language, text: text)
  }

  /// Where people go who are no administrators (ALL-2, WW-8, CN-30, DE-5).
  public func notAdministrator(of cloud: Cloud) -> String {
    self("refusal.not-administrator-\(cloud.rawValue)", ["support_page": TextAddress.supportPage])
  }

  /// What the customer is told of a referral (CN-4); `guidance` is the policy's, in English. The worldwide cloud
  /// names no community: who was to look there is sent to the general support page (WW-8).
  public func referral(
    to target: ReferralTarget, in cloud: Cloud, guidance: String?
  ) -> CustomerText {
    let key = "referral.\(target.rawValue)"
    if cloud == .worldwide, guidance == nil, self["\(key)-worldwide"] != nil {
      return CustomerText(
        language: language, text: self("\(key)-worldwide", ["support_page": TextAddress.supportPage]))
    }
    guard let guidance else { return CustomerText(language: language, text: self(key)) }
    return rendering(of: guidance, under: key)
  }

  /// What the customer is told of a problem that is the administrator's own (CN-32).
  public func ownArea(_ category: CategoryRule) -> CustomerText {
    rendering(of: category.guidance, under: "own-area.\(category.category)")
  }

  /// What is shown before a request is opened: what becomes of the data (DE-6), and the health of the services
  /// (WW-1). Empty where the sources ask for neither.
  public func openingNotices(for cloud: Cloud) -> [String] {
    switch cloud {
    case .worldwide: [self("notice.service-health", ["health_page": TextAddress.healthPage])]
    case .vianet: []
    case .germany: [self("notice.privacy-germany", ["privacy_page": TextAddress.privacyPage])]
    }
  }

  private func refusal(_ rejection: Rejection) -> String? {
    switch rejection.code {
    case .notAdministrator: rejection.audience.map { notAdministrator(of: $0.cloud) }
    case .noSubscription:
      rejection.audience?.cloud == .worldwide
        ? self("refusal.no-subscription-worldwide", ["support_page": TextAddress.supportPage])
        : self("refusal.no-subscription")
    case .selfHelpFirst:
      self(
        "refusal.self-help-first",
        ["topics": rejection.selfHelp.map { $0.text(in: language) }.joined(separator: "; ")])
    case .wrongCloud: self("refusal.wrong-cloud")
    case .severityNotAllowed: rejection.reasons.map(reason).joined(separator: " ")
    case .reopeningWindowPassed: self("refusal.reopening-window-passed")
    case .administratorsOwn: self("refusal.administrators-own")
    // The rest is told to the operator's staff in their own words.
    default: nil
    }
  }

  private func reason(_ reason: CapReason) -> String {
    switch reason.code {
    case .requestType:
      self("refusal.severity-type-cap", ["severity": reason.cap.rawValue.uppercased()])
    case .noAdvancedAgreement: self("refusal.severity-no-advanced-agreement")
    case .noImpactStatement: self("refusal.severity-no-impact-statement")
    }
  }
}
