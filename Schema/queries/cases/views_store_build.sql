insert into dossier.view_builds (ledger, view, fold_version, position, digest, rebuilt_at)
values ($1, $2, $3, $4, $5, clock_timestamp())
on conflict (ledger, view) do update
set fold_version = excluded.fold_version, position = excluded.position, digest = excluded.digest,
  rebuilt_at = excluded.rebuilt_at
