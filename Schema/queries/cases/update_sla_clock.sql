-- Stores changed rows of the view of clocks that are known to be there, for the commit that appends their events.
update dossier.sla_clock_{ledger} v
set state = r.state, started_at = r.started_at, due_at = r.due_at, met_at = r.met_at,
  breached_at = r.breached_at, cancelled_at = r.cancelled_at, target_amount = r.target_amount,
  target_unit = r.target_unit, target_rule = r.target_rule, policy = r.policy, calendar = r.calendar,
  zone_data = r.zone_data, provisional = r.provisional, started_by = r.started_by
from unnest($1::dossier.sla_clock[]) r
where v.ledger = r.ledger and v.stream = r.stream and v.clock = r.clock and v.cycle = r.cycle
