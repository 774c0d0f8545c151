select position, stream, version, type, schema_version, occurred_at, recorded_at, actor, command_id, cause,
  correlation, policy, data, sealed, hash
from dossier.events
where ledger = $1 and stream = any ($2)
order by stream, version
