select stream, sealed
from dossier.events
where ledger = $1 and stream = any ($2) and version = 1 and sealed is not null
