-- The rows of a view in the order of its key.
copy (
  select * from dossier.{view} where ledger = {ledger} and stream >= {first} and stream < {end}
  order by {key}
) to stdout (format binary)
