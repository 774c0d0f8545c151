-- The rows of some cases in a view, in any order.
copy (
  select {columns} from dossier.{view}_{ledger} where ledger = {ledger} and stream = any ('{streams}'::bigint[])
) to stdout (format binary)
