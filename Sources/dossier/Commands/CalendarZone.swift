internal import ArgumentParser
internal import CaseService

struct CalendarZone: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "zone", abstract: "Print the file of a time zone, for a calendar of its own.",
    discussion: """
      Made from this machine's time zone database. A calendar of a zone that the program ships no file for is checked \
      and published together with it: 'policy publish FILE --calendar CALENDAR --calendar ZONE'.
      """)

  @Argument(help: ArgumentHelp("A zone, as in Asia/Tokyo.", valueName: "zone")) var zone: String
  @OptionGroup(title: "Common options") var global: GlobalOptions

  func run(in session: Session) async throws {
    Terminal.print(exact: try ZoneFile.text(of: try checked(zone, "the zone")))
  }
}
