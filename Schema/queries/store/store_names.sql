select dossier.store_names($1, $2, $3, $4)
