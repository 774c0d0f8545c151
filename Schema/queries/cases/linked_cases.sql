-- The cases that are linked to an incident, and whether each is open.
select reference, status = 'open'
from dossier.case_view
where ledger = $1 and incident = $2
order by stream
