internal import EventStore
internal import Glibc
public import Postgres
internal import SupportCases

/// What a benchmark run is to do.
public struct BenchmarkOptions: Sendable {
  /// Open cases before measuring. Defaults to 10,000.
  public var cases = 10_000
  /// How long each number of commands in flight is measured, in seconds. Defaults to 10.
  public var seconds = 10
  /// Events in the log before replay and rebuild are measured; more commands are given until there are.
  /// Defaults to 200,000.
  public var events: Int64 = 200_000
  /// The numbers of commands in flight. Defaults to 1, 8 and 64.
  public var inFlight = [1, 8, 64]

  /// The defaults.
  public init() {}
}

/// Measures the product on a database it makes and drops.
public struct Benchmark: Sendable {
  static let administrator = "bench@example.org"
  private static let organizations = 64
  /// How often the whole passes are made, in turn; the one in the middle counts.
  private static let rounds = 3
  private typealias Pass = BenchmarkReport.Throughput
  private let server: ConnectionSettings
  private let options: BenchmarkOptions
  private let progress: (@Sendable (Progress) -> Void)?

  /// A run on a server where the settings' user may make databases.
  public init(
    _ server: ConnectionSettings, _ options: BenchmarkOptions,
    progress: (@Sendable (Progress) -> Void)? = nil
  ) {
    self.server = server
    self.options = options
    self.progress = progress
  }

  /// Runs everything and drops the database again, whatever happens.
  public func run() async throws(ServiceError) -> BenchmarkReport {
    let name = "dossier_bench_\(getpid())"
    let keyFile = "/tmp/\(name).key"
    do {
      let connection = try Connection.open(server)
      defer { connection.close() }
      try connection.execute("drop database if exists \(name)")
      try connection.execute("create database \(name)")
      defer {
        try? connection.execute("drop database if exists \(name) with (force)")
        unlink(keyFile)
      }
      var settings = server
      settings.database = name
      let store = Store(settings)
      _ = try store.migrate()
      try KeyFile.create(at: keyFile)
      return try await measure(store, keyFile)
    } catch {
      throw ServiceError(error)
    }
  }

  private func measure(_ store: Store, _ keyFile: String) async throws -> BenchmarkReport {
    let service = CaseService(store: store, keyFile: keyFile, policies: try PolicyLibrary.shipped())
    defer { Task { await service.stop() } }
    var report = BenchmarkReport()
    var lanes = try await prepare(service)
    // Before and after the lonely commands: a disk has better and worse minutes.
    var commits: [(awaited: Duration, bare: Duration)] = []
    for inFlight in options.inFlight {
      if commits.isEmpty || inFlight == 1 { commits += try await bareCommits(service) }
      lanes = try await commands(inFlight, lanes, &report)
      if inFlight == 1 { commits += try await bareCommits(service) }
    }
    report.bareCommit = Latency(commits.map(\.awaited))
    report.commitOnThread = Latency(commits.map(\.bare))
    try await grow(service, lanes)
    var passes: [(copy: Pass, replay: Pass, whatIf: Pass, rebuild: Pass)] = []
    for _ in 0..<Self.rounds {
      try await vacuum(store)
      let (copy, replay) = (try await copy(store), try await replay(service))
      let whatIf = try await whatIf(service)
      passes.append((copy, replay, whatIf, try await rebuild(service, events: replay.events)))
    }
    report.copy = .median(passes.map(\.copy))
    report.replay = .median(passes.map(\.replay))
    report.whatIf = .median(passes.map(\.whatIf))
    report.rebuild = .median(passes.map(\.rebuild))
    report.dueDates = try await DueDateBenchmark(progress).run()
    report.events = try await service.ledgers().map(\.position).reduce(0, +)
    return report
  }

  /// Organisations and open cases, spread over the lanes.
  private func prepare(_ service: CaseService) async throws -> [Lane] {
    let actor = Actor(role: .operator, name: "bench")
    for index in 0..<Self.organizations {
      for form in [
        OrganizationForm.register(cloud: .vianet, country: "CHN", domain: nil),
        .addAdministrator(email: Self.administrator, role: .global), .startSubscription(.paid),
        .signAgreement(.advanced),
      ] {
        _ = try await service.submit(CommandRequest(.organization("Bench \(index)", form), actor: actor))
      }
    }
    let share = (options.cases + Self.organizations - 1) / Self.organizations
    return try await withThrowingTaskGroup(of: Lane.self) { group in
      for index in 0..<Self.organizations {
        group.addTask {
          var lane = Lane(service, organization: "Bench \(index)", seed: UInt64(index))
          try await lane.fill(to: share)
          return lane
        }
      }
      var lanes: [Lane] = []
      for try await lane in group {
        lanes.append(lane)
        note("opening cases", Int64(lanes.count * share), Int64(options.cases), "cases")
      }
      return lanes
    }
  }

