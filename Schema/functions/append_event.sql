-- Appends one event under the head's lock and keeps its command's answer, as append_events and store_commands do for
-- a group: the lonely command's way, which is most of what a desk does by hand. Whatever it uses is named with its
-- schema: an empty path costs a tenth less than one that has to be looked up at every call.
create or replace function dossier.append_event(
  wanted smallint, head bigint, head_hash bytea, moment timestamptz, streams_until bigint,
  stream bigint, version integer, type text, schema_version smallint, occurred_at timestamptz, actor text,
  command_id uuid, cause bigint, correlation uuid, policy text, payload bytea, seal bytea, hash bytea,
  digest bytea, answer bytea)
returns void
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  -- One expression, for each has its price.
  if append_event.version < 1 or append_event.stream < 1 or append_event.schema_version < 1
    or append_event.cause < 1 or append_event.occurred_at > moment
    or length(append_event.hash) <> 32 or length(append_event.digest) <> 32
  then
    raise exception using errcode = 'check_violation', message = case
      when append_event.occurred_at > moment then 'the event would have happened after its recording'
      when length(append_event.hash) <> 32 then 'the hash of the event has not 32 bytes'
      when length(append_event.digest) <> 32 then 'the digest of its command has not 32 bytes'
      else 'a number of the event is out of range'
    end;
  end if;

  -- The order is asked for because only the right index gives it; see append_events. That the version itself
  -- is new, its key sees to.
  update dossier.ledgers l
  set position = append_event.head + 1, hash = append_event.hash, recorded_at = moment,
    last_stream = streams_until
  where l.ledger = wanted and l.position = append_event.head and l.hash = head_hash
    and l.recorded_at <= moment and moment <= greatest(clock_timestamp(), l.recorded_at)
    and l.last_stream <= streams_until
    and append_event.version <= 1 + coalesce((
      select b.version from dossier.events b
      where b.ledger = wanted and b.stream = append_event.stream
      order by b.version desc limit 1), 0);
  if not found then
    if exists (
      select from dossier.ledgers l
      where l.ledger = wanted and l.position = append_event.head and l.hash = head_hash
        and l.recorded_at <= moment and moment <= greatest(clock_timestamp(), l.recorded_at)
        and l.last_stream <= streams_until)
    then
      raise exception using errcode = 'DS004', message = 'a version would leave a gap in its stream';
    end if;
    raise exception using errcode = 'DS002', message = 'the ledger has moved on: its head is not the one expected';
  end if;

  insert into dossier.events
    (ledger, position, stream, version, type, schema_version, occurred_at, recorded_at, actor, command_id,
     cause, correlation, policy, data, sealed, hash)
  values
    (wanted, append_event.head + 1, append_event.stream, append_event.version, append_event.type,
     append_event.schema_version, append_event.occurred_at, moment, append_event.actor,
     append_event.command_id, append_event.cause, append_event.correlation, append_event.policy, payload, seal,
     append_event.hash);

  if append_event.digest is not null then
    insert into dossier.commands (ledger, command_id, digest, answer)
    values (wanted, append_event.command_id, append_event.digest, append_event.answer);
  end if;
end
$$;
