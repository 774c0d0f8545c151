select distinct stream from dossier.events where ledger = $1 and position > $2
