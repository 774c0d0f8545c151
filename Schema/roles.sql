-- The roles of Dossier, for the whole server. They are made once and shared by its databases.
--   dossier_owner      owns the schema; migrations and rebuilds
--   dossier_app        what commands run as: reads, appends, keeps the views
--   dossier_dashboard  reads the schema "dashboard" and nothing else
do $$
declare
  wanted text;
begin
  foreach wanted in array array['dossier_owner', 'dossier_app', 'dossier_dashboard'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I login', wanted);
      exception
        -- Another migration made it at the same moment.
        when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end
$$;
