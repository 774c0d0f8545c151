-- The columns that folds need, of a range of streams up to a position, in any order.
copy (
  select stream, version, position, type, schema_version, occurred_at, recorded_at, policy, data
  from dossier.events
  where ledger = {ledger} and stream >= {first} and stream < {end} and position <= {position}
) to stdout (format binary)
