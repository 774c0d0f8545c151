select position from dossier.checkpoints where ledger = $1 and subscription = $2
