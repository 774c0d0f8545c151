-- What roles.sql could not take from everybody in this database, in words.
select door.name
from (
  values
    (1, 'make temporary tables', has_database_privilege('dossier_dashboard', current_database(), 'temporary')),
    (2, 'make large objects', has_function_privilege('dossier_dashboard', 'pg_catalog.lo_create(oid)', 'execute')),
    (3, 'hold advisory locks',
      has_function_privilege('dossier_dashboard', 'pg_catalog.pg_advisory_lock(bigint)', 'execute')),
    (4, 'make tables in the schema public',
      coalesce(has_schema_privilege('dossier_dashboard', to_regnamespace('public')::oid, 'create'), false)))
  as door (place, name, is_open)
where door.is_open
order by door.place
