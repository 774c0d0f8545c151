-- Stores rows of the view of clocks, new or changed, where it is not certain which of them are there.
insert into dossier.sla_clock_{ledger} ({columns})
select {columns}
from unnest($1::dossier.sla_clock[])
on conflict (ledger, stream, clock, cycle) do update set
  state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
  met_at = excluded.met_at, breached_at = excluded.breached_at,
  cancelled_at = excluded.cancelled_at, target_amount = excluded.target_amount,
  target_unit = excluded.target_unit, target_rule = excluded.target_rule,
  policy = excluded.policy, calendar = excluded.calendar, zone_data = excluded.zone_data,
  provisional = excluded.provisional, started_by = excluded.started_by
