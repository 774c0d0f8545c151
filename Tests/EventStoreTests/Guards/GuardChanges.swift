/// A change of the catalogue, by SQL, with words that its finding must hold.
struct GuardChange: Sendable {
  let sql: String
  let words: [String]
  /// What `migrate --repair` leaves: it may hold what somebody needs, or its rows are in the way.
  var isLeft = false

  init(_ sql: String, _ words: String..., isLeft: Bool = false) {
    self.sql = sql
    self.words = words
    self.isLeft = isLeft
  }

}

extension GuardChange {
  static let triggers = [
    GuardChange(
      "update pg_class set relhastriggers = false where oid = 'dossier.events'::regclass",
      "table dossier.events: what the server overlooks is triggers"),
    GuardChange(
      "update pg_trigger set tgenabled = 'D' where tgname = 'events_append_only'", "state is disabled"),
    GuardChange(
      "drop trigger events_append_only on dossier.events; drop trigger commands_append_only on dossier.commands",
      "trigger events_append_only on dossier.events is missing", "trigger commands_append_only"),
    GuardChange("alter table dossier.events disable trigger all", "events_append_only", "disabled"),
    GuardChange("alter table dossier.commands disable trigger commands_append_only", "commands_append_only"),
    GuardChange(
      "alter table dossier.events enable trigger events_append_only", "state is enabled, not enabled always"),
    GuardChange(
      "alter table dossier.events enable replica trigger events_append_only", "enabled for replicas"),
    GuardChange(
      "create or replace trigger events_append_only before update on dossier.events for each statement "
        + "execute function dossier.refuse_change()", "events_append_only"),
    GuardChange(
      "alter trigger events_append_only on dossier.events rename to other",
      "events_append_only on dossier.events is missing"),
    GuardChange("alter table dossier.checkpoints disable trigger all", "checkpoints_ledger_fkey"),
    GuardChange("alter table dossier.ledgers disable trigger all", "server on dossier.ledgers"),
    GuardChange(
      "create function dossier.evil() returns trigger language plpgsql as 'begin return new; end'; "
        + "create trigger evil before insert on dossier.events for each row execute function dossier.evil()",
      "trigger evil on dossier.events is none", "function dossier.evil() is none"),
    GuardChange(
      "create function public.evil() returns trigger language plpgsql as 'begin return null; end'; "
        + "create trigger evil before insert or update on dossier.ledgers for each row execute function public.evil()",
      "trigger evil on dossier.ledgers is none"),
    GuardChange(
      "create function public.evil() returns trigger language plpgsql as 'begin return null; end'; "
        + "create trigger evil before insert on dossier.case_view for each row execute function public.evil()",
      "trigger evil on dossier.case_view is none"),
    GuardChange(
      "create rule evil as on update to dossier.events do instead nothing", "rule evil on dossier.events"),
    GuardChange(
      "create rule evil as on insert to dossier.persons do also delete from dossier.persons",
      "rule evil on dossier.persons"),
  ]

  static let functions = [
    GuardChange(
      "create or replace function dossier.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
      "function dossier.refuse_change(): body is another"),
    // At the very end of a long one.
    GuardChange(
      "do $do$ begin execute regexp_replace(pg_get_functiondef('dossier.append_events'::regproc), "
        + "'end\\s*\\$function\\$', 'null; end $function$'); end $do$", "append_events", "body is another"),
    GuardChange(
      "alter function dossier.append_events security invoker", "append_events", "rights is of its caller"),
    GuardChange("alter function dossier.lock_head reset search_path", "lock_head", "settings"),
    GuardChange("alter function dossier.store_commands set search_path = evil", "store_commands", "settings"),
    GuardChange(
      "alter function dossier.append_event set session_replication_role = replica", "append_event", "settings"
    ),
    GuardChange(
      "alter function dossier.append_event owner to dossier_app", "append_event", "owner is dossier_app"),
    GuardChange(
      "alter function dossier.refuse_change() immutable", "refuse_change", "volatility is immutable"),
    GuardChange("alter function dossier.lock_head strict", "lock_head", "null arguments"),
    GuardChange("drop function dossier.store_commands", "function dossier.store_commands", "is missing"),
    GuardChange(
      "alter function dossier.lock_head rename to other", "function dossier.lock_head", "is missing"),
    GuardChange(
      "create function dossier.append_event(x int) returns void language sql security definer as 'select'",
      "function dossier.append_event(integer) is none"),
    GuardChange("create procedure dossier.evil() language sql as 'select'", "dossier.evil"),
    GuardChange("create aggregate dossier.evil(int) (sfunc = int4larger, stype = int)", "dossier.evil"),
    GuardChange("create function dashboard.evil() returns int language sql as 'select 1'", "dashboard.evil"),
  ]

