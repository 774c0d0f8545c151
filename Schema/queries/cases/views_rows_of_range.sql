-- The rows of a view, in any order.
copy (
  select {columns} from dossier.{view}_{ledger} where ledger = {ledger} and stream >= {first} and stream < {end}
) to stdout (format binary)
