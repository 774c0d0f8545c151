-- Keeps how far a subscriber has read: never back, and never past the ledger's head.
create or replace function dossier.store_checkpoint(wanted smallint, subscriber text, reached bigint)
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if octet_length(subscriber) > 1000
    or not exists (select from dossier.ledgers l where l.ledger = wanted and reached between 0 and l.position)
  then
    raise exception using errcode = 'check_violation', message = 'a checkpoint lies outside its ledger';
  end if;
  insert into dossier.checkpoints as c (ledger, subscription, position)
  values (wanted, subscriber, reached)
  on conflict (ledger, subscription) do update
  set position = excluded.position, updated_at = now()
  where c.position <= excluded.position;
end
$$;
