-- Whether a ledger, whose head is kept, has no event and its views no row.
select l.position = 0
  and not exists (select from dossier.case_view where ledger = $1)
  and not exists (select from dossier.sla_clock where ledger = $1)
  and not exists (select from dossier.responsibility_assignment where ledger = $1)
from dossier.ledgers l
where l.ledger = $1
