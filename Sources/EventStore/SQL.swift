internal import Postgres

/// The statements of this room, from `Schema/queries/store`.
enum SQL {
  static let head = statement("head")
  static let lockHead = statement("lock_head")
  static let findCommands = statement("find_commands")
  static let appendEvent = statement("append_event")
  static let appendEvents = statement("append_events")
  static let storeCommands = statement("store_commands")
  static let storeNames = statement("store_names")
  static let findName = statement("find_name")
  static let listNames = statement("list_names")
  static let readStream = statement("read_stream")
  static let readStreams = statement("read_streams")
  static let readPositions = statement("read_positions")
  static let hasEvent = statement("has_event")
  static let lastPosition = statement("last_position")
  static let changedStreams = statement("changed_streams")
  static let findPersons = statement("find_persons")
  static let personsByID = statement("persons_by_id")
  static let somePersons = statement("some_persons")
  static let storePersons = statement("store_persons")
  static let checkpoint = statement("checkpoint")
  static let storeCheckpoint = statement("store_checkpoint")
  static let ledgers = statement("ledgers")
  static let notify = statement("notify")
  static let openDoors = statement("open_doors")
  static let keyFile = statement("key_file")
  static let storeKeyFile = statement("store_key_file")

  private static func statement(_ name: String) -> Statement {
    Statement("store_" + name, text("queries/store/\(name).sql"))
  }

  /// The text of a file of `Schema/`. A missing one is a fault of the build, found by every test.
  static func text(_ path: String) -> String {
    guard let file = SchemaFiles.all.first(where: { $0.path.description == path }) else {
      preconditionFailure("Schema/\(path) was not embedded")
    }
    return file.text.description
  }

  /// The files below a folder of `Schema/`, in the order of their names.
  static func files(in folder: String) -> [MigrationFile] {
    SchemaFiles.all.compactMap { file in
      let path = file.path.description
      guard path.hasPrefix(folder + "/") else { return nil }
      return MigrationFile(name: String(path.dropFirst(folder.count + 1)), sql: file.text.description)
    }
  }
}
