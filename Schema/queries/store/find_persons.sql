select person, lookup, wrapped_key from dossier.persons where ledger = $1 and lookup = any ($2)
