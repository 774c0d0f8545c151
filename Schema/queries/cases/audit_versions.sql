-- The newest version of each of some streams.
select wanted.stream, e.version
from unnest($2::bigint[]) as wanted (stream)
cross join lateral (
  select k.version from dossier.events k
  where k.ledger = $1 and k.stream = wanted.stream
  order by k.version desc
  limit 1) as e
