-- Stores rows of the view of clocks, new or changed, where it is not certain which of them are there.
insert into dossier.sla_clock_{ledger}
  (ledger, stream, clock, cycle, state, started_at, due_at, met_at, breached_at, cancelled_at,
  target_amount, target_unit, target_rule, target_basis, policy, calendar, zone_data, provisional,
  started_by, breached_by, changed_by)
select *
from unnest($1::dossier.sla_clock[])
on conflict (ledger, stream, clock, cycle) do update set
  state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
  met_at = excluded.met_at, breached_at = excluded.breached_at,
  cancelled_at = excluded.cancelled_at, target_amount = excluded.target_amount,
  target_unit = excluded.target_unit, target_rule = excluded.target_rule,
  target_basis = excluded.target_basis, policy = excluded.policy,
  calendar = excluded.calendar, zone_data = excluded.zone_data,
  provisional = excluded.provisional, started_by = excluded.started_by,
  breached_by = excluded.breached_by, changed_by = excluded.changed_by
