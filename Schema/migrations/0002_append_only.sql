-- Nobody changes or removes what was recorded, whatever rights they hold.
create function dossier.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using
    errcode = 'DS001',
    message = format('%s is append-only: %s is refused', tg_table_name, lower(tg_op));
end
$$;

create trigger events_append_only before update or delete or truncate on dossier.events
  for each statement execute function dossier.refuse_change();
create trigger commands_append_only before update or delete or truncate on dossier.commands
  for each statement execute function dossier.refuse_change();

-- A session that plays the part of a replica is refused too.
alter table dossier.events enable always trigger events_append_only;
alter table dossier.commands enable always trigger commands_append_only;
