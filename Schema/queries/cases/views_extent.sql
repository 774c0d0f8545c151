-- How far a ledger reaches: its newest position, its last stream and its first.
select l.position, l.last_stream, (select min(e.stream) from dossier.events e where e.ledger = l.ledger)
from dossier.ledgers l where l.ledger = $1
