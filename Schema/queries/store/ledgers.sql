select ledger, name, prefix, position, hash, recorded_at from dossier.ledgers order by ledger
