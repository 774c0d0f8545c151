select ledger, stream from dossier.stream_names where scope = $1 and name = $2
