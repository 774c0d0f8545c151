insert into dossier.commands (ledger, command_id, digest, answer) values ($1, $2, $3, $4)
