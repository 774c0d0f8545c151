-- As upsert_sla_clock.sql, for one row.
insert into dossier.sla_clock_{ledger}
  (ledger, stream, clock, cycle, state, started_at, due_at, met_at, breached_at, cancelled_at,
  target_amount, target_unit, target_rule, target_basis, policy, calendar, zone_data, provisional,
  started_by, breached_by, changed_by)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
on conflict (ledger, stream, clock, cycle) do update set
  state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
  met_at = excluded.met_at, breached_at = excluded.breached_at,
  cancelled_at = excluded.cancelled_at, target_amount = excluded.target_amount,
  target_unit = excluded.target_unit, target_rule = excluded.target_rule,
  target_basis = excluded.target_basis, policy = excluded.policy,
  calendar = excluded.calendar, zone_data = excluded.zone_data,
  provisional = excluded.provisional, started_by = excluded.started_by,
  breached_by = excluded.breached_by, changed_by = excluded.changed_by
