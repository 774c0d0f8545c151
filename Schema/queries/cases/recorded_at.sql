-- When the event at a position was recorded.
select recorded_at from dossier.events where ledger = $1 and position = $2
