-- The clocks of some cases, before all of them are stored anew: a retraction can do away with a cycle.
delete from dossier.sla_clock where ledger = $1 and stream = any ($2::bigint[])
