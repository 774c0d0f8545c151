-- The duties by number, in the shape of schema_facts.sql.
select 95, 'table dossier.duties', format('row %s of dossier.duties', code), '', concat_ws(', ', duty, holder, rule),
  format(
    'delete from dossier.duties where code = %1$s or duty = %2$L; '
    'insert into dossier.duties (code, duty, holder, rule) values (%1$s, %2$L, %3$L, %4$L)',
    code, duty, holder, rule),
  format('delete from dossier.duties where code = %s', code)
from dossier.duties
