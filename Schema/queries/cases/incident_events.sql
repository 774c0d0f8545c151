-- The events of a ledger's incidents after a position. The types stand here as they do in the index.
select position, stream, version, type, schema_version, occurred_at, data
from dossier.events
where ledger = $1 and position > $2
  and type in ('incident-opened', 'incident-updated', 'incident-resolved')
order by position
