-- What is due next first among open cases: reads only as far into the outstanding clocks as it must. A case's
-- next due date is that of exactly one of them; cases without one come last, and are looked for only if there
-- is room.
with dated as materialized (
  select c.*
  from dossier.sla_clock k
  cross join lateral (
    select * from dossier.case_view v where v.ledger = k.ledger and v.stream = k.stream offset 0) c
  where k.met_at is null and k.cancelled_at is null and k.due_at is not null
    and c.status = 'open' and c.next_due_clock = k.clock and c.next_due_at = k.due_at
    and ($1 = '' or organization = $1)
    and (cardinality($2::text[]) = 0 or status = any ($2))
    and ($3 = '' or coalesce(assigned, requested) = $3)
    and ($4 = '' or exists (
      select from dossier.sla_clock o
      where o.ledger = c.ledger and o.stream = c.stream
        and case when o.state = 'running' and o.due_at < now() then 'breached' else o.state end = $4))
    and (not $6 or k.due_at < $5)
    and ($7 = '' or agent = $7)
    and ($8 = '' or ball = $8)
  order by k.due_at, k.ledger, k.stream
  limit $9
), undated as (
  select c.*
  from dossier.case_view c
  where c.status = 'open' and c.next_due_at is null
    and not $6 and (select count(*) from dated) < $9
    and ($1 = '' or organization = $1)
    and (cardinality($2::text[]) = 0 or status = any ($2))
    and ($3 = '' or coalesce(assigned, requested) = $3)
    and ($4 = '' or exists (
      select from dossier.sla_clock o
      where o.ledger = c.ledger and o.stream = c.stream
        and case when o.state = 'running' and o.due_at < now() then 'breached' else o.state end = $4))
    and ($7 = '' or agent = $7)
    and ($8 = '' or ball = $8)
  order by c.ledger, c.stream
  limit $9
)
select reference, organization, type, service, category, status, coalesce(assigned, requested), agent, ball,
  opened_at, next_due_clock, next_due_at, version
from (select * from dated union all select * from undated) c
order by next_due_at nulls last, ledger, stream
limit $9
