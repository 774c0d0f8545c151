-- Says from when on the timers have something to do for cases; the due date is the last moment at which they
-- have not.
insert into dossier.timer_queue (ledger, stream, due_at)
select $1, * from unnest($2::bigint[], $3::timestamptz[])
on conflict (ledger, stream) do update set due_at = excluded.due_at
where timer_queue.due_at <> excluded.due_at
