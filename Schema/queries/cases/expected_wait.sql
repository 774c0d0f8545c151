-- How long the newest first responses of a kind of request took: those given in a time, at most a thousand.
select count(*), percentile_cont(0.5) within group (order by seconds),
  percentile_disc(0.9) within group (order by seconds)
from (
  select extract(epoch from k.met_at - k.started_at)::float8 as seconds
  from dossier.sla_clock k
  join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
  where k.ledger = $1 and k.clock = 'initial_response' and k.met_at is not null
    and k.met_at > $2 and k.met_at <= $3
    and c.type = $4 and coalesce(c.assigned, c.requested, '') = $5
  order by k.met_at desc
  limit 1000) waited
