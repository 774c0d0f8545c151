-- Appends a group of events under the head's lock. With append_event the only way into dossier.events: it refuses a
-- position that is not next or a moment that has not come (DS002), a version that leaves a gap (DS004), numbers
-- below 1, a hash that is none, and an event recorded before it happened; a version that exists already violates
-- events_version_key.
--
-- A session keeps a function's plans, and one made while the log is small must not read all of it once it is
-- large. Without statistics any index that begins with the ledger looks as good as the right one; asking for
-- an order that only the right one gives decides it.
create or replace function dossier.append_events(
  wanted smallint, head bigint, head_hash bytea, moment timestamptz, streams_until bigint,
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
  has_no_hash boolean;
  leaves_gap boolean;
begin
  update dossier.ledgers l
  set position = head + added, hash = hashes[added], recorded_at = moment, last_stream = streams_until
  where l.ledger = wanted and l.position = head and l.hash = head_hash and l.recorded_at <= moment
    and moment <= greatest(clock_timestamp(), l.recorded_at) and l.last_stream <= streams_until;
  if not found then
    raise exception using errcode = 'DS002', message = 'the ledger has moved on: its head is not the one expected';
  end if;

  select
    bool_or(g.first < 1 or g.stream < 1 or g.schema_version < 1 or g.cause < 1),
    bool_or(g.latest > moment),
    bool_or(g.has_no_hash),
    bool_or(g.last - g.first + 1 > g.added or g.first > 1 + coalesce((
      select b.version from dossier.events b
      where b.ledger = wanted and b.stream = g.stream
      order by b.version desc limit 1), 0))
  into is_out_of_range, is_early, has_no_hash, leaves_gap
  from (
    select e.stream, min(e.version) as first, max(e.version) as last, count(*) as added,
      min(e.schema_version) as schema_version, min(e.cause) as cause, max(e.occurred_at) as latest,
      bool_or(length(e.hash) <> 32) as has_no_hash
    from unnest(streams, versions, schema_versions, causes, occurred, hashes)
      as e (stream, version, schema_version, cause, occurred_at, hash)
    group by e.stream) g;
  if is_out_of_range then
    raise exception using errcode = 'check_violation', message = 'a number of an event is out of range';
  end if;
  if is_early then
    raise exception using errcode = 'check_violation', message = 'an event would have happened after its recording';
  end if;
  if has_no_hash then
    raise exception using errcode = 'check_violation', message = 'the hash of an event has not 32 bytes';
  end if;
  if leaves_gap then
    raise exception using errcode = 'DS004', message = 'a version would leave a gap in its stream';
  end if;

  insert into dossier.events
    (ledger, position, stream, version, type, schema_version, occurred_at, recorded_at, actor, command_id,
     cause, correlation, policy, data, sealed, hash)
  select wanted, head + e.ordinality, e.stream, e.version, e.type, e.schema_version, e.occurred_at, moment,
    e.actor, e.command_id, e.cause, e.correlation, e.policy, e.data, e.sealed, e.hash
  from unnest(streams, versions, types, schema_versions, occurred, actors, command_ids, causes, correlations,
      policies, payloads, seals, hashes) with ordinality
    as e (stream, version, type, schema_version, occurred_at, actor, command_id, cause, correlation, policy,
      data, sealed, hash, ordinality);
end
$$;
