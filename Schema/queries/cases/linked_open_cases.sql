-- The open cases that are linked to an incident.
select reference
from dossier.case_view
where ledger = $1 and incident = $2 and status = 'open'
order by stream
