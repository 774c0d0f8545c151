-- Says why append_event and append_events changed no head: the ledger has moved on, or the moment is not the server's
-- (DS002, and deciding anew helps), a new stream is not the next one (DS006), a type is unknown or out of its place
-- (DS007), a version leaves a gap (DS004).
create or replace function dossier.refuse_append(
  wanted smallint, head bigint, head_hash bytea, moment timestamptz,
  streams bigint[], versions integer[], types text[], schema_versions smallint[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  last bigint;
begin
  select l.last_stream into last
  from dossier.ledgers l
  where l.ledger = wanted and l.position = refuse_append.head and l.hash = head_hash and l.recorded_at <= moment
    and moment <= greatest(clock_timestamp(), l.recorded_at) and moment >= now() - interval '1 second';
  if not found then
    raise exception using errcode = 'DS002', message = 'the ledger has moved on: its head is not the one expected';
  end if;

  if exists (
    select from unnest(streams, versions, types, schema_versions) as e (stream, version, type, schema_version)
    where not exists (
      select from dossier.event_types t
      where t.type = e.type and t.schema_version >= e.schema_version
        and (t.begins is null or t.begins = (e.version = 1))
        and t.stream is not distinct from case when e.stream <= 1000 then e.stream end))
  then
    raise exception using errcode = 'DS007',
      message = 'the type of an event is unknown, or not one that stands at this place of a stream';
  end if;

  if exists (
    select from unnest(streams, versions) as e (stream, version)
    where e.stream > last and e.version > 1
      and not exists (select from unnest(streams, versions) as f (stream, version)
        where f.stream = e.stream and f.version = 1))
  then
    raise exception using errcode = 'DS004', message = 'a version would leave a gap in its stream';
  end if;

  if exists (
    select from (
      select e.stream, row_number() over (order by e.stream) as place
      from (select distinct stream from unnest(streams, versions) as e (stream, version)
        where version = 1 and stream > 1000
        and not exists (select from dossier.events b
          where b.ledger = wanted and b.stream = e.stream and b.version = 1)) as e) as n
    where n.stream <> last + n.place)
  then
    raise exception using errcode = 'DS006', message = 'a new stream has not the next number';
  end if;

  if exists (
    select from unnest(streams, versions) as e (stream, version)
    join dossier.events b on b.ledger = wanted and b.stream = e.stream and b.version = e.version)
  then
    raise exception using errcode = 'unique_violation', constraint = 'events_version_key', table = 'events',
      schema = 'dossier', message = 'a version of a stream exists already';
  end if;
  raise exception using errcode = 'DS004', message = 'a version would leave a gap in its stream';
end
$$;
