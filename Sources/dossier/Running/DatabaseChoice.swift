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
    if var settings = Self.stated(options) {
      settings.patience = try Self.patience(options)
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
    settings.patience = try patience(options)
    return settings
  }

  /// How long to wait for the database; who sits at a terminal sees it.
  private static func patience(_ options: GlobalOptions) throws(Failure) -> Patience {
    let (name, given) =
      options.patience.map { ("--patience", $0) } ?? (
        "DOSSIER_PATIENCE", environment("DOSSIER_PATIENCE") ?? ""
      )
    var limit = Duration.seconds(60)
    if !given.isEmpty {
      guard let stated = seconds(given) else {
        throw .invalid(
          "\(name) \(given.shown) is no length of time; give seconds or minutes, as in 90s or 2m")
      }
      limit = .seconds(stated)
    }
    return Patience(limit, isForFirst: !given.isEmpty) { waited, limit in
      tell(
        "the database is away; waiting for \(waited.components.seconds) of \(limit.components.seconds) s",
        options)
    }
  }

  /// `90`, `90s`, `2m` or `1h`, up to a day.
  private static func seconds(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(digits) else {
      return nil
    }
    let (seconds, isTooLarge) = number.multipliedReportingOverflow(by: unit ?? 1)
    return isTooLarge || seconds > 86_400 ? nil : seconds
  }

  /// A word to whoever waits at a terminal.
  static func tell(_ text: String, _ options: GlobalOptions) {
    if Terminal.errorIsTerminal, !options.quiet { Terminal.complain("dossier: " + escaped(text)) }
  }
}
