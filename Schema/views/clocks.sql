-- Every cycle of every clock, its state as it is true now.
create or replace view dashboard.clocks as
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
  k.clock,
  k.cycle,
  case k.clock when 'customer_response' then 'customer' else 'operator' end as holder,
  case when k.state = 'running' and k.due_at < now() then 'breached' else k.state end as state,
  k.state as recorded_state,
  k.started_at,
  k.due_at,
  k.met_at,
  case when k.state = 'running' and k.due_at < now() then k.due_at else k.breached_at end as breached_at,
  k.cancelled_at,
  k.met_at - k.started_at as taken,
  k.state in ('running', 'breached', 'no_target') and k.met_at is null and k.cancelled_at is null
    as is_outstanding,
  case when k.met_at is null and k.cancelled_at is null and k.due_at < now() then now() - k.due_at end
    as overdue_by,
  k.target_amount,
  k.target_unit,
  k.target_rule,
  k.policy as policy_version,
  k.calendar as calendar_version,
  k.zone_data as time_zone_data_version,
  k.provisional as is_provisional
from dossier.sla_clock k
join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream;

comment on view dashboard.clocks is
  'Every cycle of every clock, one row each, with its state as it is true now: a due date that has passed '
  'is a breach although nothing has recorded it yet (CK-6).';
comment on column dashboard.clocks.ledger is 'Number of the ledger the case lives in.';
comment on column dashboard.clocks.reference is 'Reference of the case.';
comment on column dashboard.clocks.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.clocks.organization is 'Name of the organisation that asks.';
comment on column dashboard.clocks.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.clocks.case_state is
  'State of the case: open, resolved, closed, cancelled, referred.';
comment on column dashboard.clocks.severity is
  'Severity assigned to the case now: a, b, c; null where the policy assigns none.';
comment on column dashboard.clocks.requested_severity is 'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.clocks.agent is 'Agent who works on the case; null while nobody does.';
comment on column dashboard.clocks.clock is 'Clock: initial_response, follow_up, customer_response.';
comment on column dashboard.clocks.cycle is 'Which cycle of that clock, from 1.';
comment on column dashboard.clocks.holder is 'Side that the clock measures: operator, customer.';
comment on column dashboard.clocks.state is
  'State as it is true now: running, met, breached, cancelled, no_target.';
comment on column dashboard.clocks.recorded_state is
  'State as far as events tell; running where a breach has not been recorded yet.';
comment on column dashboard.clocks.started_at is 'When the cycle began to count.';
comment on column dashboard.clocks.due_at is 'When it is due; null where the policy sets no target.';
comment on column dashboard.clocks.met_at is
  'When what was owed was done, in time or late; null while it has not been.';
comment on column dashboard.clocks.breached_at is 'Due date that was missed; null if none was.';
comment on column dashboard.clocks.cancelled_at is 'When the cycle was cancelled; null if it was not.';
comment on column dashboard.clocks.taken is
  'Time from start to what was owed, by the wall clock and not in service hours; null while outstanding.';
comment on column dashboard.clocks.is_outstanding is
  'True while what is owed has neither been done nor been called off, in time or late.';
comment on column dashboard.clocks.overdue_by is
  'How long ago it was due, while it is outstanding; null if it is not overdue.';
comment on column dashboard.clocks.target_amount is 'Target in target_unit; null where there is none.';
comment on column dashboard.clocks.target_unit is 'Unit of the target: minute, hour, business_day, …';
comment on column dashboard.clocks.target_rule is 'Number of the rule that sets the target.';
comment on column dashboard.clocks.policy_version is 'Version of the policy that made the due date.';
comment on column dashboard.clocks.calendar_version is 'Version of the calendar that made the due date.';
comment on column dashboard.clocks.time_zone_data_version is
  'Version of the time zone data that made the due date.';
comment on column dashboard.clocks.is_provisional is
  'True while public holidays that the due date rests on are not published (CK-13).';
