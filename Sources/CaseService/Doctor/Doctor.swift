internal import EventStore
internal import Postgres

extension CaseService {
  /// Looks at everything this service rests on. What cannot be looked at is a check that failed.
  ///
  /// - Parameter isQuick: true to leave out what reads the whole log: its chains, what is compared with it, the views.
  public func doctor(
    isQuick: Bool = false, progress: (@Sendable (Progress) -> Void)? = nil
  ) async -> [HealthCheck] {
    var checks = [await checkServer()]
    guard checks[0].isGood else { return checks }
    checks.append(await checkRole())
    checks.append(await checkSchema())
    guard checks[2].isGood else { return checks }
    checks.append(await checkClocks())
    checks += await checkGuards()
    checks.append(await checkClocks())
    checks.append(await checkKeyFile())
    checks += await checkLedgers(isQuick, progress)
    if isQuick {
      checks.append(.skipped("log", "chains, and what is compared with the log: leave --quick out"))
    } else {
      checks.append(await checkViews(progress))
    }
    _ = try? await currentPolicies()
    checks += await checkTimers(isQuick, progress)
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
          current_setting('transaction_read_only') = 'on',
          (SELECT string_agg(quote_ident(pg_get_userbyid(member)), ', ' ORDER BY pg_get_userbyid(member))
            FROM pg_auth_members WHERE roleid = to_regrole('dossier_owner'))
        """)
      let name = try rows.text(0, 0)
      guard try rows.bool(0, 1) else { return (false, "\(name) may not read the log") }
      guard try !rows.bool(0, 2) else { return (false, "\(name) may change or remove events") }
      guard try !rows.bool(0, 3) else { return (false, "the database is read-only") }
      let owners = try rows.optionalText(0, 4).map { "; may act as dossier_owner: \($0)" } ?? ""
      return (true, "\(name) may append and change nothing that stands\(owners)")
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

  /// Everything in the database is as this version makes it. Who may not migrate can compare less of it.
  private func checkGuards() async -> [HealthCheck] {
    let name = "guards"
    do {
      let (differences, reason) = try await ask(as: store.administrator) { try SchemaComparison.look($0) }
      var findings = Findings(limit: 40)
      for difference in differences { findings.add(difference.advice) }
      let bad = findings.checks(name)
      if let reason { return [.skipped(name, reason)] + bad }
      guard bad.isEmpty else { return bad }
      return [
        HealthCheck(
          name: name, isGood: true,
          detail: "tables, functions, triggers, rights and settings are as this version makes them")
      ]
    } catch {
      return [failed(name, error)]
    }
  }

  private func checkKeyFile() async -> HealthCheck {
    await check("key file", as: store.application) { connection in
      let file = try self.keys.file()
      let rows = try connection.query(CaseSQL.auditKeyFile)
      guard try rows.isNull(0, 0), try rows.bool(0, 1) else {
        try Store.check(file, connection)
        return (true, "it is this database's")
      }
      return (false, "the database does not know its key file any more; 'dossier migrate --repair' tells it")
    }
  }

  /// Each ledger's chain, and what stands beside it.
  private func checkLedgers(
    _ isQuick: Bool, _ progress: (@Sendable (Progress) -> Void)?
  ) async -> [HealthCheck] {
    var checks: [HealthCheck] = []
    do {
      var strange = Findings()
      for line in try await ask(as: store.application, Self.strangeLedgers) { strange.add(line) }
      checks = strange.checks("ledgers")
      for ledger in try await ledgers() {
        checks += isQuick ? await checkHead(ledger) : await checkLog(ledger, progress)
      }
    } catch {
      checks.append(failed("ledgers", error))
    }
    return checks
  }

  private static func strangeLedgers(_ connection: Connection) throws -> [String] {
    let rows = try connection.query(CaseSQL.auditStrangeLedgers)
    return try (0..<rows.count).map { row in
      "dossier.\(try rows.text(row, 0)) has rows of ledger \(try rows.int16(row, 1)), which does not exist"
    }
  }

  private func checkHead(_ ledger: LedgerHead) async -> [HealthCheck] {
    let name = "head of \(ledger.name)"
    do {
      let bad = try await ask(as: store.application) { try LedgerAudit.head(of: ledger, $0).checks(name) }
      return bad.isEmpty
        ? [HealthCheck(name: name, isGood: true, detail: "position \(ledger.position)")] : bad
    } catch {
      return [failed(name, error)]
    }
  }

  private func checkLog(
    _ ledger: LedgerHead, _ progress: (@Sendable (Progress) -> Void)?
  ) async -> [HealthCheck] {
    let (name, keys) = ("chain of \(ledger.name)", keys)
    do {
      return try await ask(as: store.application) { connection in
        var audit = (try? keys.file()).map { LedgerAudit(ledger, $0) }
        let count = try ChainVerifier.verify(
          ledger.ledger, connection,
          progress: { done, total in
            progress?(Progress(phase: "verifying \(ledger.name)", done: done, total: total, unit: "events"))
          },
          visit: { try audit?.visit($0, connection) }, finish: { try audit?.finish(connection) })
        let chain = HealthCheck(name: name, isGood: true, detail: "\(count) events, no gap, every hash fits")
        return [chain]
          + (audit?.checks ?? [.skipped("beside the log of \(ledger.name)", "it takes the key file")])
      }
    } catch {
      return [failed(name, error)]
    }
  }

  private func checkViews(_ progress: (@Sendable (Progress) -> Void)?) async -> HealthCheck {
    let reports: [VerifyReport]
    do { reports = try await verifyViews(progress: progress) } catch { return failed("views", error) }
    let bad = Set(reports.flatMap(\.differences)).sorted()
    let rows = reports.reduce(0) { $0 + $1.rows }
    return await check("views", as: store.application) { connection in
      let old = try connection.query(
        "SELECT EXISTS (SELECT FROM dossier.view_builds WHERE fold_version < $1)",
        [.int32(Int32(ViewFold.version))])
      if let strange = try Self.strangeBuild(reports, connection) { return (false, strange) }
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

  /// A view whose row of builds tells what never was: a later fold than there is, or another digest at this position.
  private static func strangeBuild(_ reports: [VerifyReport], _ connection: Connection) throws -> String? {
    for ledger in try EventReader.ledgers(connection) {
      let rows = try connection.query(CaseSQL.auditBuilds, [.int16(ledger.ledger.rawValue)])
      for row in 0..<rows.count {
        let (view, version) = (try rows.text(row, 0), try rows.int32(row, 1))
        if version > ViewFold.version {
          return
            "\(view) of \(ledger.name) is said to be made by version \(version) of a fold that has \(ViewFold.version)"
        }
        let same = reports.first {
          $0.view.rawValue == view && $0.ledger == ledger.name && version == ViewFold.version
        }
        guard let same, let digest = try rows.optionalBytes(row, 3), try rows.int64(row, 2) == same.position,
          digest.hexadecimal != same.digest
        else { continue }
        return "\(view) of \(ledger.name) is said to have had another digest at position \(same.position)"
      }
    }
    return nil
  }

  /// Every case that time has something to do to is in the timers' queue, no later than that, and nothing else is.
  private func checkTimers(
    _ isQuick: Bool, _ progress: (@Sendable (Progress) -> Void)?
  ) async -> [HealthCheck] {
    let name = "timers"
    do {
      let missed = isQuick ? [] : try await missedTimers(progress)
      return try await ask(as: store.application) { connection in
        var findings = Findings()
        for reference in missed {
          findings.add("\(reference) is not in the queue, or too late: time has something to do to it before")
        }
        let strays = try connection.query(CaseSQL.auditStrayTimers)
        for row in 0..<strays.count {
          let (ledger, stream) = (try strays.int16(row, 0), try strays.int64(row, 1))
          findings.add("stream \(stream) of ledger \(ledger) is in the queue, and is no case")
        }
        let rows = try connection.query(CaseSQL.timersHealth)
        let (waiting, lost) = (try rows.int64(0, 0), try rows.int64(0, 1))
        if isQuick, lost > 0 { findings.add("\(lost) cases with a running clock are not in the queue") }
        guard findings.count == 0 else { return findings.checks(name) }
        let cases = waiting == 1 ? "1 case waits" : "\(waiting) cases wait"
        let detail = waiting == 0 ? "nothing waits for 'timers run'" : "\(cases) for 'timers run'"
        return [HealthCheck(name: name, isGood: true, detail: detail)]
      }
    } catch {
      return [failed(name, error)]
    }
  }

  private func missedTimers(_ progress: (@Sendable (Progress) -> Void)?) async throws -> [String] {
    let policies = policies
    return try await ViewMaintenance.run(on: store, progress) { work in
      let audit = TimerAudit(work: work, policies: policies)
      var missed: [String] = []
      for ledger in try await work.ledgers() {
        missed += try await audit.missed(ledger).map { Reference(prefix: ledger.prefix, stream: $0).text }
      }
      return missed
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
    do {
      let (isGood, detail) = try await ask(as: settings, body)
      return HealthCheck(name: name, isGood: isGood, detail: detail)
    } catch {
      return failed(name, error)
    }
  }

  /// Asks something of the database on a connection of its own.
  private func ask<R: Sendable>(
    as settings: ConnectionSettings, _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws -> R {
    let pool = ConnectionPool(settings, size: 1)
    do {
      let result = try await pool.withConnection(body)
      await pool.shutdown()
      return result
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  private func failed(_ name: String, _ error: any Error) -> HealthCheck {
    HealthCheck(name: name, isGood: false, detail: "", error: ServiceError(error))
  }
}

extension SchemaDifference {
  fileprivate var advice: String {
    text
      + (isMendable
        ? "; 'dossier migrate --repair' mends it" : "; look at it, and remove it where it is not wanted")
  }
}
