-- What is kept of the last building of each view of a ledger.
select view, fold_version, position, digest from dossier.view_builds where ledger = $1 order by view
