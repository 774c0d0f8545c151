-- The three views: folds of the log, written in the transaction that appends. Partitioned by ledger, so
-- that a rebuild exchanges one partition in one transaction. Keys of text have the order of their bytes, so
-- that the digest of the sorted rows is the same in every database.
create table dossier.case_view (
  ledger smallint not null,
  stream bigint not null,
  reference text not null,
  organization text not null,
  cloud text not null,
  name text,
  person uuid not null,
  type text not null,
  service text not null,
  category text,
  issue_type text,
  status text not null check (status in ('open', 'resolved', 'closed', 'cancelled', 'referred')),
  requested text check (requested in ('a', 'b', 'c')),
  assigned text check (assigned in ('a', 'b', 'c')),
  reasons text,
  classified boolean not null,
  has_statement boolean not null,
  own_area boolean not null,
  tier smallint not null,
  agent text,
  ball text check (ball in ('operator', 'customer')),
  ball_since timestamptz,
  contact_method text not null,
  contact_event integer not null,
  language text,
  time_zone text,
  incident text,
  follows text,
  policy text not null,
  opened_at timestamptz not null,
  first_response_at timestamptz,
  resolved_at timestamptz,
  ended_at timestamptz,
  reopenings integer not null,
  referred_to text,
  next_due_clock text,
  next_due_at timestamptz,
  version integer not null,
  position bigint not null,
  primary key (ledger, stream),
  -- While a case is open exactly one side holds the ball; otherwise nobody does.
  constraint case_view_ball check ((status = 'open') = (ball is not null))
) partition by list (ledger);

create table dossier.sla_clock (
  ledger smallint not null,
  stream bigint not null,
  clock text collate "C" not null check (clock in ('initial_response', 'follow_up', 'customer_response')),
  cycle integer not null check (cycle > 0),
  state text not null check (state in ('running', 'met', 'breached', 'cancelled', 'no_target')),
  started_at timestamptz not null,
  due_at timestamptz,
  met_at timestamptz,
  breached_at timestamptz,
  cancelled_at timestamptz,
  target_amount integer,
  target_unit text,
  target_rule text,
  target_basis text,
  policy text not null,
  calendar text not null,
  zone_data text not null,
  provisional boolean not null,
  started_by integer not null,
  breached_by integer not null,
  changed_by integer not null,
  primary key (ledger, stream, clock, cycle)
) partition by list (ledger);

create table dossier.responsibility_assignment (
  ledger smallint not null,
  stream bigint not null,
  duty text collate "C" not null,
  instance integer not null check (instance > 0),
  holder text not null check (holder in ('operator', 'customer')),
  state text not null check (state in ('owed', 'fulfilled', 'lapsed', 'released')),
  since timestamptz not null,
  since_event integer not null,
  due_at timestamptz,
  by_event integer not null,
  rule text not null,
  changed_by integer not null,
  primary key (ledger, stream, duty, instance)
) partition by list (ledger);

create table dossier.case_view_1 partition of dossier.case_view for values in (1);
create table dossier.case_view_2 partition of dossier.case_view for values in (2);
create table dossier.case_view_3 partition of dossier.case_view for values in (3);
create table dossier.sla_clock_1 partition of dossier.sla_clock for values in (1);
create table dossier.sla_clock_2 partition of dossier.sla_clock for values in (2);
create table dossier.sla_clock_3 partition of dossier.sla_clock for values in (3);
create table dossier.responsibility_assignment_1 partition of dossier.responsibility_assignment for values in (1);
create table dossier.responsibility_assignment_2 partition of dossier.responsibility_assignment for values in (2);
create table dossier.responsibility_assignment_3 partition of dossier.responsibility_assignment for values in (3);

-- What lists and dashboards ask: the queue by due date, and cases by organisation.
create index case_view_queue on dossier.case_view (ledger, next_due_at) where status = 'open';
create index case_view_organization on dossier.case_view (ledger, organization, opened_at);

-- When each view was last made anew, with which version of its fold, and the digest it had at a position.
create table dossier.view_builds (
  ledger smallint not null references dossier.ledgers,
  view text not null check (view in ('case_view', 'sla_clock', 'responsibility_assignment')),
  fold_version integer not null,
  position bigint not null,
  digest bytea check (length(digest) = 32),
  rebuilt_at timestamptz,
  primary key (ledger, view)
);

insert into dossier.view_builds (ledger, view, fold_version, position)
select ledger, view, 1, 0
from dossier.ledgers, unnest(array['case_view', 'sla_clock', 'responsibility_assignment']) as view;
