delete from dossier.{view}_{ledger}_new where stream = any ('{streams}'::bigint[])
