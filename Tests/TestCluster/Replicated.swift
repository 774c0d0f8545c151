import Foundation
public import Postgres

/// A server of a test's own with a standby for which every commit waits.
public struct Replicated: Sendable {
  /// The primary.
  public let primary: EmbeddedCluster
  /// What follows it.
  public let standby: EmbeddedCluster

  /// Makes and starts both.
  public static func start() async throws -> Replicated {
    let directory = try TestCluster.scratchDirectory() + "/replicated-\(UUIDBytes.random())"
    let settings = [
      "fsync": "off", "shared_buffers": "16MB", "max_connections": "30", "min_wal_size": "80MB",
    ]
    let primary = EmbeddedCluster(
      dataDirectory: directory + "/primary",
      settings: settings.merging(["synchronous_standby_names": "*"]) { $1 })
    _ = try await primary.ensureRunning()
    _ = try await primary.stop()
    // A stopped server's files are a base backup.
    let copy = directory + "/standby"
    try run("/bin/mkdir", ["-m", "0711", copy])
    try run("/bin/cp", ["-a", directory + "/primary/cluster", copy + "/cluster"])
    try run("/bin/cp", ["-a", copy + "/cluster/PG_VERSION", copy + "/cluster/standby.signal"])
    let running = try await primary.ensureRunning()
    let address = "host=\(running.host ?? "") port=\(running.port ?? "") user=postgres"
    let standby = EmbeddedCluster(
      dataDirectory: copy,
      settings: settings.merging(["primary_conninfo": address, "wal_retrieve_retry_interval": "50ms"]) { $1 })
    _ = try await standby.ensureRunning()
    return Replicated(primary: primary, standby: standby)
  }

  /// Stops both.
  public func stop() async throws {
    _ = try await primary.stop()
    _ = try await standby.stop()
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = try Process.run(URL(fileURLWithPath: program), arguments: arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(program: program) }
  }

  struct Failure: Error {
    let program: String
  }
}
