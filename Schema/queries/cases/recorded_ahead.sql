-- The events that are said to have happened later than the server's clock says it is: how many, from which position on,
-- and in which cases, of which ten are named. Only asked where the ledger's head is ahead.
select count(*), min(e.position),
  coalesce(array_to_string((array_agg(distinct l.prefix || '-' || e.stream))[:10], ', '), '')
from dossier.events e
join dossier.ledgers l on l.ledger = e.ledger
where e.ledger = $1 and e.occurred_at > clock_timestamp() + interval '1 minute'
