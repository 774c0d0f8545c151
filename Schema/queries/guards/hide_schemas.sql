-- Makes room for a fresh schema in a transaction that is rolled back.
do $$
declare
  name text;
begin
  for name in select nspname from pg_namespace where nspname in ('dossier', 'dashboard') loop
    execute format('alter schema %I rename to %I', name, name || ' ' || gen_random_uuid());
  end loop;
end
$$;
