-- The roles of Dossier, for the whole server. They are made once and shared by its databases.
--   dossier_owner      owns the schema; migrations and rebuilds
--   dossier_app        what commands run as: reads, appends, keeps the views
--   dossier_dashboard  reads the schema "dashboard" and nothing else
-- Whoever runs this gets the right to act as the first two, and the owner that to make the schema.
--
-- What everybody may do in a new database and these roles need not is taken from everybody, as far as whoever runs
-- this may: tables of their own, large objects, and advisory locks, which nothing here waits for. A database that
-- holds other tables too is not Dossier's alone, and is left as it is.
do $$
declare
  wanted text;
  -- From PostgreSQL 16 on, a membership need not include the right to act as the role.
  acting constant text := case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end;
  is_super constant boolean := (select rolsuper from pg_roles where rolname = current_user);
  is_alone constant boolean := not exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('dossier', 'dashboard', 'information_schema') and n.nspname !~ '^pg_');
  owns_database constant boolean :=
    pg_has_role(current_user, (select datdba from pg_database where datname = current_database()), 'member');
  door record;
begin
  perform set_config('lock_timeout', '60s', true);
  -- Two programs that do this at once change the same rows: the second one is told so, and looks again.
  for attempt in 1..100 loop
    begin
      foreach wanted in array array['dossier_owner', 'dossier_app', 'dossier_dashboard'] loop
        if not exists (select from pg_roles where rolname = wanted) then
          execute format('create role %I login', wanted);
        end if;
        if wanted <> 'dossier_dashboard' and not pg_has_role(current_user, wanted, acting) then
          execute format('grant %I to current_user', wanted);
        end if;
        if not has_database_privilege(wanted, current_database(), 'connect') then
          execute format('grant connect on database %I to %I', current_database(), wanted);
        end if;
      end loop;
      if not has_database_privilege('dossier_owner', current_database(), 'create') then
        execute format('grant create on database %I to dossier_owner', current_database());
      end if;
      if is_alone and owns_database and has_database_privilege('dossier_dashboard', current_database(), 'temporary') then
        execute format('revoke temporary on database %I from public', current_database());
      end if;
      if is_alone and owns_database and has_database_privilege('dossier_app', current_database(), 'temporary') then
        execute format('revoke temporary on database %I from dossier_app', current_database());
      end if;
      if is_alone and owns_database and has_schema_privilege('dossier_dashboard', 'public', 'create') then
        revoke create on schema public from public;
      end if;
      if is_alone and is_super then
        for door in
          select p.oid::regprocedure as called
          from pg_proc p
          where p.pronamespace = 'pg_catalog'::regnamespace
            and (p.proname ~ '^(lo_|pg_(try_)?advisory_)' or p.proname in ('loread', 'lowrite'))
            and has_function_privilege('dossier_dashboard', p.oid, 'execute')
        loop
          execute format('revoke execute on function %s from public', door.called);
        end loop;
      end if;
      exit;
    exception
      when duplicate_object or unique_violation or internal_error then
        if attempt = 100 then
          raise;
        end if;
        perform pg_sleep(0.02);
    end;
  end loop;
end
$$;
