-- How often due dates are missed: ever, and of late.
create or replace view dashboard.breach_rates as
with decided as (
  select c.cloud, c.organization, c.type, c.assigned, k.clock,
    k.state <> 'met' as is_breached,
    k.due_at >= now() - interval '30 days' as is_recent
  from dossier.sla_clock k
  join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
  where k.state in ('met', 'breached') or (k.state = 'running' and k.due_at < now())
)
select
  cloud,
  organization,
  type,
  assigned as severity,
  clock,
  count(*) as decided,
  count(*) filter (where is_breached) as breached,
  round(count(*) filter (where is_breached)::numeric / count(*), 4) as breach_rate,
  count(*) filter (where is_recent) as recent_decided,
  count(*) filter (where is_recent and is_breached) as recent_breached,
  round(count(*) filter (where is_recent and is_breached)::numeric
    / nullif(count(*) filter (where is_recent), 0), 4) as recent_breach_rate
from decided
group by cloud, organization, type, assigned, clock;

comment on view dashboard.breach_rates is
  'Share of due dates that were breached, recorded or not (CK-6): since the beginning, and of those that '
  'were due within 30 days before now or later.';
comment on column dashboard.breach_rates.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.breach_rates.organization is 'Name of the organisation that asks.';
comment on column dashboard.breach_rates.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.breach_rates.severity is
  'Severity assigned to the case now: a, b, c; null where the policy assigns none.';
comment on column dashboard.breach_rates.clock is 'Clock: initial_response, follow_up, customer_response.';
comment on column dashboard.breach_rates.decided is 'Due dates that were met or breached.';
comment on column dashboard.breach_rates.breached is 'Of these, breached.';
comment on column dashboard.breach_rates.breach_rate is 'Breached out of decided, from 0 to 1.';
comment on column dashboard.breach_rates.recent_decided is
  'Due dates not more than 30 days ago that were met or breached.';
comment on column dashboard.breach_rates.recent_breached is 'Of these, breached.';
comment on column dashboard.breach_rates.recent_breach_rate is
  'Recent breached out of recent decided, from 0 to 1; null where there is none.';
