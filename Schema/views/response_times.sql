-- How long customers waited for the first response.
create or replace view dashboard.response_times as
with answered as (
  select
    date_trunc('month', k.met_at at time zone 'UTC')::date as month,
    c.cloud, c.organization, c.type, c.assigned, c.requested,
    k.met_at - k.started_at as taken
  from dossier.sla_clock k
  join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
  where k.clock = 'initial_response' and k.met_at is not null
)
select
  month,
  cloud,
  organization,
  type,
  assigned as severity,
  requested as requested_severity,
  count(*) as responses,
  avg(taken) as average,
  percentile_cont(0.5) within group (order by taken) as p50,
  percentile_cont(0.9) within group (order by taken) as p90,
  max(taken) as max
from answered
group by month, cloud, organization, type, assigned, requested;

comment on view dashboard.response_times is
  'Time from the start of the response clock (CK-3) to the first response (CK-5), by the wall clock and '
  'not in service hours, in time or late. For other groups take dashboard.clocks: taken where clock is '
  'initial_response.';
comment on column dashboard.response_times.month is
  'First day of the month in UTC in which the response was given.';
comment on column dashboard.response_times.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.response_times.organization is 'Name of the organisation that asks.';
comment on column dashboard.response_times.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.response_times.severity is
  'Severity assigned to the case now: a, b, c; null where the policy assigns none.';
comment on column dashboard.response_times.requested_severity is
  'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.response_times.responses is 'First responses given.';
comment on column dashboard.response_times.average is 'Average time, an interval.';
comment on column dashboard.response_times.p50 is 'Median time, an interval: half were faster.';
comment on column dashboard.response_times.p90 is 'Time within which nine in ten were given, an interval.';
comment on column dashboard.response_times.max is 'Longest time, an interval.';
