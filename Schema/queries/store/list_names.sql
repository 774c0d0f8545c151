select ledger, name, stream from dossier.stream_names where scope = $1 order by name