  static let rights = [
    GuardChange(
      "grant execute on function lo_create(oid) to public",
      "large objects and advisory locks: access is everybody"),
    GuardChange(
      "grant execute on function pg_advisory_lock(bigint) to dossier_dashboard", "access is dossier_dashboard"
    ),
    GuardChange("grant create on schema public to public", "right CREATE of public on schema public"),
    GuardChange(
      "grant update (data) on dossier.events to dossier_app", "right UPDATE of dossier_app", "events.data"),
    GuardChange(
      "grant delete, update on dossier.commands, dossier.persons, dossier.ledgers to dossier_app",
      "right DELETE of dossier_app on table dossier.commands",
      "right UPDATE of dossier_app on table dossier.ledgers"),
    GuardChange(
      "grant usage on schema dossier to dossier_dashboard; grant select on all tables in schema dossier to dossier_dashboard",
      "right USAGE of dossier_dashboard on schema dossier",
      "right SELECT of dossier_dashboard on table dossier.persons"),
    GuardChange("grant create on schema dossier to public", "right CREATE of public on schema dossier"),
    GuardChange("grant create on schema dashboard to dossier_dashboard", "right CREATE of dossier_dashboard"),
    GuardChange("grant execute on function dossier.append_events to public", "right EXECUTE of public"),
    GuardChange(
      "grant trigger, truncate, references on dossier.events to dossier_app", "right TRIGGER",
      "right TRUNCATE"),
    GuardChange(
      "revoke insert on dossier.persons from dossier_app", "right INSERT of dossier_app", "is missing"),
    GuardChange(
      "revoke select on dossier.events from dossier_app", "right SELECT of dossier_app", "is missing"),
    GuardChange(
      "revoke execute on function dossier.lock_head from dossier_app", "right EXECUTE", "is missing"),
    GuardChange("revoke usage on schema dossier from dossier_app", "right USAGE", "is missing"),
    GuardChange(
      "revoke insert on dossier.events from dossier_owner", "right INSERT of dossier_owner", "is missing"),
    GuardChange(
      "grant select on dossier.events to dossier_app with grant option",
      "with grant option, not without grant option"),
    GuardChange("grant update on dossier.sla_clock_2 to dossier_dashboard", "dossier.sla_clock_2"),
    GuardChange(
      "grant select on dashboard.cases to public", "right SELECT of public on view dashboard.cases"),
    GuardChange(
      "alter table dossier.events owner to dossier_app", "table dossier.events: owner is dossier_app"),
    GuardChange("alter schema dossier owner to dossier_app", "schema dossier: owner is dossier_app"),
    GuardChange("alter view dashboard.overdue owner to dossier_dashboard", "view dashboard.overdue: owner"),
    GuardChange("alter role dossier_app superuser", "role dossier_app is superuser"),
    GuardChange("alter role dossier_dashboard bypassrls", "bypasses row-level security"),
    GuardChange("alter role dossier_owner createrole createdb", "may make roles", "may make databases"),
    GuardChange("alter role dossier_app replication", "may replicate"),
    GuardChange("grant dossier_owner to dossier_app", "role dossier_app is a member of dossier_owner"),
    GuardChange("grant pg_write_all_data to dossier_dashboard", "member of pg_write_all_data"),
    GuardChange(
      "alter role dossier_app set session_replication_role = replica", "session_replication_role = replica"),
    GuardChange("alter role dossier_app set statement_timeout = '1ms'", "statement_timeout"),
    GuardChange("alter role dossier_owner set search_path = evil", "search_path = evil"),
    GuardChange(
      "alter role all set session_replication_role = replica", "session_replication_role = replica"),
    GuardChange(
      "do $$ begin execute format('alter database %I set session_replication_role = replica', current_database()); end $$",
      "session_replication_role = replica"),
    GuardChange(
      "do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$",
      "synchronous_commit = off"),
    GuardChange(
      "do $$ begin execute format('grant create on database %I to public', current_database()); end $$",
      "public may make schemas"),
    GuardChange(
      "grant set on parameter session_replication_role to dossier_app",
      "dossier_app may set session_replication_role"),
    GuardChange(
      "alter default privileges for role dossier_owner grant select on tables to dossier_dashboard",
      "what dossier_owner makes later is open to dossier_dashboard"),
    GuardChange(
      "alter default privileges for role dossier_owner grant execute on routines to public",
      "called by everybody"),
    GuardChange(
      "alter default privileges in schema dossier grant all on tables to public",
      "makes later in schema dossier"),
    GuardChange(
      "grant select on pg_authid to dossier_app", "dossier_app was given the right to select pg_authid"),
    GuardChange("grant execute on function pg_read_file(text) to public", "pg_read_file"),
  ]

