internal import EventStore
internal import Postgres
internal import SupportCases
internal import Synchronization

/// One appender a ledger, made when the ledger is first written to.
final class AppenderSet: Sendable {
  private let store: Store
  private let keys: KeySource
  private let policies: PolicyLibrary
  private let refusesWrongClocks: Bool
  private let appenders = Mutex<[LedgerID: Appender<CaseProcessor>]>([:])

  init(store: Store, keys: KeySource, policies: PolicyLibrary, refusesWrongClocks: Bool) {
    self.refusesWrongClocks = refusesWrongClocks
    self.store = store
    self.keys = keys
    self.policies = policies
  }

  func appender(for ledger: LedgerHead) -> Appender<CaseProcessor> {
    appenders.withLock { appenders in
      if let known = appenders[ledger.ledger] { return known }
      let (keys, policies, refusesWrongClocks) = (keys, policies, refusesWrongClocks)
      let made = Appender(store.application, ledger: ledger.ledger) {
        CaseProcessor(
          ledger: ledger, keys: try keys.file(), rules: RulebookCache(policies),
          refusesWrongClocks: refusesWrongClocks)
      }
      appenders[ledger.ledger] = made
      return made
    }
  }

  func stop() async {
    for appender in appenders.withLock({ $0.values.map { $0 } }) { await appender.stop() }
  }
}

/// Rulebooks by policy, prepared once. Belongs to one thread.
final class RulebookCache {
  private let shipped: PolicyLibrary
  /// The policies as far as this process knows them.
  private(set) var library: PolicyLibrary
  /// How many versions of the ledger's own stream are known.
  private(set) var published = 0
  private var books: [String: Rulebook] = [:]

  init(_ library: PolicyLibrary) {
    shipped = library.base
    self.library = shipped
  }

  /// Takes note of a version that the log has.
  func add(_ publication: Publication, cloud: Cloud) throws(PolicyFileError) {
    library = try library.adding(publication, cloud: cloud)
    published += 1
    books["\(cloud.rawValue)/\(publication.version)"] = nil
  }

  /// What was learned last may not be in the log: everything is read again.
  func forget() {
    guard published > 0 else { return }
    (library, published, books) = (shipped, 0, [:])
  }

  /// The newest version published for existing cases that a case is not judged by yet; nil if there is none.
  func successor(
    of view: CaseView, _ stream: Int64
  ) throws(Rejection) -> (publication: Publication, rulebook: Rulebook)? {
    guard published > 0 else { return nil }
    let version = view.policy.cut(at: "/").1.flatMap { Int($0) } ?? 0
    let next = library.publications.last {
      $0.policy.cloud == view.cloud && $0.publication.appliesToExisting && $0.publication.version > version
        && stream <= $0.publication.lastStream
    }
    guard let next else { return nil }
    // A verification that has begun ends by rules that have one (WW-6): the version waits for it.
    if let caller = view.caller, !caller.isVerified, next.policy.callerVerification == nil { return nil }
    return (next.publication, try rulebook(named: next.policy.name))
  }

  /// The rulebook of the policy in force in a cloud at a moment (SRC-1).
  func rulebook(for cloud: Cloud, at moment: Instant) throws(Rejection) -> Rulebook {
    guard let policy = library.policy(for: cloud, at: moment) else {
      throw Rejection(
        .noPolicy, "no policy of \(cloud.rawValue) was in force at \(moment.rfc3339)", rules: ["SRC-1"])
    }
    return book(policy)
  }

  /// The rulebook of a policy by name.
  func rulebook(named name: String) throws(Rejection) -> Rulebook {
    if let known = books[name] { return known }
    guard let policy = library.policy(named: name) else {
      throw Rejection(.noPolicy, "this program does not have the policy \(name) the case is judged by")
    }
    return book(policy)
  }

  private func book(_ policy: Policy) -> Rulebook {
    if let known = books[policy.name] { return known }
    let made = library.rulebook(for: policy)
    books[policy.name] = made
    return made
  }
}
