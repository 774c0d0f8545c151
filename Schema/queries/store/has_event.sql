select exists (select from dossier.events where ledger = $1 and position = $2 and hash = $3)
