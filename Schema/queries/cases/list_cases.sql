-- The oldest first, state by state, as the indexes have them, so that the first rows are found without reading the rest.
select reference, organization, type, service, category, status, coalesce(assigned, requested), agent, ball,
  opened_at, next_due_clock, next_due_at, version
from (
  (select * from dossier.case_view where status = 'open' and 'open' = any ($2::text[])
    order by opened_at, ledger, stream)
  union all
  (select * from dossier.case_view where status = 'resolved' and 'resolved' = any ($2::text[])
    order by opened_at, ledger, stream)
  union all
  (select * from dossier.case_view where status = 'closed' and 'closed' = any ($2::text[])
    order by opened_at, ledger, stream)
  union all
  (select * from dossier.case_view where status = 'cancelled' and 'cancelled' = any ($2::text[])
    order by opened_at, ledger, stream)
  union all
  (select * from dossier.case_view where status = 'referred' and 'referred' = any ($2::text[])
    order by opened_at, ledger, stream)) c
where ($1 = '' or organization = $1)
  and ($3 = '' or coalesce(assigned, requested) = $3)
  and ($4 = '' or exists (
    select from dossier.sla_clock k
    where k.ledger = c.ledger and k.stream = c.stream
      and case when k.state = 'running' and k.due_at < now() then 'breached' else k.state end = $4))
  and (not $6 or next_due_at < $5)
  and ($7 = '' or agent = $7)
  and ($8 = '' or ball = $8)
order by opened_at, ledger, stream
limit $9
