import Glibc
import Postgres
import Subprocess
import TestCluster
import Testing

@testable import CaseService

/// How the program ends when it is stopped, given too little, or not listened to.
@Suite(.timeLimit(.minutes(20))) struct `The program ends` {
  /// Runs a line of shell in which the program is `$0`.
  private func shell(_ line: String, _ more: [String: String] = [:]) async throws -> Outcome {
    let result = try await Subprocess.run(
      .path("/bin/bash"), arguments: ["-c", line, Desk.program], environment: try Desk.environment(more),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    guard case .exited(let status) = result.terminationStatus else {
      Issue.record("\(line) ended by a signal: \(result.terminationStatus)")
      return Outcome(status: -1, out: "", err: "")
    }
    return Outcome(status: status, out: result.standardOutput, err: result.standardError)
  }

  private func fifo() throws -> String {
    _ = mkdir(try TestCluster.scratchDirectory(), 0o755)
    let path = try TestCluster.scratchDirectory() + "/fifo-\(UUIDBytes.random())"
    try #require(mkfifo(path, 0o600) == 0)
    return path
  }

  /// Runs a line of shell that becomes the program `$0`, sends a signal once it waits, and answers how it ended.
  private func stop(
    _ line: String, _ signal: Signal, _ more: [String: String] = [:], when isWaiting: () throws -> Bool
  ) async throws -> TerminationStatus {
    try await Subprocess.run(
      .path("/bin/bash"), arguments: ["-c", "exec \"$0\" \(line)", Desk.program],
      environment: try Desk.environment(more), input: .none, output: .discarded, error: .discarded
    ) { execution in
      while try !isWaiting() { await Task.yield() }
      try execution.send(signal: signal)
    }.terminationStatus
  }

  @Test(arguments: [(Signal.terminate, Int32(143)), (.interrupt, 130), (.terminalClosed, 129)])
  func `by a signal while it waits for standard input, each with a status of its own`(
    _ signal: Signal, _ status: Int32
  ) async throws {
    let path = try fifo()
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    defer {
      close(descriptor)
      unlink(path)
    }
    // What is in the pipe is read just before it waits for more.
    #expect(write(descriptor, "version: ", 9) == 9)
    let ended = try await stop("calendar check - < '\(path)'", signal) {
      var left: Int32 = 0
      return ioctl(descriptor, UInt(FIONREAD), &left) == 0 && left == 0
    }
    #expect(ended == .exited(status))
  }

  @Test(.desk) func `by SIGTERM while it waits for a lock of the database`() async throws {
    let reference = try await openCase()
    let holder = try TestDatabase.required().connect()
    defer { holder.close() }
    try holder.execute(
      "BEGIN; SELECT * FROM dossier.ledgers FOR UPDATE; LOCK TABLE dossier.schema_migrations IN EXCLUSIVE MODE"
    )
    // Of the one that was ended before, the server still waits.
    for (before, line) in ["assign \(reference) --agent li", "migrate"].enumerated() {
      let waiting =
        "SELECT count(*) > \(before) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
      let ended = try await stop(line, .terminate, Desk.named()) { try holder.query(waiting).bool(0, 0) }
      #expect(ended == .exited(143), "\(line)")
    }
  }

  @Test func `with 65 for what is no file, without opening it`() async throws {
    let pipe = try fifo()
    defer { unlink(pipe) }
    for path in [pipe, "/dev/zero", try TestCluster.scratchDirectory()] {
      let outcome = try await Desk.run(["calendar", "check", path], environment: [:])
      #expect(outcome.status == 65, "\(path) \(outcome.err)")
      #expect(outcome.err.contains("accepted: a file, or - for standard input"))
    }
    // What the shell itself opened for the program is meant to be read.
    let given = try await shell("exec \"$0\" calendar check <(echo 'version: x')")
    #expect(given.status == 65 && !given.err.contains("is a named pipe"), "\(given.err)")
  }

  @Test(arguments: ["ulimit -n 5", "ulimit -n 12", "ulimit -v 300000", "ulimit -d 100000"])
  func `with 69 and a line where the system gives it too little`(_ limit: String) async throws {
    let outcome = try await shell("\(limit); exec \"$0\" states")
    #expect(outcome.status == 69 && outcome.out.isEmpty, "\(outcome.err)")
    #expect(outcome.err.contains("the system gives this program too few"))
    #expect(outcome.err.split(separator: "\n").count == 1)
  }

  @Test(.desk) func `well with a small stack`() async throws {
    let reference = try await openCase()
    let outcome = try await shell("ulimit -s 64; exec \"$0\" assign \(reference) --agent li", Desk.named())
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  @Test(
    .desk, arguments: [">/dev/full", ">&-", "| :; exit ${PIPESTATUS[0]}"])
  func `with 74 and the command's id when what it recorded cannot be printed`(_ end: String) async throws {
    let reference = try await openCase()
    let outcome = try await shell("\"$0\" assign \(reference) --agent li \(end)", Desk.named())
    #expect(outcome.status == 74, "\(outcome.err)")
    let id = try #require(outcome.err.split(separator: " ").first { UUIDBytes(String($0)) != nil })
    let again = try await done(
      "assign", reference, "--agent", "li", "--command-id", String(id), "--output", "json")
    #expect(try again.json()["repeated"] == .bool(true))
  }

  @Test func `well at first use after it was killed while the private database was made`() async throws {
    let directory = try TestCluster.scratchDirectory() + "/killed-\(UUIDBytes.random())"
    let place = ["DOSSIER_DATA_DIR": directory]
    let killed = try await Subprocess.run(
      .path(.init(Desk.program)), arguments: ["database", "start"], environment: try Desk.environment(place),
      input: .none, output: .discarded, error: .discarded
    ) { execution in
      while !names(in: directory).contains(where: { $0.hasPrefix("cluster.partial") }) { await Task.yield() }
      try execution.send(signal: .kill)
    }
    #expect(!killed.terminationStatus.isSuccess)
    let second = try await Desk.run(["list"], environment: place)
    #expect(second.status == 0, "\(second.err)")
    #expect(try await Desk.run(["database", "stop"], environment: place).status == 0)
    #expect(try await shell("rm -rf '\(directory)'").status == 0)
  }

  private func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}
