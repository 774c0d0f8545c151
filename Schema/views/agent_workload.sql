-- What each agent has to do; one row more for what nobody has.
create or replace view dashboard.agent_workload as
with late as (
  select k.ledger, k.stream, min(k.due_at) as due_at
  from dossier.sla_clock k
  where k.met_at is null and k.cancelled_at is null and k.due_at < now() and k.clock <> 'customer_response'
  group by k.ledger, k.stream
),
-- The row of unassigned cases is there even when it counts none.
work as (
  select c.agent, c.reference, c.assigned, c.ball, c.opened_at, c.next_due_clock, c.next_due_at,
    late.due_at as late_since
  from dossier.case_view c
  left join late on late.ledger = c.ledger and late.stream = c.stream
  where c.status = 'open'
  union all
  select null, null, null, null, null, null, null, null
)
select
  agent,
  agent is null as is_unassigned,
  count(reference) as open_cases,
  count(*) filter (where assigned = 'a') as severity_a,
  count(*) filter (where assigned = 'b') as severity_b,
  count(*) filter (where assigned = 'c') as severity_c,
  count(reference) filter (where assigned is null) as without_severity,
  count(*) filter (where ball = 'operator') as at_operator,
  count(*) filter (where ball = 'customer') as at_customer,
  count(late_since) as overdue,
  count(*) filter (
    where next_due_clock <> 'customer_response' and next_due_at >= now()
      and next_due_at < now() + interval '24 hours') as due_in_24_hours,
  min(next_due_at) filter (where next_due_clock <> 'customer_response' and next_due_at >= now())
    as next_due_at,
  min(late_since) as overdue_since,
  min(opened_at) as oldest_opened_at
from work
group by agent;

comment on view dashboard.agent_workload is
  'Open cases of each agent, one row each, and one row for the cases that nobody has.';
comment on column dashboard.agent_workload.agent is 'Agent; null in the row of unassigned cases.';
comment on column dashboard.agent_workload.is_unassigned is 'True in the row of cases without an agent.';
comment on column dashboard.agent_workload.open_cases is 'Open cases.';
comment on column dashboard.agent_workload.severity_a is 'Of these, with severity A assigned.';
comment on column dashboard.agent_workload.severity_b is 'Of these, with severity B assigned.';
comment on column dashboard.agent_workload.severity_c is 'Of these, with severity C assigned.';
comment on column dashboard.agent_workload.without_severity is
  'Of these, with no severity assigned, as under a policy that assigns none.';
comment on column dashboard.agent_workload.at_operator is 'Of these, the operator has to act next.';
comment on column dashboard.agent_workload.at_customer is 'Of these, the customer has to act next.';
comment on column dashboard.agent_workload.overdue is
  'Of these, a response or contact of the operator is overdue, recorded or not (CK-6).';
comment on column dashboard.agent_workload.due_in_24_hours is
  'Of these, a response or contact of the operator is due within 24 hours from now.';
comment on column dashboard.agent_workload.next_due_at is
  'Next response or contact of the operator that is due and not overdue; null if none.';
comment on column dashboard.agent_workload.overdue_since is
  'Due date of the response or contact of the operator that is overdue longest; null if none.';
comment on column dashboard.agent_workload.oldest_opened_at is 'When the oldest of the cases was opened.';
