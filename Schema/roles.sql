-- The roles of Dossier, for the whole server. They are made once and shared by its databases.
--   dossier_owner      owns the schema; migrations and rebuilds
--   dossier_app        what commands run as: reads, appends, keeps the views
--   dossier_dashboard  reads the schema "dashboard" and nothing else
-- Whoever runs this gets the right to act as the first two, and the owner that to make the schema.
do $$
declare
  wanted text;
  -- From PostgreSQL 16 on, a membership need not include the right to act as the role.
  acting constant text := case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end;
begin
  foreach wanted in array array['dossier_owner', 'dossier_app', 'dossier_dashboard'] loop
    -- Another migration, perhaps in another database of the server, may do the same at this moment.
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I login', wanted);
      exception
        when duplicate_object or unique_violation then null;
      end;
    end if;
    if wanted <> 'dossier_dashboard' and not pg_has_role(current_user, wanted, acting) then
      begin
        execute format('grant %I to current_user', wanted);
      exception
        when unique_violation then null;
      end;
    end if;
  end loop;
  if not has_database_privilege('dossier_owner', current_database(), 'create') then
    execute format('grant create on database %I to dossier_owner', current_database());
  end if;
  -- Everybody may make temporary tables in a new database; who reads dashboards needs none. A database that holds
  -- other tables too is not Dossier's alone, and is left as it is.
  if has_database_privilege('dossier_dashboard', current_database(), 'temporary')
    and pg_has_role(current_user, (select datdba from pg_database where datname = current_database()), 'member')
    and not exists (
      select from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('dossier', 'dashboard', 'information_schema') and n.nspname !~ '^pg_')
  then
    execute format('revoke temporary on database %I from public', current_database());
    execute format('grant temporary on database %I to dossier_owner, dossier_app', current_database());
  end if;
end
$$;
