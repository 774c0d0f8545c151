-- How far a ledger reaches: its newest position, the first and the last stream that has events, and whether there is an
-- event in the middle, as in a log without a gap there is.
select l.position,
  (select min(e.stream) from dossier.events e where e.ledger = l.ledger),
  (select max(e.stream) from dossier.events e where e.ledger = l.ledger),
  exists (select from dossier.events e where e.ledger = l.ledger and e.position = (l.position + 1) / 2)
from dossier.ledgers l where l.ledger = $1
