-- Gives streams names. A name can be given only in the transaction that begins its stream, so nobody leads a name
-- to another's stream afterwards (DS006). Names of organisations are unique in all ledgers.
create or replace function dossier.store_names(wanted smallint, scopes text[], names text[], streams bigint[])
returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if exists (
    select from unnest(scopes, names, streams) as n (scope, name, stream)
    where octet_length(n.scope) > 1000 or octet_length(n.name) > 1000)
  then
    raise exception using errcode = 'check_violation', message = 'a name is too long';
  end if;
  if exists (
    select from unnest(streams) as n (stream)
    where not exists (
      select from dossier.events e
      where e.ledger = wanted and e.stream = n.stream and e.version = 1
        and e.xmin = pg_current_xact_id()::xid))
  then
    raise exception using errcode = 'DS006', message = 'a name is given to a stream that was begun before';
  end if;

  insert into dossier.stream_names (ledger, scope, name, stream)
  select wanted, n.scope, n.name, n.stream
  from unnest(scopes, names, streams) as n (scope, name, stream);
end
$$;
