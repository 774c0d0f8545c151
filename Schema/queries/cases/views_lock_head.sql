select position from dossier.lock_head($1)
