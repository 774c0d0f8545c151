-- Due dates met and breached, by the month they fell in.
create or replace view dashboard.targets_by_month as
with due as (
  select
    date_trunc('month', k.due_at at time zone 'UTC')::date as month,
    c.cloud, c.organization, c.type, c.assigned, c.requested, k.clock,
    case
      when k.state = 'running' and k.due_at < now() then 'breached'
      else k.state
    end as state,
    k.state = 'running' and k.due_at < now() as is_unrecorded,
    k.met_at is null and k.cancelled_at is null as is_outstanding
  from dossier.sla_clock k
  join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
  where k.due_at is not null
)
select
  month,
  cloud,
  organization,
  type,
  assigned as severity,
  requested as requested_severity,
  clock,
  count(*) filter (where state <> 'cancelled') as targets,
  count(*) filter (where state = 'met') as met,
  count(*) filter (where state = 'breached') as breached,
  count(*) filter (where state = 'breached' and is_outstanding) as outstanding,
  count(*) filter (where is_unrecorded) as unrecorded,
  count(*) filter (where state = 'running') as running,
  count(*) filter (where state = 'cancelled') as cancelled,
  round(count(*) filter (where state = 'breached')::numeric
    / nullif(count(*) filter (where state in ('met', 'breached')), 0), 4) as breach_rate
from due
group by month, cloud, organization, type, assigned, requested, clock;

comment on view dashboard.targets_by_month is
  'Due dates met and breached, by the calendar month in UTC in which they fell due. What is past due and '
  'outstanding counts as breached, recorded or not (CK-6). Clocks without a target are left out.';
comment on column dashboard.targets_by_month.month is
  'First day of the month in UTC in which the due date lies.';
comment on column dashboard.targets_by_month.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.targets_by_month.organization is 'Name of the organisation that asks.';
comment on column dashboard.targets_by_month.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.targets_by_month.severity is
  'Severity assigned to the case now: a, b, c; null where the policy assigns none.';
comment on column dashboard.targets_by_month.requested_severity is
  'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.targets_by_month.clock is
  'Clock: initial_response, follow_up, customer_response.';
comment on column dashboard.targets_by_month.targets is
  'Due dates that were not cancelled: met, breached and running.';
comment on column dashboard.targets_by_month.met is 'Of these, met in time.';
comment on column dashboard.targets_by_month.breached is
  'Of these, breached, though what was owed may have come late.';
comment on column dashboard.targets_by_month.outstanding is 'Of the breached, not done even now.';
comment on column dashboard.targets_by_month.unrecorded is 'Of the breached, not recorded by an event yet.';
comment on column dashboard.targets_by_month.running is 'Due dates that still lie ahead.';
comment on column dashboard.targets_by_month.cancelled is
  'Due dates that were cancelled before they came; in no other count.';
comment on column dashboard.targets_by_month.breach_rate is
  'Breached out of met and breached, from 0 to 1; null where there is neither. Rates of several rows do '
  'not add up: sum the counts and divide.';
