select position, hash, recorded_at, last_stream, now, clock from dossier.lock_head($1)
