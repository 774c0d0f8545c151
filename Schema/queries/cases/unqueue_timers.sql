-- Cases for which time has nothing more to do.
delete from dossier.timer_queue where ledger = $1 and stream = any ($2::bigint[])
