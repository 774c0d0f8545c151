-- Cases that the timers have looked at and for which time has nothing more to do.
delete from dossier.timer_queue
where ledger = $1 and stream = any ($2::bigint[]) and due_at <= clock_timestamp()
