internal import Glibc

/// What a benchmark measured. Times depend on the machine; only ratios of one run say something.
public struct BenchmarkReport: Sendable {
  /// Durable commands with so many in flight.
  public struct Commands: Sendable {
    /// How many were in flight.
    public var inFlight: Int
    /// Commands a second, each answered after its commit.
    public var perSecond: Double
    /// From giving a command to its answer.
    public var latency: Latency
  }

  /// How fast events went by.
  public struct Throughput: Sendable {
    /// How many.
    public var events: Int64 = 0
    /// How long it took.
    public var seconds = 0.0
    /// The most memory the process had meanwhile, in bytes; 0 where it says nothing.
    public var peakMemory: Int64 = 0

    /// Events a second.
    public var perSecond: Double { seconds > 0 ? Double(events) / seconds : 0 }

    /// The pass in the middle, with the most memory that any of them took.
    static func median(_ passes: [Throughput]) -> Throughput {
      let sorted = passes.sorted { $0.perSecond < $1.perSecond }
      guard !sorted.isEmpty else { return Throughput() }
      var middle = sorted[sorted.count / 2]
      middle.peakMemory = passes.map(\.peakMemory).max() ?? 0
      return middle
    }
  }

  /// Commands, by how many were in flight.
  public var commands: [Commands] = []
  /// One `pg_logical_emit_message` on the connection of the commands, from asking its thread to the answer.
  public var bareCommit = Latency([])
  /// The same on that thread, without the way there and back.
  public var commitOnThread = Latency([])
  /// A binary COPY of the events' payloads.
  public var copy = Throughput()
  /// Read, decode, fold, check.
  public var replay = Throughput()
  /// Every case decided again by another reading.
  public var whatIf = Throughput()
  /// Due dates on a prepared calendar.
  public var dueDates = DueDateReport()
  /// All three views made anew and swapped.
  public var rebuild = Throughput()
  /// How many events the log had at the end.
  public var events: Int64 = 0

  /// The documented shape.
  public var json: JSON {
    .object([
      .init(
        "commands",
        .array(
          commands.map { row in
            .object([
              .init("in_flight", .int(Int64(row.inFlight))), .init("per_second", .double(row.perSecond.tidy)),
              .init("latency_ms", row.latency.json),
            ])
          })),
      .init("bare_commit_ms", .double(bareCommit.p50.tidy)),
      .init("commit_on_thread_ms", .double(commitOnThread.p50.tidy)), .init("copy", copy.json),
      .init("replay", replay.json), .init("what_if", whatIf.json), .init("due_dates", dueDates.json),
      .init("rebuild", rebuild.json), .init("events", .int(events)),
      .init("ratios", .object(ratios.map { .init($0.name, .double($0.value.tidy)) })),
    ])
  }

  /// What can be compared within this run.
  public var ratios: [(name: String, value: Double)] {
    var ratios: [(name: String, value: Double)] = []
    if let one = commands.first(where: { $0.inFlight == 1 }), bareCommit.p50 > 0 {
      ratios.append(("one_command_to_bare_commit", one.latency.p50 / bareCommit.p50))
      ratios.append(("one_command_to_commit_on_thread", one.latency.p50 / commitOnThread.p50))
    }
    if copy.perSecond > 0 { ratios.append(("replay_to_copy", replay.perSecond / copy.perSecond)) }
    if replay.perSecond > 0, whatIf.perSecond > 0 {
      ratios.append(("what_if_to_replay", whatIf.perSecond / replay.perSecond))
    }
    if replay.perSecond > 0 { ratios.append(("rebuild_to_replay", rebuild.perSecond / replay.perSecond)) }
    return ratios
  }
}

/// Percentiles of latencies, in milliseconds.
public struct Latency: Sendable {
  /// Half are faster.
  public var p50: Double
  /// 99 of 100 are faster.
  public var p99: Double

  init(_ durations: [Duration]) {
    let sorted = durations.sorted()
    p50 = sorted.isEmpty ? 0 : sorted[sorted.count / 2].seconds * 1000
    p99 = sorted.isEmpty ? 0 : sorted[sorted.count * 99 / 100].seconds * 1000
  }

  var json: JSON { .object([.init("p50", .double(p50.tidy)), .init("p99", .double(p99.tidy))]) }
}

extension BenchmarkReport.Throughput {
  var json: JSON {
    .object([
      .init("events", .int(events)), .init("seconds", .double(seconds.tidy)),
      .init("per_second", .double(perSecond.tidy)),
      .init("peak_memory_mb", peakMemory == 0 ? .null : .double((Double(peakMemory) / 1_048_576).tidy)),
    ])
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Double {
  /// Three places behind the point are all a measurement deserves.
  var tidy: Double { (self * 1000).rounded() / 1000 }
}

/// The memory of this process as Linux accounts it.
enum Memory {
  /// Starts a new peak from here.
  static func resetPeak() {
    let file = open("/proc/self/clear_refs", O_WRONLY)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }

  /// The most resident memory since the last reset, in bytes.
  static var peak: Int64 {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        .split(whereSeparator: \.isWhitespace)
      if words.first == "VmHWM:", words.count > 1, let kilobytes = Int64(words[1]) { return kilobytes * 1024 }
    }
    return 0
  }
}
