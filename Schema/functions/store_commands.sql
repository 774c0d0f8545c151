-- Keeps the first answers to commands, so that repeats get them again. With append_event the only way into
-- dossier.commands: an id that was answered before violates commands_pkey.
create or replace function dossier.store_commands(
  wanted smallint, command_ids uuid[], digests bytea[], answers bytea[])
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if exists (
    select from unnest(digests, answers) as c (digest, answer)
    where length(c.digest) <> 32 or length(c.answer) > 16777216)
  then
    raise exception using errcode = 'check_violation',
      message = 'the digest of a command has not 32 bytes, or its answer is too long';
  end if;
  if not exists (select from dossier.ledgers l where l.ledger = wanted) then
    raise exception using errcode = 'DS003', message = 'there is no such ledger';
  end if;

  insert into dossier.commands (ledger, command_id, digest, answer)
  select wanted, c.command_id, c.digest, c.answer
  from unnest(command_ids, digests, answers) as c (command_id, digest, answer);
end
$$;
