-- Keeps the first answers to commands, so that repeats get them again. With append_event the only way into
-- dossier.commands: an id that was answered before violates commands_pkey.
create or replace function dossier.store_commands(
  wanted smallint, command_ids uuid[], digests bytea[], answers bytea[])
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if exists (select from unnest(digests) as d (digest) where length(d.digest) <> 32) then
    raise exception using errcode = 'check_violation', message = 'the digest of a command has not 32 bytes';
  end if;

  insert into dossier.commands (ledger, command_id, digest, answer)
  select wanted, c.command_id, c.digest, c.answer
  from unnest(command_ids, digests, answers) as c (command_id, digest, answer);
end
$$;
