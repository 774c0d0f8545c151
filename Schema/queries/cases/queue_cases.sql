-- What is due next first, whatever the state.
select reference, organization, type, service, category, status, coalesce(assigned, requested), agent, ball,
  opened_at, next_due_clock, next_due_at, version
from dossier.ledgers l
cross join lateral (
  select * from dossier.case_view c
  where c.ledger = l.ledger
    and ($1 = '' or organization = $1)
    and status = any ($2::text[])
    and ($3 = '' or coalesce(assigned, requested) = $3)
    and ($4 = '' or exists (
      select from dossier.sla_clock k
      where k.ledger = c.ledger and k.stream = c.stream
        and case when k.state = 'running' and k.due_at < now() then 'breached' else k.state end = $4))
    and (not $6 or next_due_at < $5)
    and ($7 = '' or agent = $7)
    and ($8 = '' or ball = $8)
  order by c.next_due_at nulls last, c.stream
  limit $9) c
order by c.next_due_at nulls last, c.ledger, c.stream
limit $9
