-- Stores rows of the view of duties, new or changed, for the commit that appends their events.
insert into dossier.responsibility_assignment_{ledger}
  (ledger, stream, duty, instance, holder, state, since, since_event, due_at, by_event, rule, changed_by)
select *
from unnest(
  $1::smallint[], $2::bigint[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[],
  $8::integer[], $9::timestamptz[], $10::integer[], $11::text[], $12::integer[])
on conflict (ledger, stream, duty, instance) do update set
  holder = excluded.holder, state = excluded.state, since = excluded.since,
  since_event = excluded.since_event, due_at = excluded.due_at, by_event = excluded.by_event,
  rule = excluded.rule, changed_by = excluded.changed_by
