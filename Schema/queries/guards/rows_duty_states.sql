-- The states of duties by number, in the shape of schema_facts.sql.
select 95, 'table dossier.duty_states', format('row %s of dossier.duty_states', code), '', state,
  format(
    'delete from dossier.duty_states where code = %1$s or state = %2$L; '
    'insert into dossier.duty_states (code, state) values (%1$s, %2$L)',
    code, state),
  format('delete from dossier.duty_states where code = %s', code)
from dossier.duty_states