  private func commands(
    _ inFlight: Int, _ lanes: [Lane], _ report: inout BenchmarkReport
  ) async throws -> [Lane] {
    note("\(inFlight) in flight", 0, nil, "commands")
    let clock = ContinuousClock()
    let warm = clock.now + .milliseconds(500)
    let end = warm + .seconds(options.seconds)
    let results = try await withThrowingTaskGroup(of: (Lane, [Duration]).self) { group in
      for lane in lanes.prefix(inFlight) {
        group.addTask {
          var lane = lane
          var latencies: [Duration] = []
          while true {
            try Task.checkCancellation()
            let start = clock.now
            guard start < end else { break }
            try await lane.step()
            let stop = clock.now
            if start >= warm, stop <= end { latencies.append(stop - start) }
          }
          return (lane, latencies)
        }
      }
      return try await group.reduce(into: [(Lane, [Duration])]()) { $0.append($1) }
    }
    let latencies = results.flatMap(\.1)
    report.commands.append(
      BenchmarkReport.Commands(
        inFlight: inFlight, perSecond: Double(latencies.count) / Double(options.seconds),
        latency: Latency(latencies)))
    return results.map(\.0) + lanes.dropFirst(inFlight)
  }

  /// Gives commands until the log has as many events as asked for.
  private func grow(_ service: CaseService, _ lanes: [Lane]) async throws {
    let wanted = options.events
    let missing = wanted - (try await service.ledgers().map(\.position).reduce(0, +))
    guard missing > 0 else { return }
    let share = Int(missing) / lanes.count + 1
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in lanes {
        group.addTask {
          var lane = lane
          for _ in 0..<share {
            try Task.checkCancellation()
            try await lane.step()
          }
        }
      }
      var done: Int64 = 0
      for try await _ in group {
        done += Int64(share)
        note("filling the log", wanted - missing + done, wanted, "events")
      }
    }
  }

  /// Commits on the connection that the commands are committed on, and by the same way: awaited from elsewhere,
  /// because a connection is used on its own thread only; and how long each took there.
  private func bareCommits(_ service: CaseService) async throws -> [(awaited: Duration, bare: Duration)] {
    note("bare commits", 0, nil, "commits")
    let clock = ContinuousClock()
    var latencies: [(awaited: Duration, bare: Duration)] = []
    for round in 0..<600 {
      let start = clock.now
      let bare = try await service.onConnection(of: .vianet) { connection in
        try clock.measure { _ = try connection.query(CaseSQL.bareCommit) }
      }
      if round >= 100 { latencies.append((clock.now - start, bare)) }
    }
    return latencies
  }

  /// Leaves the tables as a server that has run for a while has them, before whole passes over them are measured;
  /// else it would put them so in the midst of one.
  private func vacuum(_ store: Store) async throws {
    note("vacuum", 0, nil, "tables")
    let connection = try Connection.open(store.owner)
    defer { connection.close() }
    try connection.execute(CaseSQL.text("bench_vacuum"))
    // Not every role may; then what is written in the background is measured with the rest.
    try connection.execute("set role none")
    try? connection.execute("checkpoint")
  }

  /// The payloads of every event as rows of one `bytea`, thrown away: what replay is compared with.
  private func copy(_ store: Store) async throws -> BenchmarkReport.Throughput {
    note("bare COPY", 0, nil, "events")
    let connection = try Connection.open(store.application)
    defer { connection.close() }
    var rows: Int64 = 0
    var bytes = 0
    let took = try ContinuousClock().measure {
      try connection.copyOut(CaseSQL.text("bench_copy")) { row in
        rows += 1
        bytes += try row.nextBytes().count
      }
    }
    return BenchmarkReport.Throughput(events: rows, seconds: took.seconds, peakMemory: 0)
  }

  /// Read, decode and fold the whole log; nothing is compared.
  private func replay(_ service: CaseService) async throws -> BenchmarkReport.Throughput {
    let end = Instant(seconds: 253_402_300_799)
    return try await throughput {
      try await service.replay(ReplayScope(until: end), progress: progress).events
    }
  }

  /// Decide every case again by a reading that gives nearly every clock another due date; beside replay.
  private func whatIf(_ service: CaseService) async throws -> BenchmarkReport.Throughput {
    let policies = service.policies
    guard let policy = policies.policy(named: "21vianet/2"), let reading = policy.reading(named: "end-of-day")
    else { throw ServiceError.fault("the shipped policy 21vianet/2 lacks the reading end-of-day") }
    var question = WhatIfQuestion(
      policies.rulebook(for: policy).reading(reading), .touched(from: nil, until: nil))
    (question.listsDueDates, question.limit) = (true, 50)
    let asked = question
    return try await throughput { try await service.whatIf(asked, progress: progress).events }
  }

  private func rebuild(_ service: CaseService, events: Int64) async throws -> BenchmarkReport.Throughput {
    try await throughput {
      _ = try await service.rebuildViews([], progress: progress)
      return events
    }
  }

  private func throughput(
    _ body: () async throws -> Int64
  ) async throws -> BenchmarkReport.Throughput {
    Memory.resetPeak()
    let clock = ContinuousClock()
    let start = clock.now
    let events = try await body()
    return BenchmarkReport.Throughput(
      events: events, seconds: (clock.now - start).seconds, peakMemory: Memory.peak)
  }

  private func note(_ phase: String, _ done: Int64, _ total: Int64?, _ unit: String) {
    progress?(Progress(phase: phase, done: done, total: total, unit: unit))
  }
}
