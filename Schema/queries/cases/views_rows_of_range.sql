-- The rows of a view, in any order.
copy (
  select * from dossier.{view} where ledger = {ledger} and stream >= {first} and stream < {end}
) to stdout (format binary)
