-- One look into the index for each stream, whatever the planner believes of the table's size.
select e.position, e.stream, e.version, e.type, e.schema_version, e.occurred_at, e.recorded_at, e.actor,
  e.command_id, e.cause, e.correlation, e.policy, e.data, e.sealed, e.hash
from unnest($2::bigint[]) as wanted (stream)
cross join lateral (
  select * from dossier.events k
  where k.ledger = $1 and k.stream = wanted.stream
  order by k.version
  offset 0) as e
order by e.stream, e.version
