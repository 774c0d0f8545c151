-- What is overdue: clocks of open cases whose due date has passed and that are still outstanding.
create or replace view dashboard.overdue as
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
  k.clock,
  k.cycle,
  case k.clock when 'customer_response' then 'customer' else 'operator' end as holder,
  k.due_at,
  now() - k.due_at as overdue_by,
  k.state = 'breached' as is_recorded,
  c.opened_at
from dossier.sla_clock k
join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
where k.met_at is null and k.cancelled_at is null and k.due_at < now() and c.status = 'open';

comment on view dashboard.overdue is
  'Clocks of open cases whose due date has passed while what they ask for is outstanding, one row each, '
  'whether or not the breach has been recorded (CK-6). Order by due_at: the longest overdue first.';
comment on column dashboard.overdue.ledger is 'Number of the ledger the case lives in.';
comment on column dashboard.overdue.reference is 'Reference of the case.';
comment on column dashboard.overdue.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.overdue.organization is 'Name of the organisation that asks.';
comment on column dashboard.overdue.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.overdue.severity is
  'Severity assigned: a, b, c; null where the policy assigns none.';
comment on column dashboard.overdue.requested_severity is 'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.overdue.agent is 'Agent who works on the case; null while nobody does.';
comment on column dashboard.overdue.ball is 'Side that has to act next: operator, customer.';
comment on column dashboard.overdue.clock is 'Clock: initial_response, follow_up, customer_response.';
comment on column dashboard.overdue.cycle is 'Which cycle of that clock, from 1.';
comment on column dashboard.overdue.holder is 'Side that is late: operator, customer.';
comment on column dashboard.overdue.due_at is 'When it was due.';
comment on column dashboard.overdue.overdue_by is 'How long ago that was, by the wall clock.';
comment on column dashboard.overdue.is_recorded is 'True once an event has recorded the breach.';
comment on column dashboard.overdue.opened_at is 'When the case was opened.';
