-- The columns that folds need, of some streams up to a position, in any order.
copy (
  select stream, version, position, type, schema_version, occurred_at, recorded_at, policy, data
  from dossier.events
  where ledger = {ledger} and stream = any ('{streams}'::bigint[]) and position <= {position}
) to stdout (format binary)
