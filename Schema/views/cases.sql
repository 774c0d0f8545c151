-- Every case as it stands now. The other dashboards are made of the same tables; build your own on this one.
create or replace view dashboard.cases as
select
  c.ledger,
  c.reference,
  c.cloud,
  c.organization,
  c.type,
  c.service,
  c.category,
  c.issue_type,
  c.status as state,
  c.assigned as severity,
  c.requested as requested_severity,
  c.reasons::jsonb as cap_reasons,
  c.classified as is_classified,
  c.has_statement as has_impact_statement,
  c.own_area as is_own_area,
  c.tier,
  c.agent,
  c.ball,
  c.ball_since,
  now() - c.ball_since as ball_held_for,
  c.contact_method,
  c.language,
  c.incident,
  c.follows,
  c.policy as policy_version,
  c.opened_at,
  c.first_response_at,
  case when c.status in ('resolved', 'closed') then c.resolved_at end as resolved_at,
  c.ended_at,
  c.reopenings,
  c.referred_to,
  c.next_due_clock,
  c.next_due_at,
  -- Evaluated only where it is asked for, only for open cases, and always by the case: as a condition the
  -- due date could lead the planner from each case to everything that is overdue.
  case when c.status = 'open' then (
    select min(k.due_at) filter (where k.met_at is null and k.cancelled_at is null and k.due_at < now())
    from dossier.sla_clock k
    where k.ledger = c.ledger and k.stream = c.stream
  ) end as overdue_since,
  c.version,
  c.position,
  c.duplicate_of
from dossier.case_view c;

comment on view dashboard.cases is
  'Every case as it stands now, one row each. No title, text, name or address of a person.';
comment on column dashboard.cases.ledger is
  'Number of the ledger the case lives in; its name stands in dashboard.ledgers.';
comment on column dashboard.cases.reference is 'Reference the case was given, unique in the database.';
comment on column dashboard.cases.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.cases.organization is 'Name of the organisation that asks.';
comment on column dashboard.cases.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.cases.service is 'Service concerned.';
comment on column dashboard.cases.category is 'Category of the problem; null where none was given.';
comment on column dashboard.cases.issue_type is
  'Kind of issue the operator found; null before it was classified.';
comment on column dashboard.cases.state is 'State: open, resolved, closed, cancelled, referred.';
comment on column dashboard.cases.severity is
  'Severity assigned: a, b, c; null where the policy assigns none (worldwide, germany).';
comment on column dashboard.cases.requested_severity is
  'Severity asked for: a, b, c; null where none was. It never moves a due date.';
comment on column dashboard.cases.cap_reasons is
  'Why the assigned severity is lower than the one asked for: an array of {"code", "rules"}; else null.';
comment on column dashboard.cases.is_classified is 'True once the operator has assessed the case (CN-10).';
comment on column dashboard.cases.has_impact_statement is
  'True once the customer has stated the business impact (CN-16).';
comment on column dashboard.cases.is_own_area is
  'True while the problem is the administrator''s own to solve and no response clock runs (CN-34).';
comment on column dashboard.cases.tier is 'Tier of support that works on it, from 1.';
comment on column dashboard.cases.agent is 'Agent who works on it; null while nobody does.';
comment on column dashboard.cases.ball is
  'Side that has to act next: operator, customer; null once the case is no longer open (CK-9).';
comment on column dashboard.cases.ball_since is 'Since when that side holds the ball.';
comment on column dashboard.cases.ball_held_for is 'How long that side has held the ball until now.';
comment on column dashboard.cases.contact_method is 'How the customer wants to be reached: email, phone, …';
comment on column dashboard.cases.language is 'Language to answer in; null where none was stated.';
comment on column dashboard.cases.incident is 'Service incident the case belongs to; null if none.';
comment on column dashboard.cases.follows is
  'Reference of the earlier case that this one follows; null if none.';
comment on column dashboard.cases.policy_version is 'Version of the policy the case is judged by.';
comment on column dashboard.cases.opened_at is 'When the case was opened.';
comment on column dashboard.cases.first_response_at is
  'When the first response was given (CK-5); null while it is outstanding.';
comment on column dashboard.cases.resolved_at is
  'When the case was last resolved; null while it is open again, or if it never was.';
comment on column dashboard.cases.ended_at is
  'When the case was closed, cancelled or referred; null before.';
comment on column dashboard.cases.reopenings is 'How often the case was reopened.';
comment on column dashboard.cases.referred_to is
  'Where a referred case was sent: customer-network, third-party, administrator, community.';
comment on column dashboard.cases.next_due_clock is
  'Clock of the next due date: initial_response, follow_up, customer_response; null if none runs.';
comment on column dashboard.cases.next_due_at is
  'Next due date; a passed one stays until its breach is recorded. Null if no clock with a target runs.';
comment on column dashboard.cases.overdue_since is
  'Earliest due date that has passed without what it asks for, of either side; null if there is none.';
comment on column dashboard.cases.version is 'Version of the newest event of the case, from 1.';
comment on column dashboard.cases.position is 'Position of that event in its ledger.';
comment on column dashboard.cases.duplicate_of is
  'Reference of the case that this one is a duplicate of; null if none.';
