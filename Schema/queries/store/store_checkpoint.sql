insert into dossier.checkpoints as c (ledger, subscription, position)
values ($1, $2, $3)
on conflict (ledger, subscription) do update
set position = excluded.position, updated_at = now()
where c.position <= excluded.position
