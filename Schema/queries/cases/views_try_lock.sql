select pg_try_advisory_xact_lock(1685025651, $1)
