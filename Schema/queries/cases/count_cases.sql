-- How many there are, as far as anybody asks.
select count(*)
from (
  select
  from dossier.case_view c
  where status = any ($2::text[])
    and ($1 = '' or organization = $1)
    and ($3 = '' or coalesce(assigned, requested) = $3)
    and ($4 = '' or exists (
      select from dossier.sla_clock k
      where k.ledger = c.ledger and k.stream = c.stream
        and case when k.state = 'running' and k.due_at < now() then 'breached' else k.state end = $4))
    and (not $6 or next_due_at < $5)
    and ($7 = '' or agent = $7)
    and ($8 = '' or ball = $8)
  limit $9) counted
