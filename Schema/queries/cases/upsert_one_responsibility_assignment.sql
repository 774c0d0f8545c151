-- As upsert_responsibility_assignment.sql, for one row.
insert into dossier.responsibility_assignment_{ledger}
  (ledger, stream, duty, instance, holder, state, since, since_event, due_at, by_event, rule, changed_by)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (ledger, stream, duty, instance) do update set
  holder = excluded.holder, state = excluded.state, since = excluded.since,
  since_event = excluded.since_event, due_at = excluded.due_at, by_event = excluded.by_event,
  rule = excluded.rule, changed_by = excluded.changed_by
