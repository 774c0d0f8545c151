/// Why a command was refused. The room's one error; nothing was changed.
public struct Rejection: Error, Hashable, Sendable {
  /// What kind of refusal.
  public enum Code: String, CaseIterable, Sendable {
    /// The case does not exist.
    case unknownCase = "unknown-case"
    /// The case exists already.
    case alreadyOpened = "already-opened"
    /// The organisation does not exist.
    case unknownOrganization = "unknown-organization"
    /// The organisation exists already.
    case alreadyRegistered = "already-registered"
    /// The case is in the wrong state.
    case wrongState = "wrong-state"
    /// The person was no administrator then (ALL-2, CN-30).
    case notAdministrator = "not-administrator"
    /// The organisation had no subscription then (CN-1, ALL-2).
    case noSubscription = "no-subscription"
    /// The severity is higher than the customer is entitled to (CN-17).
    case severityNotAllowed = "severity-not-allowed"
    /// The policy assigns no severity.
    case noSeverity = "no-severity"
    /// The severity is not higher, or not lower, than now.
    case notAChange = "not-a-change"
    /// The case was classified already (CN-10).
    case alreadyClassified = "already-classified"
    /// A reason is missing (CN-26).
    case reasonMissing = "reason-missing"
    /// The evidence shows nothing of the kind (CN-25, CN-26).
    case evidenceInsufficient = "evidence-insufficient"
    /// The time is not possible here (CK-14).
    case timeNotAllowed = "time-not-allowed"
    /// The time to reopen has passed (CK-10).
    case reopeningWindowPassed = "reopening-window-passed"
    /// The problem is the administrator's own until it is handed over (CN-34).
    case administratorsOwn = "administrators-own"
    /// A value is missing or unusable.
    case invalidInput = "invalid-input"
    /// Only people decide; the program's own timer does not.
    case timerDecidesNothing = "timer-decides-nothing"
    /// No policy was in force then.
    case noPolicy = "no-policy"
    /// The organisation's domain belongs to another cloud (ALL-1).
    case wrongCloud = "wrong-cloud"
    /// The caller has not given the code back (WW-6).
    case callerNotVerified = "caller-not-verified"
    /// The caller was verified before; a code is good once (WW-6).
    case callerVerifiedAlready = "caller-verified-already"
    /// No code was sent (WW-6).
    case codeMissing = "code-missing"
    /// The code is no longer good (WW-6).
    case codeExpired = "code-expired"
    /// Too many wrong answers were given (WW-6).
    case codeExhausted = "code-exhausted"
    /// The answer is not the code (WW-6).
    case codeWrong = "code-wrong"
    /// A newer code took its place (WW-6).
    case codeSuperseded = "code-superseded"
    /// As many codes were sent for the case as the policy allows (WW-6).
    case codesExhausted = "codes-exhausted"
    /// No address is registered that a code may go to (WW-6).
    case noRegisteredAddress = "no-registered-address"
    /// Self-help comes first (ALL-6).
    case selfHelpFirst = "self-help-first"
    /// The person is no user of the organisation (DE-1).
    case notUser = "not-a-user"
    /// There is no such incident in the cloud (WW-1).
    case unknownIncident = "unknown-incident"
    /// The incident is over (WW-1).
    case incidentResolved = "incident-resolved"
    /// There is no such event in the case.
    case unknownEvent = "unknown-event"
    /// The event named is no proposal and no objection (CK-11).
    case unknownProposal = "unknown-proposal"
    /// The proposal or objection was decided or withdrawn before (CK-11).
    case notPending = "not-pending"
    /// There is no lowering to object to (CK-11).
    case noLowering = "no-lowering"
    /// No survey was offered that is not answered yet (CN-35).
    case noSurvey = "no-survey"
    /// The link would lead back to the case itself.
    case linkNotAllowed = "link-not-allowed"
    /// The event cannot be retracted (CK-18).
    case notRetractable = "not-retractable"
    /// A version of a policy contradicts what is known (CK-12).
    case policyRefused = "policy-refused"
    /// The version was published already (CK-12).
    case alreadyPublished = "already-published"
  }

  /// The kind.
  public var code: Code
  /// One line: what is wrong, which value, what would be accepted.
  public var message: String
  /// The rules that refuse.
  public var rules: [Rule]
  /// Every reason for a cap, for `severityNotAllowed` (CN-17).
  public var reasons: [CapReason]
  /// The organisation's administrators at that moment, for `notAdministrator` (ALL-2).
  public var administrators: [PersonID]

  /// The self-help to try first, for `selfHelpFirst` (ALL-6).
  public var selfHelp: [SelfHelp.Topic] = []

  /// Whom the customer's text of it is for; nil where no case or organisation is known.
  public var audience: Audience?

  /// The customer that a refusal is told to.
  public struct Audience: Hashable, Sendable {
    /// The customer's cloud.
    public var cloud: Cloud
    /// The language to answer in, as stated; nil: none was.
    public var language: String?

    /// An audience.
    public init(cloud: Cloud, language: String?) {
      self.cloud = cloud
      self.language = language
    }
  }

  /// A refusal.
  public init(
    _ code: Code, _ message: String, rules: [Rule] = [], reasons: [CapReason] = [],
    administrators: [PersonID] = []
  ) {
    self.code = code
    self.message = message
    self.rules = rules
    self.reasons = reasons
    self.administrators = administrators
  }
}
