-- Which cases the timers look at, and from when on: written in the commit that changes a case. It is no view:
-- when a warning is due takes a calendar, which a fold never asks.
create table dossier.timer_queue (
  ledger smallint not null,
  stream bigint not null,
  due_at timestamptz not null,
  primary key (ledger, stream)
);

create index timer_queue_due on dossier.timer_queue (due_at, ledger, stream);

-- The first run looks at every case that time can still do something to.
insert into dossier.timer_queue (ledger, stream, due_at)
select ledger, stream, '0001-01-01 00:00:00+00'
from dossier.case_view
where status in ('open', 'resolved', 'closed');

-- Gaps in continuous effort, proposals and objections, surveys, and what the case is a duplicate of.
alter table dossier.case_view
  add column duplicate_of text,
  add column gaps text,
  add column proposals text,
  add column surveys text;

-- What dashboards ask: few cases have any.
create index case_view_gaps on dossier.case_view (ledger, stream) where gaps is not null;
create index case_view_proposals on dossier.case_view (ledger, stream)
  where proposals is not null and status = 'open';
create index case_view_surveys on dossier.case_view (ledger, stream) where surveys is not null;

-- The views of a ledger without events are what this version of the folds makes of them.
update dossier.view_builds b set fold_version = 2
where fold_version = 1 and not exists (select from dossier.events e where e.ledger = b.ledger);
