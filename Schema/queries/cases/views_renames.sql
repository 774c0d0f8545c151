-- Statements that give the indexes of the new table the names of the old one's.
select format('alter index dossier.%I rename to %I', c.relname, regexp_replace(c.relname, '_new$', ''))
from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = ('dossier.' || $1 || '_new')::regclass
order by 1
