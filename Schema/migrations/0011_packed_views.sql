-- The tables of clocks and duties are written by every command and copied whole by a rebuild, so they hold what is
-- asked of them and no more. Who holds a duty and which rule states it follow from the duty; which event changed a
-- row last, recorded a breach or brought a target's basis is in the log.
do $$
declare
  name text;
begin
  -- Readers lock a view and then its tables: who has a table and then wants the view would be in their way for good.
  for name in select viewname from pg_views where schemaname = 'dashboard' order by viewname loop
    execute format('alter view dashboard.%I reset (check_option)', name);
  end loop;
end
$$;

create table dossier.duties (
  duty text collate "C" primary key,
  holder text not null check (holder in ('operator', 'customer')),
  rule text not null
);

insert into dossier.duties (duty, holder, rule)
values
  ('billing-assistance', 'operator', 'CN-33'),
  ('business-impact-statement', 'customer', 'CN-16'),
  ('contact-information', 'customer', 'CN-24'),
  ('continuous-effort', 'operator', 'CN-21'),
  ('coordinate-resolution', 'operator', 'CN-33'),
  ('gather-and-validate', 'operator', 'CN-33'),
  ('initial-response', 'operator', 'CN-20'),
  ('joint-investigation', 'customer', 'CN-24'),
  ('keep-communicating', 'operator', 'CN-23'),
  ('own-area', 'customer', 'CN-32'),
  ('purchase-assistance', 'operator', 'CN-33'),
  ('reliable-communication', 'customer', 'CN-24'),
  ('self-service-first', 'customer', 'CN-32'),
  ('survey', 'operator', 'CN-35'),
  ('troubleshoot-and-guide', 'operator', 'CN-33');

-- The view of them stays, with all that stands on it.
do $$
begin
  if to_regclass('dashboard.duties') is not null then
    create or replace view dashboard.duties as
    select c.ledger, c.reference, c.cloud, c.organization, c.type, c.status as case_state, c.assigned as severity,
      c.requested as requested_severity, c.agent, d.duty, d.instance, k.holder,
      case when d.state = 'owed' and d.due_at < now() and d.duty <> 'survey' then 'lapsed' else d.state end
        as state,
      d.state as recorded_state, d.since, d.due_at,
      case when d.state = 'owed' and d.due_at < now() then now() - d.due_at end as overdue_by,
      nullif(d.by_event, 0) as by_version, k.rule
    from dossier.responsibility_assignment d
    join dossier.duties k on k.duty = d.duty
    join dossier.case_view c on c.ledger = d.ledger and c.stream = d.stream;
  end if;
end
$$;

alter table dossier.sla_clock drop column target_basis, drop column breached_by, drop column changed_by;
alter table dossier.responsibility_assignment drop column holder, drop column rule, drop column changed_by;

-- A partition may have its columns in an order of its own: the wide ones first, so that none is padded.
do $$
declare
  number smallint;
begin
  for number in select ledger from dossier.ledgers order by ledger loop
    execute format(
      'create table dossier.packed (
        stream bigint not null, started_at timestamptz not null, due_at timestamptz, met_at timestamptz,
        breached_at timestamptz, cancelled_at timestamptz, cycle integer not null, started_by integer not null,
        target_amount integer, ledger smallint not null check (ledger = %1$s), provisional boolean not null,
        clock text collate "C" not null, state text not null, target_unit text, target_rule text,
        policy text not null, calendar text not null, zone_data text not null);
      insert into dossier.packed
      select stream, started_at, due_at, met_at, breached_at, cancelled_at, cycle, started_by, target_amount, ledger,
        provisional, clock, state, target_unit, target_rule, policy, calendar, zone_data
      from dossier.sla_clock_%1$s order by stream, clock, cycle;
      drop table dossier.sla_clock_%1$s;
      alter table dossier.packed rename to sla_clock_%1$s;
      alter table dossier.sla_clock attach partition dossier.sla_clock_%1$s for values in (%1$s);
      alter table dossier.sla_clock_%1$s drop constraint packed_ledger_check;

      create table dossier.packed (
        stream bigint not null, since timestamptz not null, due_at timestamptz, instance integer not null,
        since_event integer not null, by_event integer not null, ledger smallint not null check (ledger = %1$s),
        duty text collate "C" not null, state text not null)
        with (fillfactor = 80);
      insert into dossier.packed
      select stream, since, due_at, instance, since_event, by_event, ledger, duty, state
      from dossier.responsibility_assignment_%1$s order by stream, duty, instance;
      drop table dossier.responsibility_assignment_%1$s;
      alter table dossier.packed rename to responsibility_assignment_%1$s;
      alter table dossier.responsibility_assignment
        attach partition dossier.responsibility_assignment_%1$s for values in (%1$s);
      alter table dossier.responsibility_assignment_%1$s drop constraint packed_ledger_check',
      number);
  end loop;
end
$$;

-- What is left of a row is what it was; the digests were of more.
update dossier.view_builds set fold_version = 3, digest = null where fold_version = 2;
