select person, wrapped_key from dossier.persons where ledger = $1 and person = any ($2)
