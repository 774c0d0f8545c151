-- Whether a ledger has no event and its views no row. Keeps the head, so that it stays so.
select l.position = 0
  and not exists (select from dossier.case_view where ledger = $1)
  and not exists (select from dossier.sla_clock where ledger = $1)
  and not exists (select from dossier.responsibility_assignment where ledger = $1)
from dossier.lock_head($1) l
