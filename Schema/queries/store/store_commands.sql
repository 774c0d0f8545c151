select dossier.store_commands($1, $2, $3, $4)
