import CaseService
import EventStore
import Postgres
import SupportCases
import TestCluster
import Testing

@Suite(.timeLimit(.minutes(20))) struct StoppedRebuildTests {
  /// Starts a rebuild and lets it come to where it reads the log, which is held until the body has run.
  private func halfway(
    _ desk: Desk, _ body: (Task<[RebuildReport], any Error>) async throws -> Void
  ) async throws {
    let holder = try desk.database.connect()
    defer { holder.close() }
    try holder.execute("begin; lock table dossier.events in access exclusive mode")
    let rebuild = Task { try await desk.service.rebuildViews() as [RebuildReport] }
    try await desk.until(
      "select from \(Desk.awaited) and relation = 'dossier.events'::regclass")
    #expect(try !desk.leftovers().isEmpty)
    try await body(rebuild)
  }

  @Test func `a stopped rebuild leaves the old views and no trace`() async throws {
    try await Desk.worked { desk in
      try await halfway(desk) { rebuild async throws in
        rebuild.cancel()
        await #expect(throws: ServiceError.self) { try await rebuild.value }
        #expect(try desk.leftovers() == [])
      }
      let reports = try await desk.service.verifyViews()
      #expect(reports.flatMap(\.differences) == [])
      let again = try await desk.service.rebuildViews()
      #expect(again.allSatisfy { $0.isSwapped })
    }
  }

  @Test func `a rebuild whose sessions are killed leaves the old views as they were`() async throws {
    try await Desk.worked { desk in
      try await halfway(desk) { rebuild async throws in
        try desk.tamper(
          "select pg_terminate_backend(pid) from \(Desk.awaited) and relation = 'dossier.events'::regclass"
        )
        await #expect(throws: ServiceError.self) { try await rebuild.value }
      }
      let reports = try await desk.service.verifyViews()
      #expect(reports.flatMap(\.differences) == [])
      #expect(try desk.leftovers() == [])
    }
  }

  @Test func `what a killed rebuild left is swept by the next`() async throws {
    try await Desk.worked { desk in
      try desk.tamper(
        """
        set role dossier_owner;
        create table dossier.sla_clock_2_new (like dossier.sla_clock including all);
        insert into dossier.sla_clock_2_new select * from dossier.sla_clock limit 3
        """)
      let reports = try await desk.service.rebuildViews()
      #expect(reports.allSatisfy { $0.isSwapped })
      #expect(try desk.leftovers() == [])
    }
  }

  @Test func `of two rebuilds the second waits for the first`() async throws {
    try await Desk.worked { desk in
      let first = try desk.database.connect()
      defer { first.close() }
      try first.execute("begin; select from dossier.view_builds where ledger = 2 for update")
      let second = Task { try await desk.service.rebuildViews([.caseView]) }
      try await desk.until(
        "select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'")
      #expect(try desk.leftovers() == [])
      first.rollback()
      let reports = try await second.value
      #expect(reports.allSatisfy { $0.isSwapped })
    }
  }

  @Test func `a rebuild that lost its lock leaves the tables of the one after it alone`() async throws {
    try await Desk.worked { desk in
      var both: [Task<[RebuildReport], any Error>] = []
      try await halfway(desk) { first async throws in
        try desk.tamper(
          """
          select pg_terminate_backend(pid) from pg_locks
          where relation = 'dossier.view_builds'::regclass and mode = 'RowShareLock'
            and database = (select oid from pg_database where datname = current_database())
          """)
        // The second gets the lock, makes tables of its own, and comes to where the first one waits.
        both = [first, Task { try await desk.service.rebuildViews() as [RebuildReport] }]
        try await desk.until(
          """
          select from (
            select count(*) as waiting from \(Desk.awaited) and relation = 'dossier.events'::regclass) as all_of_them
          where waiting = 2
          """)
      }
      await #expect(throws: ServiceError.self) { try await both[0].value }
      #expect(try await both[1].value.allSatisfy { $0.isSwapped })
      #expect(try await desk.service.verifyViews().flatMap(\.differences) == [])
      #expect(try desk.leftovers() == [])
    }
  }

  @Test func `a full disk loses nothing`() async throws {
    try await Desk.worked { desk in
      // What a full disk does to COPY, done by a limit: the server refuses to extend the new table.
      try desk.tamper(
        """
        create function public.refuse() returns trigger language plpgsql as
          $$ begin raise exception using errcode = 'disk_full', message = 'no space left'; end $$;
        create function public.spoil() returns event_trigger language plpgsql as $$
        begin
          if to_regclass('dossier.sla_clock_2_new') is not null then
            create trigger full_disk before insert on dossier.sla_clock_2_new
              for each row execute function public.refuse();
          end if;
        end $$;
        create event trigger spoil on ddl_command_end when tag in ('ALTER TABLE')
          execute function public.spoil()
        """)
      await #expect(throws: ServiceError.self) { try await desk.service.rebuildViews() }
      try desk.tamper("drop event trigger spoil")
      let reports = try await desk.service.verifyViews()
      #expect(reports.flatMap(\.differences) == [])
      #expect(try desk.leftovers() == [])
    }
  }
}
