-- Every person of a ledger with their wrapped key.
select person, wrapped_key from dossier.persons where ledger = {ledger}
