select dossier.store_checkpoint($1, $2, $3)
