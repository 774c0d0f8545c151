-- Says from when on the timers have something to do for cases that they have looked at and left as they are. A
-- place that has not been reached was written since, by a command, and only an earlier one takes it.
insert into dossier.timer_queue (ledger, stream, due_at)
select $1, * from unnest($2::bigint[], $3::timestamptz[])
on conflict (ledger, stream) do update set due_at = excluded.due_at
where timer_queue.due_at <= clock_timestamp() or excluded.due_at < timer_queue.due_at
