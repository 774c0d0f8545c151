-- What is due next: open cases whose next due date lies ahead.
create or replace view dashboard.due_next as
select
  c.ledger,
  c.reference,
  c.cloud,
  c.organization,
  c.type,
  c.assigned as severity,
  c.requested as requested_severity,
  c.agent,
  c.ball,
  c.next_due_clock as clock,
  case c.next_due_clock when 'customer_response' then 'customer' else 'operator' end as holder,
  k.due_at,
  k.due_at - now() as due_in,
  c.opened_at
from dossier.sla_clock k
join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
where k.met_at is null and k.cancelled_at is null and k.due_at >= now() and c.status = 'open'
  -- A case's next due date is that of exactly one of its outstanding clocks; they have an index by due date. A plain
  -- comparison would look to the planner as if hardly a case passed it.
  and case when c.next_due_at = k.due_at then c.next_due_clock = k.clock end;

comment on view dashboard.due_next is
  'Open cases whose next due date lies ahead, one row each; order by due_at. Those whose due date has '
  'passed stand in dashboard.overdue.';
comment on column dashboard.due_next.ledger is 'Number of the ledger the case lives in.';
comment on column dashboard.due_next.reference is 'Reference of the case.';
comment on column dashboard.due_next.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.due_next.organization is 'Name of the organisation that asks.';
comment on column dashboard.due_next.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.due_next.severity is
  'Severity assigned: a, b, c; null where the policy assigns none.';
comment on column dashboard.due_next.requested_severity is
  'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.due_next.agent is 'Agent who works on the case; null while nobody does.';
comment on column dashboard.due_next.ball is 'Side that has to act next: operator, customer.';
comment on column dashboard.due_next.clock is
  'Clock of the due date: initial_response, follow_up, customer_response.';
comment on column dashboard.due_next.holder is 'Side that the clock measures: operator, customer.';
comment on column dashboard.due_next.due_at is 'When it is due.';
comment on column dashboard.due_next.due_in is 'Time left until then, by the wall clock.';
comment on column dashboard.due_next.opened_at is 'When the case was opened.';
