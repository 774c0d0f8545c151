-- The next cases for which time has had something to do before a moment, after a place in their order.
select ledger, stream, due_at
from dossier.timer_queue
where due_at < $1 and (due_at, ledger, stream) > ($2::timestamptz, $3::smallint, $4::bigint)
order by due_at, ledger, stream
limit $5