  static let tables = [
    GuardChange(
      "alter table dossier.events drop constraint events_version_key",
      "constraint events_version_key on dossier.events is missing"),
    GuardChange(
      "alter table dossier.events drop constraint events_pkey",
      "constraint events_pkey on dossier.events is missing"),
    GuardChange("alter table dossier.commands drop constraint commands_pkey", "commands_pkey"),
    GuardChange("alter table dossier.persons drop constraint persons_lookup_key", "persons_lookup_key"),
    GuardChange(
      "alter table dossier.checkpoints drop constraint checkpoints_ledger_fkey", "checkpoints_ledger_fkey"),
    GuardChange("alter table dossier.ledgers drop constraint ledgers_prefix_key", "ledgers_prefix_key"),
    GuardChange(
      "alter table dossier.case_view drop constraint case_view_pkey", "case_view_pkey on dossier.case_view"),
    GuardChange(
      "alter table dossier.key_file drop constraint key_file_singleton_check", "key_file_singleton_check"),
    GuardChange(
      "alter table dossier.persons drop constraint persons_ledger_fkey; alter table dossier.persons add constraint "
        + "persons_ledger_fkey foreign key (ledger) references dossier.ledgers not valid",
      "persons_ledger_fkey", "NOT VALID"),
    GuardChange(
      "alter table dossier.events drop constraint events_version_key, add constraint events_version_key "
        + "unique (ledger, stream, version) deferrable initially deferred", "events_version_key", "DEFERRED"),
    GuardChange(
      "alter table dossier.events add constraint evil check (type <> 'case-opened') not valid",
      "constraint evil on dossier.events is none"),
    GuardChange(
      "create unique index evil on dossier.events (stream)", "index evil on dossier.events is none"),
    GuardChange(
      "drop index dossier.case_view_organization",
      "index case_view_organization on dossier.case_view is missing"),
    GuardChange("drop index dossier.events_incidents", "index events_incidents on dossier.events is missing"),
    GuardChange(
      "drop index dossier.events_incidents; create index events_incidents on dossier.events (position)",
      "events_incidents"),
    GuardChange(
      "update pg_index set indisvalid = false where indexrelid = 'dossier.events_version_key'::regclass",
      "index events_version_key on dossier.events: state is not valid"),
    GuardChange(
      "alter table dossier.events set unlogged", "table dossier.events: storage is unlogged, not logged"),
    GuardChange("alter table dossier.case_view_2 set unlogged", "dossier.case_view_2: storage is unlogged"),
    GuardChange("alter table dossier.events enable row level security", "row-level security is on, not off"),
    GuardChange("alter table dossier.persons force row level security", "forced"),
    GuardChange(
      "create policy evil on dossier.events using (false)", "policy evil on dossier.events is none"),
    GuardChange(
      "alter table dossier.events alter hash drop not null", "dossier.events.hash: null values is taken"),
    GuardChange("alter table dossier.ledgers alter last_stream set default 0", "last_stream", "default is"),
    GuardChange("alter table dossier.events alter actor set default 'x'", "events.actor: default"),
    GuardChange("alter table dossier.events alter data set storage plain", "events.data: storage is plain"),
    GuardChange("alter table dossier.ledgers set (fillfactor = 50)", "option fillfactor", "50, not 10"),
    GuardChange("alter table dossier.events set (autovacuum_enabled = off)", "option autovacuum_enabled"),
    GuardChange(
      "do $$ begin execute 'create or replace view dashboard.overdue as select * from (' || "
        + "rtrim(pg_get_viewdef('dashboard.overdue'::regclass), ';') || ') x where false'; end $$",
      "view dashboard.overdue: definition is another"),
    GuardChange("drop view dashboard.overdue", "view dashboard.overdue is missing"),
    GuardChange("alter view dashboard.overdue rename column reference to other", "dashboard.overdue"),
    GuardChange("alter view dashboard.cases set (security_invoker = on)", "security_invoker"),
    GuardChange("drop schema dashboard cascade", "schema dashboard is missing"),
    GuardChange(
      "alter table dossier.case_view detach partition dossier.case_view_2", "dossier.case_view_2 as a part of"
    ),
    GuardChange(
      "update dossier.duties set duty = 'x' where duty = 'survey'; "
        + "update dossier.duties set duty = 'survey' where duty = 'own-area'; "
        + "update dossier.duties set duty = 'own-area' where duty = 'x'", "row 6 of dossier.duties",
      "row 15 of dossier.duties"),
    GuardChange(
      "update dossier.duty_states set state = 'x' where state = 'owed'; "
        + "update dossier.duty_states set state = 'owed' where state = 'lapsed'; "
        + "update dossier.duty_states set state = 'lapsed' where state = 'x'",
      "row 1 of dossier.duty_states is lapsed, not owed"),
    GuardChange("delete from dossier.duties where duty = 'survey'", "row 15 of dossier.duties is missing"),
    GuardChange(
      "insert into dossier.duty_states values (9, 'other')", "row 9 of dossier.duty_states is none"),
    GuardChange("update dossier.ledgers set prefix = 'XX' where ledger = 2", "prefix is XX, not CN"),
    GuardChange(
      "update dossier.ledgers set name = 'x' where ledger = 1; update dossier.ledgers set name = 'worldwide' "
        + "where ledger = 3; update dossier.ledgers set name = 'germany' where ledger = 1",
      "row 1 of dossier.ledgers: name is germany, not worldwide"),
    GuardChange(
      "set session_replication_role = replica; delete from dossier.ledgers where ledger = 2; "
        + "set session_replication_role = origin", "row 2 of dossier.ledgers is missing"),
    GuardChange(
      "delete from dossier.view_builds where ledger = 2", "row 2, case_view of dossier.view_builds is missing"
    ),
  ]

