import Postgres
import TestCluster
import Testing

@testable import CaseService

@Suite(.timeLimit(.minutes(5))) struct `On a standby` {
  @Test func `reads say how old they are, doctor knows it, and writes are refused`() async throws {
    let servers = try await Replicated.start()
    let primary = try Desk.named(servers.primary.runningSettings())
    let standby = try Desk.named(servers.standby.runningSettings())
    for arguments in [
      ["migrate"], ["organization", "register", "Contoso", "--cloud", "21vianet", "--country", "CHN"],
    ] {
      let outcome = try await Desk.run(arguments, environment: primary)
      try #require(outcome.status == 0, "\(outcome.err)")
    }
    let known = try await Desk.run(["organization", "list"], environment: primary)
    #expect(known.err.isEmpty)
    // A commit waits until the standby has it on disk, and it is seen there a moment later.
    var read = try await Desk.run(["organization", "list"], environment: standby)
    while !read.out.contains("Contoso") {
      try #require(read.status == 0, "\(read.err)")
      read = try await Desk.run(["organization", "list"], environment: standby)
    }
    #expect(
      read.err.contains("read from a standby; the newest change it has was committed at"), "\(read.err)")
    let json = try await Desk.run(["list", "--output", "json"], environment: standby)
    #expect(try JSON(parsing: Array(json.err.utf8))["standby"]?["newest_commit_at"]?.text != nil)
    let doctor = try await Desk.run(["doctor", "--quick"], environment: standby)
    #expect(doctor.out.contains("a standby takes no events"), "\(doctor.out)")
    let write = try await Desk.run(
      ["organization", "admin", "add", "Contoso", "wang@contoso.cn"], environment: standby)
    #expect(write.status == 69)
    try await servers.stop()
  }

  @Test func `patience is a length of time`() async throws {
    for (given, status) in [("2x", Int32(65)), ("-1", 65), ("90000", 65), ("1s", 69), ("0", 69)] {
      let outcome = try await Desk.run(
        ["list"], environment: ["DOSSIER_DATABASE_URL": "host=/nowhere", "DOSSIER_PATIENCE": given])
      #expect(outcome.status == status, "\(given): \(outcome.err)")
    }
  }
}
