-- What can be recorded, in the shape of schema_facts.sql.
select 95, 'table dossier.event_types', format('row %s of dossier.event_types', type), '',
  concat_ws(', ', schema_version, coalesce(begins::text, 'anywhere'), coalesce(stream::text, 'any stream')),
  format(
    'delete from dossier.event_types where type = %1$L; '
    'insert into dossier.event_types (type, schema_version, begins, stream) values (%1$L, %2$s, %3$L, %4$L)',
    type, schema_version, begins, stream),
  format('delete from dossier.event_types where type = %L', type)
from dossier.event_types
