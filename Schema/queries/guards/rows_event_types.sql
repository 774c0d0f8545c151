-- What can be recorded, in the shape of schema_facts.sql.
select 95, 'table dossier.event_types', format('row %s of dossier.event_types', type), '', to_jsonb(t)::text,
  format(
    'delete from dossier.event_types where type = %L; '
    'insert into dossier.event_types select * from jsonb_populate_record(null::dossier.event_types, %L)',
    type, to_jsonb(t)),
  format('delete from dossier.event_types where type = %L', type)
from dossier.event_types t
