-- Stores changed rows of the view of duties that are known to be there, for the commit that appends their events.
update dossier.responsibility_assignment_{ledger} v
set state = r.state, since = r.since, since_event = r.since_event, due_at = r.due_at, by_event = r.by_event
from unnest($1::dossier.responsibility_assignment[]) r
where v.ledger = r.ledger and v.stream = r.stream and v.duty = r.duty and v.instance = r.instance
