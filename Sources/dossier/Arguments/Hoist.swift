internal import ArgumentParser

/// Lets options that every command takes stand before the command's name, as with `git -C` and `psql`.
///
/// The argument parser takes a command's options behind its name only, so they are moved there. Joined as
/// `--option=value` their values can look like options.
enum Hoist {
  static let valued: Set<String> = [
    "--database", "--data-dir", "--key-file", "--output", "--actor", "--command-id", "--expect-version",
    "--at", "--as-of", "--known-at",
  ]
  static let flags: Set<String> = ["--utc", "--no-color", "--quiet", "--dry-run"]

  /// The same arguments with the common options behind the words that name the command.
  static func reorder(_ arguments: [String], for root: any ParsableCommand.Type) -> [String] {
    var words: [String] = []
    var moved: [String] = []
    var command = root
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if let child = command.configuration.subcommands.first(where: { name(of: $0) == argument }) {
        command = child
        words.append(argument)
      } else if flags.contains(argument) || valued.contains(where: { argument.hasPrefix($0 + "=") }) {
        moved.append(argument)
      } else if valued.contains(argument), index + 1 < arguments.count {
        moved.append("\(argument)=\(arguments[index + 1])")
        index += 1
      } else {
        break
      }
      index += 1
    }
    // A group of commands has no options; asked for itself it shows its help.
    let isGroup = !command.configuration.subcommands.isEmpty
    return words + (isGroup ? [] : moved) + arguments[index...]
  }

  /// The word that stands where a command's name should, and the group whose commands it could be; nil if there is
  /// none.
  static func unknown(
    _ arguments: [String], for root: any ParsableCommand.Type
  ) -> (word: String, path: [String], accepted: [String])? {
    var path = [name(of: root)]
    var command = root
    for argument in arguments {
      let children = command.configuration.subcommands
      guard !children.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
      guard let child = children.first(where: { name(of: $0) == argument }) else {
        let shown = children.filter { $0.configuration.shouldDisplay }
        return (argument, path, shown.map { name(of: $0) })
      }
      command = child
      path.append(argument)
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String { command._commandName }
}
