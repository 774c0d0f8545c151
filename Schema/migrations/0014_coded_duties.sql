-- Duties are most of all rows, and every command and every rebuild writes them: which duty and how it stands are
-- stored as numbers, and two dictionaries tell the words. Which event began a duty or started a clock is in the log,
-- and no table is asked for it. The keys of these two large views begin with the stream: the ledger is the same in a
-- whole partition, and comparing it first made their indexes a sixth slower to build.
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

-- What a command commits after the rows are copied would be lost: nobody may write from here on. In the order in
-- which commands take them, so that none is left with half of them.
lock table dossier.ledgers, dossier.events, dossier.commands, dossier.case_view, dossier.sla_clock,
  dossier.responsibility_assignment in access exclusive mode;

alter table dossier.duties add column code smallint unique;

update dossier.duties d set code = c.code
from (
  values
    ('contact-information', 1), ('business-impact-statement', 2), ('reliable-communication', 3),
    ('joint-investigation', 4), ('self-service-first', 5), ('own-area', 6), ('initial-response', 7),
    ('gather-and-validate', 8), ('troubleshoot-and-guide', 9), ('billing-assistance', 10),
    ('purchase-assistance', 11), ('coordinate-resolution', 12), ('keep-communicating', 13),
    ('continuous-effort', 14), ('survey', 15)) as c (duty, code)
where c.duty = d.duty;

alter table dossier.duties alter column code set not null;

create table dossier.duty_states (
  code smallint primary key,
  state text not null unique
);

insert into dossier.duty_states (code, state) values (1, 'owed'), (2, 'fulfilled'), (3, 'lapsed'), (4, 'released');

create table dossier.coded (
  ledger smallint not null,
  stream bigint not null,
  duty smallint not null,
  instance integer not null,
  state smallint not null,
  since timestamptz not null,
  due_at timestamptz,
  by_event integer not null
) partition by list (ledger);

-- The rows move ledger by ledger; each partition has its columns in the order of 0011, so that none is padded.
do $$
declare
  number smallint;
begin
  for number in select ledger from dossier.ledgers order by ledger loop
    execute format(
      'create table dossier.coded_%1$s (
        stream bigint not null, since timestamptz not null, due_at timestamptz, instance integer not null,
        by_event integer not null, ledger smallint not null, duty smallint not null, state smallint not null)
        with (fillfactor = 80);
      insert into dossier.coded_%1$s (stream, since, due_at, instance, by_event, ledger, duty, state)
      select r.stream, r.since, r.due_at, r.instance, r.by_event, r.ledger, d.code, s.code
      from dossier.responsibility_assignment_%1$s r
      join dossier.duties d on d.duty = r.duty
      join dossier.duty_states s on s.state = r.state
      order by r.stream, d.code, r.instance;
      alter table dossier.coded attach partition dossier.coded_%1$s for values in (%1$s)',
      number);
  end loop;
end
$$;

-- The view of them stays, with all that stands on it.
do $$
begin
  if to_regclass('dashboard.duties') is not null then
    create or replace view dashboard.duties as
    select c.ledger, c.reference, c.cloud, c.organization, c.type, c.status as case_state, c.assigned as severity,
      c.requested as requested_severity, c.agent, k.duty, d.instance, k.holder,
      case when s.state = 'owed' and d.due_at < now() and k.duty <> 'survey' then 'lapsed' else s.state end
        as state,
      s.state as recorded_state, d.since, d.due_at,
      case when s.state = 'owed' and d.due_at < now() then now() - d.due_at end as overdue_by,
      nullif(d.by_event, 0) as by_version, k.rule
    from dossier.coded d
    join dossier.duties k on k.code = d.duty
    join dossier.duty_states s on s.code = d.state
    join dossier.case_view c on c.ledger = d.ledger and c.stream = d.stream;
  end if;
end
$$;

drop table dossier.responsibility_assignment;
alter table dossier.coded rename to responsibility_assignment;

do $$
declare
  number smallint;
begin
  for number in select ledger from dossier.ledgers order by ledger loop
    execute format('alter table dossier.coded_%1$s rename to responsibility_assignment_%1$s', number);
  end loop;
end
$$;

alter table dossier.responsibility_assignment
  add constraint responsibility_assignment_pkey primary key (stream, duty, instance, ledger);

alter table dossier.sla_clock drop column started_by;
alter table dossier.sla_clock drop constraint sla_clock_pkey;
alter table dossier.sla_clock add constraint sla_clock_pkey primary key (stream, clock, cycle, ledger);

-- What is left of a row is what it was; the digests of two views were of more.
update dossier.view_builds
set fold_version = 5, digest = case view when 'case_view' then digest end
where fold_version = 4;
