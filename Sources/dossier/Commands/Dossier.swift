internal import ArgumentParser

/// The root of the command line.
struct Dossier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dossier",
    abstract: "Support cases kept as a history that nobody can quietly change.",
    discussion: """
      'dossier demo' shows what it does. Without a database of your own (--database, DOSSIER_DATABASE_URL or \
      PGHOST and the like) everything is kept in a private PostgreSQL that is made and started when needed.

      Options that every command takes stand before or after the command's name: --database URL, --data-dir PATH, \
      --key-file PATH, --output table|json|jsonl|tsv, --utc, --no-color, --quiet. Commands that write also take \
      --actor ROLE:NAME, --command-id UUID, --expect-version N, --at TIME and --dry-run. CASE is a reference such \
      as CN-1002, or ORGANIZATION/NAME.

      With a database of your own libpq's environment holds (PGUSER, PGSSLMODE, PGOPTIONS and the like), but for what \
      the program sets for itself: the role, UTF-8, the isolation. With the private one it does not matter.

      Exit status: 0 done, 1 a check found a difference, 3 refused by a rule, 64 called wrongly, 65 bad input, \
      66 no such case, event, incident, organization or file, 69 database not reachable, read-only or full, or \
      the system gives too little, 70 a fault of this program, 74 the output could not be written (standard error \
      says what was recorded), 75 conflict, try again, 77 not permitted, 78 schema or configuration, 129 stopped by \
      SIGHUP, 130 by ctrl-C, 143 by SIGTERM.
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, OrganizationCommand.self, OpenCommand.self, ClassifyCommand.self, AssignCommand.self,
      RespondCommand.self, RequestInformationCommand.self, ProvideCommand.self, EscalateCommand.self,
      DowngradeCommand.self, ResolveCommand.self, ReopenCommand.self, CloseCommand.self, CancelCommand.self,
      ReferCommand.self, HandOverCommand.self, ContactDetailsCommand.self, RetractCommand.self,
      VerifyCallerCommand.self, IncidentCommand.self, ShowCommand.self, ListCommand.self,
      HistoryCommand.self, ClocksCommand.self, DutiesCommand.self, QueueCommand.self, WatchCommand.self,
      ReplayCommand.self, ViewsCommand.self, PolicyCommand.self, ImportCommand.self, MigrateCommand.self,
      DoctorCommand.self, DatabaseCommand.self,
      BenchCommand.self, CalendarCommand.self, ContactCommand.self, StatesCommand.self,
      AcceptCommand.self, DeclineCommand.self, ObjectCommand.self, SurveyCommand.self, LinkCommand.self,
      TimersCommand.self,
    ])
}
