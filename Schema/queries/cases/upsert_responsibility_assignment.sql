-- Stores rows of the view of duties, new or changed, where it is not certain which of them are there.
insert into dossier.responsibility_assignment_{ledger}
  (ledger, stream, duty, instance, holder, state, since, since_event, due_at, by_event, rule, changed_by)
select *
from unnest($1::dossier.responsibility_assignment[])
on conflict (ledger, stream, duty, instance) do update set
  holder = excluded.holder, state = excluded.state, since = excluded.since,
  since_event = excluded.since_event, due_at = excluded.due_at, by_event = excluded.by_event,
  rule = excluded.rule, changed_by = excluded.changed_by
