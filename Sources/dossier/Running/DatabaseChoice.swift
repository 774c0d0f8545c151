internal import CaseService
internal import Glibc
internal import Postgres

/// Which database a command works on, and where its key file is.
enum DatabaseChoice {
  /// One the user named, by an option or the environment.
  case named(ConnectionSettings, keyFile: String)
  /// The private cluster.
  case embedded(EmbeddedCluster, keyFile: String)

  /// `--database`, else `DOSSIER_DATABASE_URL`, else libpq's own environment, else the private cluster.
  init(_ options: GlobalOptions) throws(Failure) {
    let key = options.keyFile ?? environment("DOSSIER_KEY_FILE")
    if let settings = Self.stated(options) {
      guard let key else {
        self = .named(settings, keyFile: try Self.defaultKeyFile())
        return
      }
      self = .named(settings, keyFile: key)
    } else {
      let cluster = Self.cluster(options)
      self = .embedded(cluster, keyFile: key ?? cluster.dataDirectory + "/dossier.key")
    }
  }

  /// The private cluster, whatever database is named.
  static func cluster(_ options: GlobalOptions) -> EmbeddedCluster {
    EmbeddedCluster(dataDirectory: options.dataDir)
  }

  private static func stated(_ options: GlobalOptions) -> ConnectionSettings? {
    if let text = options.database ?? environment("DOSSIER_DATABASE_URL") {
      return ConnectionSettings(conninfo: text)
    }
    let names = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"]
    return names.contains { environment($0) != nil } ? ConnectionSettings() : nil
  }

  private static func defaultKeyFile() throws(Failure) -> String {
    if let base = environment("XDG_CONFIG_HOME"), base.hasPrefix("/") { return base + "/dossier/key" }
    guard let home = environment("HOME") else {
      throw Failure(
        .configuration, "key-file", "no key file is named and HOME is not set; give --key-file PATH")
    }
    return home + "/.config/dossier/key"
  }
}

extension DatabaseChoice {
  /// Starts the private cluster if need be and says how to reach one of its databases.
  static func reach(
    _ cluster: EmbeddedCluster, database: String, _ options: GlobalOptions
  ) async throws -> ConnectionSettings {
    var settings: ConnectionSettings
    if let running = cluster.runningSettings() {
      settings = running
    } else {
      if cluster.status() == .absent {
        tell("making a private PostgreSQL in \(cluster.dataDirectory) …", options)
      }
      settings = try await cluster.ensureRunning()
    }
    settings.database = database
    return settings
  }

  /// A word to whoever waits at a terminal.
  static func tell(_ text: String, _ options: GlobalOptions) {
    if Terminal.errorIsTerminal, !options.quiet { Terminal.complain("dossier: " + escaped(text)) }
  }
}
