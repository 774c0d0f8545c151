-- The rows of some cases in a view in the order of its key.
copy (
  select * from dossier.{view} where ledger = {ledger} and stream = any ('{streams}'::bigint[])
  order by {key}
) to stdout (format binary)