  /// What only its owner can decide on.
  static let foreign = [
    GuardChange("create table dossier.evil (x int)", "table dossier.evil is none", isLeft: true),
    GuardChange("create view dashboard.evil as select 1 as x", "view dashboard.evil is none", isLeft: true),
    GuardChange("create materialized view dossier.evil as select 1 as x", "materialized view", isLeft: true),
    GuardChange("create sequence dossier.evil", "sequence dossier.evil is none", isLeft: true),
    GuardChange("create type dossier.evil as enum ('a')", "type dossier.evil is none", isLeft: true),
    GuardChange("create domain dashboard.evil as int", "type dashboard.evil is none", isLeft: true),
    GuardChange(
      "create operator dossier.=== (leftarg = int, rightarg = int, function = int4pl)",
      "operator dossier.===", isLeft: true),
    GuardChange(
      "create statistics dossier.evil on type, actor from dossier.events", "statistics dossier.evil",
      isLeft: true),
    GuardChange(
      "alter table dossier.events add column evil int", "column dossier.events.evil is none", isLeft: true),
    GuardChange(
      "alter table dossier.events drop column correlation", "events.correlation is missing", isLeft: true),
    GuardChange(
      "alter table dossier.checkpoints alter subscription type varchar(9)",
      "subscription: type is character varying(9)", isLeft: true),
    GuardChange(
      "alter table dossier.checkpoints rename to other", "table dossier.checkpoints is missing", isLeft: true),
    GuardChange("drop table dossier.timer_queue", "table dossier.timer_queue is missing", isLeft: true),
    GuardChange(
      "create table public.evil () inherits (dossier.checkpoints)", "evil as a part of dossier.checkpoints"),
    GuardChange(
      "create table public.evil partition of dossier.case_view for values in (9)",
      "evil as a part of dossier.case_view"),
    GuardChange("create publication evil for all tables", "publication evil sends", isLeft: true),
    GuardChange("create publication evil for table dossier.persons", "publication evil sends", isLeft: true),
    GuardChange(
      "create function public.evil() returns event_trigger language plpgsql as 'begin end'; "
        + "create event trigger evil on ddl_command_end execute function public.evil()", "event trigger evil",
      isLeft: true),
    GuardChange(
      "create cast (text as int) with inout as implicit", "cast from text to integer", isLeft: true),
    GuardChange(
      "create function pg_catalog.length(int) returns int language sql as 'select 1'", "length(integer)",
      isLeft: true),
    GuardChange(
      "create foreign data wrapper evil; create server evil foreign data wrapper evil; "
        + "create foreign table dossier.evil (x int) server evil", "foreign table dossier.evil is none",
      isLeft: true),
    GuardChange(
      "alter table dossier.persons drop constraint persons_lookup_key; insert into dossier.persons "
        + "select 1, gen_random_uuid(), sha256('x'), 'x' from generate_series(1, 2)",
      "constraint persons_lookup_key on dossier.persons is missing", isLeft: true),
  ]
}
