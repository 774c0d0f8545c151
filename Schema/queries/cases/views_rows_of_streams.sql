-- The rows of some cases in a view, in any order.
copy (
  select * from dossier.{view} where ledger = {ledger} and stream = any ('{streams}'::bigint[])
) to stdout (format binary)
