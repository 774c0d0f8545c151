-- Open cases by severity and by who holds the ball.
create or replace view dashboard.open_cases as
with late as (
  select k.ledger, k.stream,
    bool_or(k.clock <> 'customer_response') as operator, bool_or(k.clock = 'customer_response') as customer
  from dossier.sla_clock k
  where k.met_at is null and k.cancelled_at is null and k.due_at < now()
  group by k.ledger, k.stream
)
select
  c.cloud,
  c.assigned as severity,
  c.requested as requested_severity,
  c.ball,
  count(*) as cases,
  count(*) filter (where not c.classified) as unclassified,
  count(*) filter (where c.agent is null) as unassigned,
  count(*) filter (where late.operator) as overdue,
  count(*) filter (where late.customer) as customer_overdue,
  count(*) filter (where c.next_due_at >= now() and c.next_due_at < now() + interval '24 hours')
    as due_in_24_hours,
  min(c.opened_at) as oldest_opened_at
from dossier.case_view c
left join late on late.ledger = c.ledger and late.stream = c.stream
where c.status = 'open'
group by c.cloud, c.assigned, c.requested, c.ball;

comment on view dashboard.open_cases is
  'Open cases counted by cloud, severity assigned, severity asked for and side that holds the ball. The '
  'counts can be added up; by other columns, count dashboard.cases where state is open.';
comment on column dashboard.open_cases.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.open_cases.severity is
  'Severity assigned: a, b, c; null where the policy assigns none.';
comment on column dashboard.open_cases.requested_severity is
  'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.open_cases.ball is 'Side that has to act next: operator, customer.';
comment on column dashboard.open_cases.cases is 'Open cases.';
comment on column dashboard.open_cases.unclassified is 'Of these, not yet assessed by the operator (CN-10).';
comment on column dashboard.open_cases.unassigned is 'Of these, without an agent.';
comment on column dashboard.open_cases.overdue is
  'Of these, with a response or contact of the operator overdue, recorded or not (CK-6).';
comment on column dashboard.open_cases.customer_overdue is
  'Of these, with an answer of the customer overdue.';
comment on column dashboard.open_cases.due_in_24_hours is
  'Of these, with the next due date within 24 hours from now, of either side.';
comment on column dashboard.open_cases.oldest_opened_at is 'When the oldest of them was opened.';
