select position, hash, recorded_at, last_stream, now from dossier.lock_head($1)
