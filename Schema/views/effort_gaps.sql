-- Gaps in the continuous effort that A cases are owed: the ball at the operator and nobody assigned.
create or replace view dashboard.effort_gaps as
select
  c.ledger,
  c.reference,
  c.cloud,
  c.organization,
  c.type,
  c.status as case_state,
  c.assigned as severity,
  c.agent,
  (g.gap ->> 'from')::timestamptz as gap_from,
  (g.gap ->> 'until')::timestamptz as gap_until,
  coalesce((g.gap ->> 'until')::timestamptz, now()) - (g.gap ->> 'from')::timestamptz as lasted,
  g.gap ->> 'until' is null as is_open,
  (g.gap ->> 'since_event')::integer as since_version,
  (g.gap ->> 'by_event')::integer as by_version
from dossier.case_view c
cross join lateral jsonb_array_elements(c.gaps::jsonb) as g (gap)
where c.gaps is not null;

comment on view dashboard.effort_gaps is
  'Gaps in continuous effort on A cases (CK-9, CN-21): the operator held the ball and nobody was assigned.';
comment on column dashboard.effort_gaps.ledger is 'Number of the ledger the case lives in.';
comment on column dashboard.effort_gaps.reference is 'Reference of the case.';
comment on column dashboard.effort_gaps.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.effort_gaps.organization is 'Name of the organisation that asks.';
comment on column dashboard.effort_gaps.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.effort_gaps.case_state is
  'State of the case now: open, resolved, closed, cancelled, referred.';
comment on column dashboard.effort_gaps.severity is 'Severity assigned to the case now: a, b, c.';
comment on column dashboard.effort_gaps.agent is 'Agent who works on the case now; null while nobody does.';
comment on column dashboard.effort_gaps.gap_from is 'When the gap began.';
comment on column dashboard.effort_gaps.gap_until is 'When it ended; null while it lasts.';
comment on column dashboard.effort_gaps.lasted is 'How long it lasted, or has lasted until now.';
comment on column dashboard.effort_gaps.is_open is 'True while it lasts.';
comment on column dashboard.effort_gaps.since_version is 'Version of the event of the case that began it.';
comment on column dashboard.effort_gaps.by_version is
  'Version of the event of the case that ended it; null while it lasts.';
