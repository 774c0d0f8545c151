-- Stores rows of the view of duties, new or changed, where it is not certain which of them are there.
insert into dossier.responsibility_assignment_{ledger} ({columns})
select {columns}
from unnest($1::dossier.responsibility_assignment[])
on conflict (ledger, stream, duty, instance) do update set
  state = excluded.state, since = excluded.since, since_event = excluded.since_event,
  due_at = excluded.due_at, by_event = excluded.by_event
