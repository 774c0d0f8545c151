-- Appends a group of events under the head's lock. With append_event the only way into dossier.events. The server
-- keeps the log whole against whoever calls this. It refuses
--   a position that is not next, and a moment of recording that is not the server's own (DS002);
--   a version that leaves a gap (DS004); one that exists already violates events_version_key;
--   a hash that does not follow from the event before and its own content (DS005);
--   a new stream whose number is not the next one (DS006);
--   a type or a shape that event_types does not know, or not at this place (DS007);
--   data that is no JSON object (DS008);
--   numbers out of range, texts that are too long, and an event recorded before it happened (check_violation).
-- What it cannot know is whether an event is true: who may append can append false ones, in their own name.
--
-- A session keeps a function's plans, and one made while the log is small must not read all of it once it is
-- large. Without statistics any index that begins with the ledger looks as good as the right one; asking for
-- an order that only the right one gives decides it.
create or replace function dossier.append_events(
  wanted smallint, head bigint, head_hash bytea, moment timestamptz,
  streams bigint[], versions integer[], types text[], schema_versions smallint[],
  occurred timestamptz[], actors text[], command_ids uuid[], causes bigint[], correlations uuid[],
  policies text[], payloads bytea[], seals bytea[], hashes bytea[])
returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  added constant integer := cardinality(streams);
  is_out_of_range boolean;
  is_early boolean;
  is_too_long boolean;
  is_known boolean;
  leaves_gap boolean;
  new_streams bigint;
  first_new bigint;
  last_new bigint;
begin
  -- The types of a group are few: each is looked up once.
  select bool_and(exists (
    select from dossier.event_types t
    where t.type = e.type and t.schema_version >= e.schema_version
      and (t.begins is null or t.begins = e.is_first)
      and t.stream is not distinct from e.own))
  into is_known
  from (
    select distinct e.type, e.schema_version, e.version = 1 as is_first,
      case when e.stream <= 1000 then e.stream end as own
    from unnest(types, schema_versions, versions, streams) as e (type, schema_version, version, stream)) e;

  select
    bool_or(g.first < 1 or g.stream < 1 or g.schema_version < 1 or g.is_out_of_range),
    bool_or(g.latest > moment or g.earliest < '0001-01-01 00:00:00+00'),
    bool_or(g.longest > 16777216 or g.longest_word > 1000),
    bool_or(g.last - g.first + 1 > g.added or g.first > 1 + coalesce((
      select b.version from dossier.events b
      where b.ledger = wanted and b.stream = g.stream
      order by b.version desc limit 1), 0)),
    count(*) filter (where g.first = 1 and g.stream > 1000),
    min(g.stream) filter (where g.first = 1 and g.stream > 1000),
    max(g.stream) filter (where g.first = 1 and g.stream > 1000)
  into is_out_of_range, is_early, is_too_long, leaves_gap, new_streams, first_new, last_new
  from (
    select e.stream, min(e.version) as first, max(e.version) as last, count(*) as added,
      min(e.schema_version) as schema_version, bool_or(e.cause < 1 or e.cause >= head + e.place) as is_out_of_range,
      min(e.occurred_at) as earliest, max(e.occurred_at) as latest,
      max(greatest(length(e.data), length(e.sealed))) as longest,
      max(greatest(octet_length(e.actor), octet_length(e.policy))) as longest_word
    from unnest(streams, versions, schema_versions, causes, occurred, actors, policies, payloads, seals)
      with ordinality
      as e (stream, version, schema_version, cause, occurred_at, actor, policy, data, sealed, place)
    group by e.stream) g;

  if is_out_of_range or is_early or is_too_long then
    raise exception using errcode = 'check_violation', message = case
      when is_early then 'an event would have happened after its recording, or before the year 1'
      when is_out_of_range then 'a number of an event is out of range'
      else 'a value of an event is too long'
    end;
  end if;

  update dossier.ledgers l
  set position = head + added, hash = hashes[added], recorded_at = moment, last_stream = l.last_stream + new_streams
  where l.ledger = wanted and l.position = head and l.hash = head_hash and l.recorded_at <= moment
    and moment <= greatest(clock_timestamp(), l.recorded_at) and moment >= now() - interval '1 second'
    and is_known and not leaves_gap
    and (new_streams = 0 or first_new = l.last_stream + 1 and last_new = l.last_stream + new_streams);
  if not found then
    perform dossier.refuse_append(wanted, head, head_hash, moment, streams, versions, types, schema_versions);
  end if;
  begin
    if exists (
      select from unnest(payloads) as p (data)
      where substring(p.data for 1) <> '\x7b' or convert_from(p.data, 'UTF8')::json is null)
    then
      raise exception using errcode = 'DS008';
    end if;
  -- Whatever the parser says: its message would quote the data.
  exception when others then
    raise exception using errcode = 'DS008', message = 'the data of an event is no JSON object';
  end;

  insert into dossier.events
    (ledger, position, stream, version, type, schema_version, occurred_at, recorded_at, actor, command_id,
     cause, correlation, policy, data, sealed, hash)
  select wanted, head + e.ordinality, e.stream, e.version, e.type, e.schema_version, e.occurred_at, moment,
    e.actor, e.command_id, e.cause, e.correlation, e.policy, e.data, e.sealed,
    -- Each is compared with what follows from the one before as it was given: so none can be wrong.
    case
      when e.hash = dossier.event_hash(
        e.before, wanted, head + e.ordinality, e.stream, e.version, e.schema_version, e.occurred_at, moment,
        e.command_id, e.cause, e.correlation, e.type, e.actor, e.policy, e.data, e.sealed)
      then e.hash
      else dossier.refuse_hash()
    end
  from unnest(streams, versions, types, schema_versions, occurred, actors, command_ids, causes, correlations,
      policies, payloads, seals, hashes, head_hash || hashes[:added - 1]) with ordinality
    as e (stream, version, type, schema_version, occurred_at, actor, command_id, cause, correlation, policy,
      data, sealed, hash, before, ordinality);
end
$$;
