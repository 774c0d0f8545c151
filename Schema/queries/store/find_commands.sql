select command_id, digest, answer from dossier.commands where ledger = $1 and command_id = any ($2)
