-- How often a resolution did not last.
create or replace view dashboard.reopen_rates as
select
  date_trunc('month', c.resolved_at at time zone 'UTC')::date as month,
  c.cloud,
  c.organization,
  c.type,
  c.assigned as severity,
  c.requested as requested_severity,
  count(*) as cases,
  count(*) filter (where c.reopenings > 0) as reopened,
  sum(c.reopenings) as reopenings,
  count(*) filter (where c.reopenings > 0 and c.status = 'open') as open_again,
  round(count(*) filter (where c.reopenings > 0)::numeric / count(*), 4) as reopen_rate
from dossier.case_view c
where c.resolved_at is not null
group by 1, c.cloud, c.organization, c.type, c.assigned, c.requested;

comment on view dashboard.reopen_rates is
  'Share of resolved cases that were reopened at least once (CK-10), by the month of the last resolution.';
comment on column dashboard.reopen_rates.month is 'First day of the month in UTC of the last resolution.';
comment on column dashboard.reopen_rates.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.reopen_rates.organization is 'Name of the organisation that asks.';
comment on column dashboard.reopen_rates.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.reopen_rates.severity is
  'Severity assigned: a, b, c; null where the policy assigns none.';
comment on column dashboard.reopen_rates.requested_severity is
  'Severity asked for: a, b, c; null where none was.';
comment on column dashboard.reopen_rates.cases is
  'Cases that were resolved at least once, open again or not.';
comment on column dashboard.reopen_rates.reopened is 'Of these, reopened at least once.';
comment on column dashboard.reopen_rates.reopenings is 'Reopenings of these cases together.';
comment on column dashboard.reopen_rates.open_again is 'Of the reopened, open now.';
comment on column dashboard.reopen_rates.reopen_rate is 'Reopened out of cases, from 0 to 1.';
