-- Where cases of a range stand in the timers' queue.
select stream, due_at from dossier.timer_queue where ledger = $1 and stream >= $2 and stream < $3
