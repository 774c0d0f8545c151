internal import EventStore
internal import Postgres
internal import SupportCases
internal import Synchronization

/// One appender a ledger, made when the ledger is first written to.
final class AppenderSet: Sendable {
  private let store: Store
  private let keys: KeySource
  private let policies: PolicyLibrary
  private let appenders = Mutex<[LedgerID: Appender<CaseProcessor>]>([:])

  init(store: Store, keys: KeySource, policies: PolicyLibrary) {
    self.store = store
    self.keys = keys
    self.policies = policies
  }

  func appender(for ledger: LedgerHead) -> Appender<CaseProcessor> {
    appenders.withLock { appenders in
      if let known = appenders[ledger.ledger] { return known }
      let (keys, policies) = (keys, policies)
      let made = Appender(store.application, ledger: ledger.ledger) {
        CaseProcessor(ledger: ledger, keys: try keys.file(), rules: RulebookCache(policies))
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
  private let library: PolicyLibrary
  private var books: [String: Rulebook] = [:]

  init(_ library: PolicyLibrary) {
    self.library = library
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
