select position, pg_is_in_recovery() from dossier.ledgers where ledger = $1
