-- Appends one event under the head's lock and keeps its command's answer, as append_events and store_commands do for
-- a group: the lonely command's way, which is most of what a desk does by hand. It refuses what they refuse. Whatever
-- it uses is named with its schema: an empty path costs a tenth less than one that has to be looked up at every call.
create or replace function dossier.append_event(
  wanted smallint, head bigint, head_hash bytea, moment timestamptz,
  stream bigint, version integer, type text, schema_version smallint, occurred_at timestamptz, actor text,
  command_id uuid, cause bigint, correlation uuid, policy text, payload bytea, seal bytea, hash bytea,
  digest bytea, answer bytea)
returns void
language plpgsql security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- Numbers up to 1000 are the ledger's own, see event_types.
  is_new constant boolean := append_event.version = 1 and append_event.stream > 1000;
begin
  -- One expression, for each has its price.
  if append_event.version < 1 or append_event.stream < 1 or append_event.schema_version < 1
    or append_event.cause < 1 or append_event.cause > append_event.head or append_event.occurred_at > moment
    or append_event.occurred_at < '0001-01-01 00:00:00+00' or octet_length(append_event.actor) > 1000
    or octet_length(append_event.policy) > 1000 or length(payload) > 16777216 or length(seal) > 16777216
    or length(append_event.digest) <> 32 or length(append_event.answer) > 16777216
  then
    raise exception using errcode = 'check_violation', message = case
      when append_event.occurred_at > moment then 'the event would have happened after its recording'
      when append_event.occurred_at < '0001-01-01 00:00:00+00' then 'the event would have happened before the year 1'
      when length(append_event.digest) <> 32 then 'the digest of its command has not 32 bytes'
      when append_event.version < 1 or append_event.stream < 1 or append_event.schema_version < 1
        or append_event.cause < 1 or append_event.cause > append_event.head
        then 'a number of the event is out of range'
      else 'a value of the event is too long'
    end;
  end if;

  -- The order is asked for because only the right index gives it; see append_events. That the version itself
  -- is new, its key sees to. A transaction that took the head began before its moment; one that assumed it is sent
  -- within a second.
  update dossier.ledgers l
  set position = append_event.head + 1, hash = append_event.hash, recorded_at = moment,
    last_stream = case when is_new then append_event.stream else l.last_stream end
  where l.ledger = wanted and l.position = append_event.head and l.hash = head_hash
    and l.recorded_at <= moment and moment <= greatest(clock_timestamp(), l.recorded_at)
    and moment >= now() - interval '1 second'
    and case when is_new then append_event.stream = l.last_stream + 1 else append_event.stream <= l.last_stream end
    and append_event.version <= 1 + coalesce((
      select b.version from dossier.events b
      where b.ledger = wanted and b.stream = append_event.stream
      order by b.version desc limit 1), 0)
    and exists (
      select from dossier.event_types t
      where t.type = append_event.type and t.schema_version >= append_event.schema_version
        and (t.begins is null or t.begins = (append_event.version = 1))
        and t.stream is not distinct from case when append_event.stream <= 1000 then append_event.stream end);
  if not found then
    perform dossier.refuse_append(
      wanted, append_event.head, head_hash, moment, array[append_event.stream], array[append_event.version],
      array[append_event.type], array[append_event.schema_version]);
  end if;

  begin
    if substring(payload for 1) <> '\x7b' or convert_from(payload, 'UTF8')::json is null then
      raise exception using errcode = 'DS008';
    end if;
  -- Whatever the parser says: its message would quote the data.
  exception when others then
    raise exception using errcode = 'DS008', message = 'the data of the event is no JSON object';
  end;

  insert into dossier.events
    (ledger, position, stream, version, type, schema_version, occurred_at, recorded_at, actor, command_id,
     cause, correlation, policy, data, sealed, hash)
  values
    (wanted, append_event.head + 1, append_event.stream, append_event.version, append_event.type,
     append_event.schema_version, append_event.occurred_at, moment, append_event.actor,
     append_event.command_id, append_event.cause, append_event.correlation, append_event.policy, payload, seal,
     case
       when append_event.hash = dossier.event_hash(
         head_hash, wanted, append_event.head + 1, append_event.stream, append_event.version,
         append_event.schema_version, append_event.occurred_at, moment, append_event.command_id, append_event.cause,
         append_event.correlation, append_event.type, append_event.actor, append_event.policy, payload, seal)
       then append_event.hash
       else dossier.refuse_hash()
     end);

  if append_event.digest is not null then
    insert into dossier.commands (ledger, command_id, digest, answer)
    values (wanted, append_event.command_id, append_event.digest, append_event.answer);
  end if;
end
$$;
