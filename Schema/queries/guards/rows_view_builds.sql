-- Which views of which ledgers are built, in the shape of schema_facts.sql.
select 97, 'table dossier.view_builds', format('row %s, %s of dossier.view_builds', ledger, view), '', '',
  format(
    'insert into dossier.view_builds (ledger, view, fold_version, position) values (%s, %L, %s, 0)',
    ledger, view, fold_version),
  format('delete from dossier.view_builds where ledger = %s and view = %L', ledger, view)
from dossier.view_builds
