-- The duties of some cases, before all of them are stored anew: a retraction can do away with one.
delete from dossier.responsibility_assignment where ledger = $1 and stream = any ($2::bigint[])
