select position, hash, recorded_at, last_stream from dossier.ledgers where ledger = $1
