internal import EventStore
internal import Postgres

/// One thing that was looked at.
public struct HealthCheck: Sendable {
  /// What was looked at.
  public var name: String
  /// True if it is as it should be.
  public var isGood: Bool
  /// What was found; empty where `error` says it.
  public var detail: String
  /// Why it could not be looked at.
  public var error: ServiceError?

  /// A check with its result.
  public init(name: String, isGood: Bool, detail: String, error: ServiceError? = nil) {
    self.name = name
    self.isGood = isGood
    self.detail = detail
    self.error = error
  }

  /// The check as JSON.
  public var json: JSON {
    .object([
      .init("check", .string(name)), .init("ok", .bool(isGood)), .init("detail", .string(detail)),
    ])
  }
}

extension CaseService {
  /// Looks at everything this service rests on. What cannot be looked at is a check that failed.
  public func doctor(progress: (@Sendable (Progress) -> Void)? = nil) async -> [HealthCheck] {
    var checks = [await checkServer()]
    guard checks[0].isGood else { return checks }
    checks.append(await checkRole())
    checks.append(await checkSchema())
    checks.append(await checkClocks())
    guard checks.allSatisfy(\.isGood) else { return checks }
    checks.append(await checkKeyFile())
    checks += await checkChains(progress)
    checks.append(await checkViews(progress))
    checks.append(await checkTimers())
    _ = try? await currentPolicies()
    checks.append(checkPolicies())
    return checks
  }

  private func checkServer() async -> HealthCheck {
    await check("postgresql", as: store.administrator) { connection in
      let version = connection.serverVersion
      let text =
        "version \(version / 10_000).\(version % 10_000), database \(self.store.administrator.databaseName)"
      let isNewEnough = version >= Store.leastServer
      return (isNewEnough, isNewEnough ? text : text + "; \(Store.leastServer / 10_000) or newer is needed")
    }
  }

  /// What commands run as can append, and can change nothing that stands.
  private func checkRole() async -> HealthCheck {
    await check("role", as: store.application) { connection in
      let rows = try connection.query(
        """
        SELECT current_user::text,
          coalesce(has_table_privilege(to_regclass('dossier.events'), 'SELECT'), false),
          coalesce(has_table_privilege(to_regclass('dossier.events'), 'UPDATE,DELETE,TRUNCATE'), false),
          current_setting('transaction_read_only') = 'on'
        """)
      let name = try rows.text(0, 0)
      guard try rows.bool(0, 1) else { return (false, "\(name) may not read the log") }
      guard try !rows.bool(0, 2) else { return (false, "\(name) may change or remove events") }
      guard try !rows.bool(0, 3) else { return (false, "the database is read-only") }
      return (true, "\(name) may append and change nothing that stands")
    }
  }

  private func checkSchema() async -> HealthCheck {
    await check("schema", as: store.application) { connection in
      try Store.check(connection)
      if let problem = try Store.migrator.problem(connection) {
        return (false, "the mark says version \(Store.migrator.knownVersion), but \(problem)")
      }
      return (true, "version \(Store.migrator.knownVersion), as this program knows it")
    }
  }

  private func checkKeyFile() async -> HealthCheck {
    await check("key file", as: store.application) { connection in
      try Store.check(try self.keys.file(), connection)
      return (true, "it is this database's")
    }
  }

  private func checkChains(_ progress: (@Sendable (Progress) -> Void)?) async -> [HealthCheck] {
    let heads: [LedgerHead]
    do { heads = try await ledgers() } catch { return [failed("chain", error)] }
    var checks: [HealthCheck] = []
    for head in heads {
      checks.append(
        await check("chain of \(head.name)", as: store.application) { connection in
          let count = try ChainVerifier.verify(head.ledger, connection) { done, total in
            progress?(Progress(phase: "verifying \(head.name)", done: done, total: total, unit: "events"))
          }
          return (true, "\(count) events, no gap, every hash fits")
        })
    }
    return checks
  }

  private func checkViews(_ progress: (@Sendable (Progress) -> Void)?) async -> HealthCheck {
    let reports: [VerifyReport]
    do { reports = try await verifyViews(progress: progress) } catch { return failed("views", error) }
    let bad = Set(reports.flatMap(\.differences)).sorted()
    let rows = reports.reduce(0) { $0 + $1.rows }
    return await check("views", as: store.application) { connection in
      let old = try connection.query(
        "SELECT EXISTS (SELECT FROM dossier.view_builds WHERE fold_version <> $1)",
        [.int32(Int32(ViewFold.version))])
      let advice =
        try old.bool(0, 0)
        ? "; another version of this program made them, 'dossier views rebuild' makes them anew" : ""
      let found =
        bad.isEmpty
        ? "\(rows) rows, as the log gives them"
        : "\(bad.count) cases differ from the log: \(bad.prefix(10).joined(separator: ", ")); see views verify"
      return (bad.isEmpty, found + advice)
    }
  }

  /// Every clock that runs is in the timers' queue, no later than it is due.
  private func checkTimers() async -> HealthCheck {
    await check("timers", as: store.application) { connection in
      let rows = try connection.query(CaseSQL.timersHealth)
      let (waiting, missed) = (try rows.int64(0, 0), try rows.int64(0, 1))
      guard missed == 0 else { return (false, "\(missed) cases with a running clock are not in the queue") }
      let cases = waiting == 1 ? "1 case waits" : "\(waiting) cases wait"
      return (true, waiting == 0 ? "nothing waits for 'timers run'" : "\(cases) for 'timers run'")
    }
  }

  private func checkPolicies() -> HealthCheck {
    let names = policies.policies.map(\.name).joined(separator: ", ")
    return HealthCheck(name: "policies", isGood: !names.isEmpty, detail: names)
  }

  func check(
    _ name: String, as settings: ConnectionSettings,
    _ body: @escaping @Sendable (Connection) throws -> (Bool, String)
  ) async -> HealthCheck {
    let pool = ConnectionPool(settings, size: 1)
    let result: HealthCheck
    do {
      let (isGood, detail) = try await pool.withConnection(body)
      result = HealthCheck(name: name, isGood: isGood, detail: detail)
    } catch {
      result = failed(name, error)
    }
    await pool.shutdown()
    return result
  }

  private func failed(_ name: String, _ error: any Error) -> HealthCheck {
    HealthCheck(name: name, isGood: false, detail: "", error: ServiceError(error))
  }
}
