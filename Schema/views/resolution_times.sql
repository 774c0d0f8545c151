-- How long cases took until they were resolved.
create or replace view dashboard.resolution_times as
with done as (
  select
    date_trunc('month', c.resolved_at at time zone 'UTC')::date as month,
    c.cloud, c.organization, c.type, c.assigned, c.requested,
    c.resolved_at - c.opened_at as taken
  from dossier.case_view c
  where c.status in ('resolved', 'closed') and c.resolved_at is not null
)
select
  month,
  cloud,
  organization,
  type,
  assigned as severity,
  requested as requested_severity,
  count(*) as resolutions,
  avg(taken) as average,
  percentile_cont(0.5) within group (order by taken) as p50,
  percentile_cont(0.9) within group (order by taken) as p90,
  max(taken) as max
from done
group by month, cloud, organization, type, assigned, requested;

comment on view dashboard.resolution_times is
  'Time from the opening of a case to its last resolution, by the wall clock, time with the customer '
  'included. A case that is open again is left out. For other groups take dashboard.cases.';
comment on column dashboard.resolution_times.month is 'First day of the month in UTC of the last resolution.';
comment on column dashboard.resolution_times.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.resolution_times.organization is 'Name of the organisation that asks.';
comment on column dashboard.resolution_times.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.resolution_times.severity is
  'Severity assigned: a, b, c; null where the policy assigns none.';
comment on column dashboard.resolution_times.requested_severity is
  'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.resolution_times.resolutions is 'Cases that stand resolved or closed.';
comment on column dashboard.resolution_times.average is 'Average time, an interval.';
comment on column dashboard.resolution_times.p50 is 'Median time, an interval: half were faster.';
comment on column dashboard.resolution_times.p90 is
  'Time within which nine in ten were resolved, an interval.';
comment on column dashboard.resolution_times.max is 'Longest time, an interval.';
