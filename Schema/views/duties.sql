-- Every duty of either side, its state as it is true now.
create or replace view dashboard.duties as
select
  c.ledger,
  c.reference,
  c.cloud,
  c.organization,
  c.type,
  c.status as case_state,
  c.assigned as severity,
  c.requested as requested_severity,
  c.agent,
  k.duty,
  d.instance,
  k.holder,
  -- A survey that comes late still comes: its date lapses nothing.
  case when s.state = 'owed' and d.due_at < now() and k.duty <> 'survey' then 'lapsed' else s.state end
    as state,
  s.state as recorded_state,
  d.since,
  d.due_at,
  case when s.state = 'owed' and d.due_at < now() then now() - d.due_at end as overdue_by,
  nullif(d.by_event, 0) as by_version,
  k.rule
from dossier.responsibility_assignment d
join dossier.duties k on k.code = d.duty
join dossier.duty_states s on s.code = d.state
join dossier.case_view c on c.ledger = d.ledger and c.stream = d.stream;

comment on view dashboard.duties is
  'Every duty of either side, one row for each time it is or was owed, with its state as it is true now.';
comment on column dashboard.duties.ledger is 'Number of the ledger the case lives in.';
comment on column dashboard.duties.reference is 'Reference of the case.';
comment on column dashboard.duties.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.duties.organization is 'Name of the organisation that asks.';
comment on column dashboard.duties.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.duties.case_state is
  'State of the case: open, resolved, closed, cancelled, referred.';
comment on column dashboard.duties.severity is
  'Severity assigned to the case now: a, b, c; null where the policy assigns none.';
comment on column dashboard.duties.requested_severity is 'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.duties.agent is 'Agent who works on the case; null while nobody does.';
comment on column dashboard.duties.duty is
  'Which duty, such as initial-response or business-impact-statement.';
comment on column dashboard.duties.instance is 'The how-manieth time it is owed in this case, from 1.';
comment on column dashboard.duties.holder is 'Side that owes it: operator, customer.';
comment on column dashboard.duties.state is 'State as it is true now: owed, fulfilled, lapsed, released.';
comment on column dashboard.duties.recorded_state is
  'State as far as events tell; owed where a lapse has not been recorded yet.';
comment on column dashboard.duties.since is 'Since when it is owed.';
comment on column dashboard.duties.due_at is 'When it is due; null where it has no date.';
comment on column dashboard.duties.overdue_by is
  'How long ago it was due, where nothing has settled it since; null otherwise.';
comment on column dashboard.duties.by_version is
  'Version of the event of the case that fulfilled, lapsed or released it; null while owed.';
comment on column dashboard.duties.rule is 'Number of the rule that states the duty.';
