-- The doors to the log see to it that what comes in follows from what is there, whoever calls them; see
-- functions/append_events.sql. What can be recorded is written down, and kept up to date by event_types.sql.
create table dossier.event_types (
  type text primary key,
  schema_version smallint not null,
  begins boolean,
  stream bigint
);

-- Their successors, which count streams themselves, stand in functions/.
drop function if exists dossier.append_event(
  smallint, bigint, bytea, timestamptz, bigint, bigint, integer, text, smallint, timestamptz, text, uuid,
  bigint, uuid, text, bytea, bytea, bytea, bytea, bytea);
drop function if exists dossier.append_events(
  smallint, bigint, bytea, timestamptz, bigint, bigint[], integer[], text[], smallint[], timestamptz[], text[],
  uuid[], bigint[], uuid[], text[], bytea[], bytea[], bytea[]);
drop function if exists dossier.lock_head(smallint);

-- Names of organisations are unique in all ledgers. A key sees to it: nobody can hold a lock in the way of it who
-- cannot store names.
create unique index stream_names_organization on dossier.stream_names (name) where scope = 'organization';

-- A wrapped key is a nonce, a key and a tag.
alter table dossier.persons add constraint persons_wrapped_key_check check (length(wrapped_key) <= 1000);
