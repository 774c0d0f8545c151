-- Every name of a ledger, with the first event of the stream it leads to.
select n.scope, n.name, n.stream, e.type, e.schema_version, e.occurred_at, e.data
from dossier.stream_names n
left join lateral (
  select k.type, k.schema_version, k.occurred_at, k.data from dossier.events k
  where k.ledger = n.ledger and k.stream = n.stream and k.version = 1
  offset 0) as e on true
where n.ledger = {ledger}
